"""What a command has to say, before any format has its way with it; and what several formats ask of it."""

from __future__ import annotations

import hashlib
import shlex
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import field

from pggitops.findings import Finding, ObjectRef, Place, Severity, State, order
from pggitops.output.plain import plain
from pggitops.record import record

CHECKS_OUTPUT = "render --check"
"""The command whose reports have differences."""

KINDS: dict[str, str] = {
    "missing": "is missing",
    "stale": "is stale: its source has changed",
    "edited": "was edited by hand",
    "unexpected": "is unexpected: nothing renders it",
    "removed": "is left over: nothing renders it any more",
    "sums": "does not list the files as they are",
}
"""How a file in `rendered/` can differ, and how that is said behind its name."""


@record
class PolicyInfo:
    """What reports tell about a policy: `help` is its page in Markdown, `severity` its default one."""

    id: str
    summary: str
    help: str
    family: str
    severity: Severity


@record
class Difference:
    """A file in `rendered/` that is not what rendering gives; `kind` one of `KINDS`, `diff` unified or empty.

    `path` is from the root. `environment` is empty for a file that no environment of the fleet owns: what environments
    share, and what those left that are gone.
    """

    environment: str
    path: str
    kind: str
    diff: str = ""

    @property
    def said(self) -> str:
        """What is the matter with the file, to be written behind its name."""
        return KINDS[self.kind]

    @property
    def mend(self) -> str:
        """What makes it right, in one sentence."""
        if self.kind == "unexpected":
            return "Remove it by hand, or move it to the environment's manifests/ folder."
        of_none = "--prune" if self.kind == "removed" else ""
        return f"Run: pggitops render {shlex.quote(self.environment) if self.environment else of_none}".rstrip()


@record
class Report:
    """The outcome of one run. `findings` are sorted by `findings.order` and include waived ones.

    `command` is `check`, `render` or `render --check`; `environments` how many were looked at, `environment_names`
    which. `summary` is what the command counts beyond findings (files written …), under the word for it.
    `policies` are the ones that judged, by id. `root` is the folder that places are relative to. `seconds` is how long
    the run took, where that is to be told. `noun` is what `environments` counts, in words.
    """

    command: str
    environments: int
    findings: tuple[Finding, ...] = ()
    summary: Mapping[str, int | str] = field(default_factory=dict)
    differences: tuple[Difference, ...] = ()
    environment_names: tuple[str, ...] = ()
    policies: Mapping[str, PolicyInfo] = field(default_factory=dict)
    root: str = "."
    seconds: float | None = None
    page: str = ""
    """Markdown that a page shows in place of the table of findings."""
    noun: str = "environment"


def from_here(report: Report, file: str) -> str:
    """A place's file from the folder the tool runs in, which to a forge is the repository's top; see `Report.root`.

    Where the root is not below that folder, the file stays as it is.
    """
    elsewhere = report.root in (".", "..") or report.root.startswith(("/", "../"))
    return file if elsewhere else f"{report.root}/{file}"


def open_findings(report: Report) -> list[Finding]:
    """The findings that are neither waived nor in the baseline, in their order."""
    return [finding for finding in report.findings if finding.state is State.OPEN]


def problems(report: Report) -> list[Finding]:
    """All that is open, the worst first: findings, and each difference as one with the id `output-<kind>`."""
    found = [*open_findings(report), *map(_as_finding, report.differences)]
    return sorted(found, key=lambda finding: (-finding.severity, order(finding)))


def _as_finding(difference: Difference) -> Finding:
    return Finding(
        policy=f"output-{difference.kind}",
        severity=Severity.ERROR,
        message=f"{difference.path} {difference.said}",
        fix=difference.mend,
        place=Place(difference.path),
        environment=difference.environment,
    )


def counts(report: Report) -> dict[str, int]:
    """How many findings of each severity are open, and how many of any are waived or in the baseline."""
    severities = Counter(finding.severity for finding in open_findings(report))
    states = Counter(finding.state for finding in report.findings)
    return {
        "errors": severities[Severity.ERROR],
        "warnings": severities[Severity.WARNING],
        "infos": severities[Severity.INFO],
        "waived": states[State.WAIVED],
        "baseline": states[State.BASELINE],
    }


def verdict(report: Report) -> str:
    """The report in one line: `3 errors, 1 warning in 5 environments; 2 waived`."""
    count = counts(report)
    found = [counted(count[f"{word}s"], word) for word in ("error", "warning", "info") if count[f"{word}s"]]
    if report.differences:
        found.append(f"{counted(len(report.differences), 'file')} out of date")
    text = f"{', '.join(found) or 'no problems'} in {counted(report.environments, report.noun)}"
    permitted = [f"{count[word]} {said}" for word, said in _PERMITTED if count[word]]
    return "; ".join([text, *permitted])


_PERMITTED = (("waived", "waived"), ("baseline", "in the baseline"))


def counted(number: int, noun: str) -> str:
    """`1 error`, `2 errors`, `1,000 environments`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def subject(finding: Finding) -> str:
    """What a finding concerns, `environment/cluster`; empty for the fleet or a shared base."""
    return "/".join(filter(None, (finding.environment, finding.cluster)))


def sentences(finding: Finding) -> str:
    """What is wrong and what to do about it, as sentences on one line and safe to show."""
    message, fix = plain(finding.message), plain(finding.fix)
    if not (message and fix):
        return message or fix
    return f"{message} {fix}" if message.endswith((".", "!", "?", ":")) else f"{message}. {fix}"


def object_name(reference: ObjectRef) -> str:
    """A rendered object as people name it: `PerconaPGCluster payments-db/payments spec.backups`."""
    name = "/".join(filter(None, (reference.namespace, reference.name)))
    return " ".join(filter(None, (reference.kind, name, reference.path)))


def fingerprints(findings: Iterable[Finding]) -> list[str]:
    """A hexadecimal name for each finding, unique in the report, that stays when lines move."""
    seen: Counter[str] = Counter()
    names = []
    for finding in findings:
        digest = hashlib.sha256("\0".join(_identity(finding)).encode("utf-8", "surrogatepass")).hexdigest()[:32]
        seen[digest] += 1
        names.append(digest if seen[digest] == 1 else f"{digest}:{seen[digest]}")
    return names


def _identity(finding: Finding) -> tuple[str, ...]:
    reference = finding.object
    about = (reference.kind, reference.namespace, reference.name, reference.path) if reference else ()
    # a path means nothing without its document: the environment's, or else a file's
    document = finding.environment if finding.environment and (finding.path or about) else finding.place.file
    return (finding.policy, document, finding.cluster, finding.path, *about)
