"""The schedule of a sync window is one that Argo CD cannot use, or that never comes.

## Why

Argo CD takes no Application of a project whose window it cannot read, and a window that never opens is an `allow` that
forbids everything, or a `deny` that forbids nothing.

## How to fix

Write five fields, minute to weekday: `schedule: 0 6 * * 1-5`.
"""

from collections.abc import Iterator

from pggitops.cron import problem
from pggitops.findings import Severity, Violation
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"words": ("delivery.sync_windows",)}


def check_environment(facts: Facts) -> Iterator[Violation]:
    for index, window in enumerate(facts.environment.delivery.sync_windows):
        reason = problem(window.schedule)
        if reason:
            message = f'the schedule "{window.schedule}" cannot be used: {reason}'
            path = ("delivery", "syncWindows", index, "schedule")
            yield Violation(message, "Write five fields, like `0 6 * * 1-5`.", path)
