"""The engine is told a revision that merging a pull request does not move.

## Why

What is merged has to be what is applied. A commit never moves and a tag only by hand; `HEAD` is whatever the server's
default branch is at that time, and following it anew is nobody's decision.

## How to fix

Name the branch that pull requests go to: `delivery: {revision: main}`.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.policies import Facts
from pggitops.revisions import not_followed

severity = Severity.ERROR


def check_environment(facts: Facts) -> Iterator[Violation]:
    delivery = facts.environment.delivery
    what = not_followed(delivery)
    if what:
        fix = "Write the branch that pull requests go to, like `main`."
        yield Violation(f'the revision "{delivery.revision}" is {what}', fix, ("delivery", "revision"))
