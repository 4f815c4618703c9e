"""pgBackRest does not verify that it talks to the right store.

## Why

Without verification anybody on the way can be the store: read backups that are not encrypted, take the token of the
request, and answer that everything is stored. A store of one's own mostly has a certificate of an own authority, not
none.

## How to fix

Remove `verifyTls: false` and give pgBackRest the authority's certificate, as a file beside the keys in the repository's
Secret: `options: {repo1-storage-ca-file: /etc/pgbackrest/conf.d/ca.crt}`.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.pgbackrest import options_of
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO
about = {"pgbackrest": tuple(f"repo{number}-storage-verify-tls" for number in range(1, 5))}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, manifest = facts.resource(cluster)
    options = options_of(manifest.document)
    for repo in cluster.backups.ordered:
        option = f"{repo.name}-storage-verify-tls"
        if not repo.is_cloud or options.get(option) != "n":
            continue
        path: tuple[str, ...] = ("spec", "backups", "pgbackrest", "global", option)
        message = f"the certificate of {repo.name}'s store is not verified"
        fix = f"Remove this; name the store's authority in `{repo.name}-storage-ca-file`."
        if repo.s3 and not repo.s3.verify_tls and option not in cluster.backups.options:
            path = ("clusters", cluster.name, "backups", "repos", repo.name, "s3", "verifyTls")
            yield Violation(message, fix, path)
        else:
            yield Violation(message, fix, path, manifest=name)
