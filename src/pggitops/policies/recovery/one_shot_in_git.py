"""A backup, a restore or an upgrade lies in Git, and is done again whenever it is made anew.

## Why

These three kinds are commands. The operator deletes a PerconaPGBackup whose backup has expired, and the GitOps engine
makes it again, which is a new backup. A PerconaPGRestore that is made again, in a rebuilt namespace or after somebody
tidied up, restores old data over the new at once. A PerconaPGUpgrade changes the cluster's version behind Git's back.

## How to fix

Take it out of the repository and apply it by hand when it is time. A new cluster starts from a backup by the word
`bootstrap`; regular backups are `schedules`.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.policies import Facts

severity = Severity.ERROR
lenient = Severity.WARNING

HARM = {
    "PerconaPGRestore": "restores its old data over the new one whenever it is made again",
    "PerconaPGUpgrade": "upgrades the cluster against what Git says of its version",
    "PerconaPGBackup": "makes one more backup whenever it is made again",
}
about = {"kinds": tuple(HARM)}


def check_environment(facts: Facts) -> Iterator[Violation]:
    for kind, harm in HARM.items():
        for name, _ in facts.of_kind(kind):
            weight = Severity.WARNING if kind == "PerconaPGBackup" else None
            message = f"a {kind} is a command: it {harm}"
            fix = "Take it out of Git, and apply it by hand when it is time."
            yield Violation(message, fix, ("kind",), manifest=name, severity=weight)
