"""A sync window has a schedule that Argo CD cannot use or that never comes, or holds for no Application.

## Why

Argo CD takes no Application of a project whose window it cannot read, and a window that never opens is an `allow` that
forbids everything, or a `deny` that forbids nothing. A window that names neither applications nor namespaces nor
clusters holds for none of them (Argo CD, pkg/apis/application/v1alpha1/types.go).

## How to fix

Write five fields, minute to weekday: `schedule: 0 6 * * 1-5`. For all Applications of the project write
`applications: ["*"]`.
"""

from collections.abc import Iterator

from pggitops.cron import problem
from pggitops.findings import Severity, Violation
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"words": ("delivery.sync_windows",)}


def check_environment(facts: Facts) -> Iterator[Violation]:
    for index, window in enumerate(facts.environment.delivery.sync_windows):
        reason = "Argo CD reads five fields only" if window.schedule.startswith("@") else problem(window.schedule)
        if reason:
            message = f'the schedule "{window.schedule}" cannot be used: {reason}'
            path = ("delivery", "syncWindows", index, "schedule")
            yield Violation(message, "Write five fields, like `0 6 * * 1-5`.", path)
        if not (window.applications or window.namespaces or window.clusters):
            fix = 'Say which: `applications: ["*"]`, or `namespaces` or `clusters`.'
            yield Violation("the window holds for no Application", fix, ("delivery", "syncWindows", index))
