"""JUnit XML: a suite for each environment, a case for each policy that judged it, also when it passed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO
from xml.sax.saxutils import escape, quoteattr

from pggitops.findings import Finding, Severity, State
from pggitops.output.plain import plain
from pggitops.output.report import Report, problems, sentences, subject
from pggitops.record import record

FLEET = "the fleet"
"""The suite of what belongs to no single environment: shared bases, the fleet's policies."""

_BEFORE_POLICIES = ("yaml-", "schema-", "reference-")


@record
class _Case:
    """One test case: its name, and the element that tells its outcome (`failure`, `skipped`, `system-out`) or none."""

    name: str
    outcome: str = ""
    message: str = ""
    kind: str = ""
    text: str = ""


def write(report: Report, stream: TextIO) -> None:
    """A suite for each name in `environment_names` and for whatever else has findings.

    An open error is a failure; warnings and infos are output of a case that passes, as they pass the command; a case
    whose findings are all waived or in the baseline is skipped. Where an environment could not be read, its policies
    are skipped, since they have not judged it.
    """
    found = _by_suite(report)
    stream.write('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="pggitops">\n')
    for name in dict.fromkeys([*report.environment_names, *found]):
        # a report of ten thousand environments is not held in memory
        for line in _suite(name or FLEET, _cases(found.get(name, ()), report.policies if name else ())):
            # as references, the bytes are right whatever the stream's encoding
            stream.write(line.encode("ascii", "xmlcharrefreplace").decode("ascii") + "\n")
    stream.write("</testsuites>\n")


def _by_suite(report: Report) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = defaultdict(list)
    accepted = (finding for finding in report.findings if finding.state is not State.OPEN)
    for finding in (*problems(report), *accepted):
        found[finding.environment].append(finding)
    return dict(sorted(found.items()))


def _suite(name: str, cases: Sequence[_Case]) -> Iterator[str]:
    failures = sum(case.outcome == "failure" for case in cases)
    skipped = sum(case.outcome == "skipped" for case in cases)
    counts = f'tests="{len(cases)}" failures="{failures}" errors="0" skipped="{skipped}" time="0"'
    yield f"<testsuite name={_quoted(name)} {counts}>"
    for case in cases:
        yield _element(name, case)
    yield "</testsuite>"


def _element(suite: str, case: _Case) -> str:
    head = f'<testcase classname={_quoted(suite)} name={_quoted(case.name)} time="0"'
    if not case.outcome:
        return f"{head}/>"
    attributes = f" message={_quoted(case.message)}" if case.message else ""
    attributes += f" type={_quoted(case.kind)}" if case.kind else ""
    if not case.text:
        return f"{head}><{case.outcome}{attributes}/></testcase>"
    return f"{head}><{case.outcome}{attributes}>{escape(case.text)}</{case.outcome}></testcase>"


def _quoted(text: str) -> str:
    return quoteattr(plain(text))


def _cases(found: Iterable[Finding], policies: Iterable[str]) -> list[_Case]:
    """The cases of one suite, sorted by name: one for each policy and cluster with findings, and the passes."""
    groups: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in found:
        groups[finding.policy, finding.cluster].append(finding)
    unread = next((finding for group in groups.values() for finding in group if _keeps_from_judging(finding)), None)
    cases = [_case(" ".join(filter(None, key)), group) for key, group in groups.items()]
    for policy in set(policies) - {policy for policy, _ in groups}:
        cases.append(_Case(policy, "skipped", f"not judged: {unread.policy}") if unread else _Case(policy))
    return sorted(cases, key=lambda case: case.name)


def _keeps_from_judging(finding: Finding) -> bool:
    return finding.stops and finding.object is None and finding.policy.startswith(_BEFORE_POLICIES)


def _case(name: str, group: Sequence[Finding]) -> _Case:
    """One case of one or more findings, the worst first."""
    still_open = [finding for finding in group if finding.state is State.OPEN]
    text = "\n".join(_line(finding) for finding in still_open)
    if not still_open:
        return _Case(name, "skipped", "; ".join(dict.fromkeys(_permission(finding) for finding in group)))
    worst = still_open[0]
    if worst.severity is Severity.ERROR:
        return _Case(name, "failure", worst.message, str(worst.severity), text)
    return _Case(name, "system-out", text=text)


def _line(finding: Finding) -> str:
    about = f" ({plain(subject(finding))})" if subject(finding) else ""
    return f"{plain(str(finding.place))}: {finding.severity}: {sentences(finding)}{about}"


def _permission(finding: Finding) -> str:
    if finding.state is State.BASELINE:
        return "in the baseline"
    return f"waived: {finding.waiver}" if finding.waiver else "waived"
