"""The engine is told a revision that merging a pull request does not move.

## Why

What is merged has to be what is applied. A commit never moves and a tag only by hand; `HEAD` is whatever the server's
default branch is at that time, and following it anew is nobody's decision.

## How to fix

Name the branch that pull requests go to: `delivery: {revision: main}`.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.patterns import pattern
from pggitops.policies import Facts

severity = Severity.ERROR

_COMMIT = pattern(r"[0-9a-f]{40}|[0-9a-f]{64}")
_TAG = pattern(r"refs/tags/.*|v?[0-9]+[.][0-9]+[.][0-9]+.*")


def check_environment(facts: Facts) -> Iterator[Violation]:
    delivery = facts.environment.delivery
    revision = delivery.revision
    if delivery.engine == "none" or (delivery.repository or "").startswith("oci://"):
        return
    what = ""
    if revision.upper() == "HEAD":
        what = "no branch by name"
    elif _COMMIT().fullmatch(revision):
        what = "a commit, which never moves"
    elif _TAG().fullmatch(revision):
        what = "a tag, which no merge moves"
    if what:
        fix = "Write the branch that pull requests go to, like `main`."
        yield Violation(f'the revision "{revision}" is {what}', fix, ("delivery", "revision"))
