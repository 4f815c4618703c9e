"""The vocabulary of problems: Severity, Place, Finding, Waiver. Problems are values in every stage."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import replace

from pggitops.record import record, value

Path = tuple[str | int, ...]
"""Where in a document: keys and list indexes from the root, `("clusters", "payments", "postgres", "version")`."""


class Severity(enum.IntEnum):
    """How much a finding matters; ordered, so that `max` and `>=` work. OFF findings are dropped."""

    OFF = 0
    INFO = 1
    WARNING = 2
    ERROR = 3

    @classmethod
    def parse(cls, word: str) -> Severity:
        """The severity of an overlay's word: error, warning, info or off."""
        return cls[word.upper()]

    def __str__(self) -> str:
        return self.name.lower()


class State(enum.StrEnum):
    """Whether a finding still stops anything: only an open one does."""

    OPEN = "open"
    WAIVED = "waived"
    BASELINE = "baseline"


@value
class Place:
    """A position in a file: `file` relative to the repository's root with `/`, `line` and `column` from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@record
class Violation:
    """A problem before the engine has given it a place: said in the document's own terms.

    `path` is in the overlay's composed document, or, where `manifest` (a `Manifest.path`) is given, in that object.
    `at_key` points at the key itself instead of its value. `severity` only where it is not the policy's own. `place` is
    a position in a file for what has no path, such as a comment. `is_secret` tells that what stands there is not shown.
    """

    message: str
    fix: str
    path: Path
    policy: str = ""
    manifest: str = ""
    at_key: bool = False
    severity: Severity | None = None
    place: Place | None = None
    is_secret: bool = False


@value
class ObjectRef:
    """The rendered object a finding is about; `path` is the dotted place inside it, or empty."""

    api_version: str
    kind: str
    namespace: str
    name: str
    path: str = ""


@value
class Finding:
    """One problem: what (`message`), why and what to do (`fix`), and where.

    `policy` is the id of the policy, or `yaml-…`, `schema-…`, `reference-…`, `template-…`, `output-…` for problems of
    other stages. `path` is dotted and in the overlay's own terms (`clusters.payments.backups`). `environment` is empty
    for a problem of a shared base or of the whole fleet; `cluster` where no single cluster is concerned. Of a line with
    a secret (`is_secret`) nothing is shown.
    """

    policy: str
    severity: Severity
    message: str
    fix: str
    place: Place
    path: str = ""
    environment: str = ""
    cluster: str = ""
    object: ObjectRef | None = None
    related: tuple[Place, ...] = ()
    state: State = State.OPEN
    waiver: str = ""
    is_secret: bool = False

    @property
    def stops(self) -> bool:
        """Whether this finding keeps its environment from being written."""
        return self.severity is Severity.ERROR and self.state is State.OPEN

    def waived_by(self, waiver: str) -> Finding:
        """The same finding, permitted by the waiver of that name."""
        return replace(self, state=State.WAIVED, waiver=waiver)


def order(finding: Finding) -> tuple[str, int, int, str, str, str, str, str]:
    """The key findings are sorted by: file, line, column, then policy, so that reports are stable."""
    place, where = finding.place, (finding.environment, finding.cluster, finding.path)
    return (place.file, place.line, place.column, finding.policy, finding.message, *where)


def dotted(path: Path) -> str:
    """A path as people write it: `clusters.payments.instances.tolerations[0].key`; keys with dots are quoted."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            key = f'"{step}"' if "." in step or not step else step
            text += f".{key}" if text else key
    return text


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """` (did you mean "x"?)` for the closest known word, or nothing; with a leading blank, to be appended."""
    words = sorted(known)
    folded = {known_word.lower(): known_word for known_word in words}
    close = closest(word.lower(), folded, 0.6)
    return f' (did you mean "{folded[close]}"?)' if close else ""


def closest(word: str, known: Iterable[str], likeness: float) -> str | None:
    """The known word that is most like another, from 0 (nothing alike) to 1 (equal) at least `likeness`."""
    import difflib  # only a mistake needs it

    return next(iter(difflib.get_close_matches(word, known, n=1, cutoff=likeness)), None)
