"""A binding gives one of Kubernetes' own wide roles, or gives a role to everybody.

## Why

`cluster-admin`, `admin` and `edit` include reading Secrets and running commands in pods; bound in a database's
namespace they are its passwords and its data. A binding to `system:authenticated`, `system:unauthenticated` or all
service accounts is one for everybody who reaches the API server (Kubernetes: "User-facing roles"; CIS Kubernetes
Benchmark, 5.1.1).

## How to fix

Bind a Role that lists what is needed to the group or service account that needs it; to look is `view`, which shows no
Secrets.
"""

from collections.abc import Iterator

from pggitops import rbac
from pggitops.findings import Severity, Violation
from pggitops.policies import Facts

severity = Severity.ERROR
lenient = Severity.WARNING
about = {"ready": rbac.BINDINGS}

WIDE = ("cluster-admin", "admin", "edit")
EVERYBODY = ("system:authenticated", "system:unauthenticated", "system:serviceaccounts", "system:anonymous")


def check_environment(facts: Facts) -> Iterator[Violation]:
    for kind in rbac.BINDINGS:
        for name, manifest in facts.of_kind(kind):
            if not manifest.source:
                continue
            document = manifest.document
            binding, role = document["metadata"]["name"], document.get("roleRef") or {}
            if role.get("kind") == "ClusterRole" and role.get("name") in WIDE:
                message = f"the {kind} {binding} gives {role['name']}, which reads Secrets and enters pods"
                yield Violation(message, "Bind a Role that lists what is needed.", ("roleRef", "name"), manifest=name)
            for index, subject in enumerate(document.get("subjects") or ()):
                if subject.get("kind") in ("Group", "User") and subject.get("name") in EVERYBODY:
                    message = f"the {kind} {binding} gives {role.get('name')} to {subject['name']}"
                    fix = "Name the group or service account that needs it."
                    yield Violation(message, fix, ("subjects", index, "name"), manifest=name)
