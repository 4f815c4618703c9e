"""A log-in rule sends passwords where they can be read.

## Why

`password` in a line of pg_hba.conf has the client send the password itself, and `ldap` hands it on to the LDAP server:
without `ldaptls` and with the scheme `ldap` over the network as it is (PostgreSQL's manual, "LDAP Authentication").
`md5` takes MD5 passwords where there still are some; their verifier in a backup is as good as the password, and
PostgreSQL 18 has begun to remove them.

## How to fix

Write `scram-sha-256`. For LDAP write `ldapscheme: ldaps`, or `ldaptls: "1"`.
"""

from collections.abc import Iterator, Mapping

from pggitops import login_rules
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO
about = {"words": ("postgres.hba", "patch")}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    for rule in login_rules.of(resource.document):
        if rule.is_loopback:
            continue
        if rule.method in ("md5", "password"):
            what = (
                "takes passwords that are stored as MD5" if rule.method == "md5" else "has the password sent as it is"
            )
            yield login_rules.violation(cluster, name, rule, (f"{rule.method} {what}", "Write scram-sha-256."))
        elif rule.method == "ldap" and not _is_encrypted(rule.options):
            message = "every password goes to the LDAP server as it is"
            yield login_rules.violation(cluster, name, rule, (message, "Add the option `ldapscheme: ldaps`."))


def _is_encrypted(options: Mapping[str, str]) -> bool:
    is_ldaps = options.get("ldapscheme") == "ldaps" or options.get("ldapurl", "").startswith("ldaps:")
    return is_ldaps or options.get("ldaptls") == "1"
