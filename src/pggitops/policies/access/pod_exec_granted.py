"""A Role lets somebody into the pods of the database's namespace.

## Why

`pods/exec`, `pods/attach` and an ephemeral container give a shell beside the server, where no password is asked;
`pods/portforward` reaches the instances through the kubelet, which no NetworkPolicy sees. Each is a way around
pgBouncer, its list of clients and the audit log (CIS Kubernetes Benchmark, 5.4; Kubernetes: "RBAC Good Practices").

## How to fix

Remove the resource from the Role. Who looks after the databases gets such rights for the time of an incident, from
the platform's own access management; applications never need them.
"""

from collections.abc import Iterator

from pggitops import rbac
from pggitops.findings import Severity, Violation
from pggitops.policies import Facts

severity = Severity.ERROR
lenient = Severity.WARNING
about = {"ready": rbac.ROLES}

INTO = ("pods/exec", "pods/attach", "pods/portforward", "pods/ephemeralcontainers")
VERBS = ("create", "get", "update", "patch")


def check_environment(facts: Facts) -> Iterator[Violation]:
    for kind in rbac.ROLES:
        for name, manifest in facts.of_kind(kind):
            for index, rule in rbac.rules(manifest.document) if manifest.source else ():
                ways, verbs = rbac.permits(rule, "", INTO, VERBS)
                if ways and not rbac.has_wildcard(rule):
                    role = manifest.document["metadata"]["name"]
                    message = f"the {kind} {role} lets into the pods: {', '.join(verbs)} of {', '.join(ways)}"
                    yield Violation(message, "Remove it.", ("rules", index, "resources"), manifest=name)
