"""The baseline: findings there were when pggitops was adopted, which stop nothing while they stay as they are.

A file of JSON, `schemas/baseline.schema.json`, one entry a line and sorted, so that two branches merge. An entry knows
a finding by its policy, environment, cluster, path and object; not by its line, so that what is written above it does
not matter. Only what policies find can stand there: what cannot be read or rendered is not got used to.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import field, replace
from pathlib import Path
from typing import Any

from pggitops import yamlio
from pggitops.errors import CannotGoOn
from pggitops.findings import Finding, Place, Severity, State, did_you_mean
from pggitops.model import EMPTY
from pggitops.record import record

VERSION = 1
WORDS = ("policy", "environment", "file", "cluster", "path", "object")

Key = tuple[str, ...]
"""An entry: the texts of `WORDS`. `file` only where there is no environment, `object` as `Kind/namespace/name/path`."""


@record
class Baseline:
    """A baseline that was read: how often each entry is permitted, by environment. `file` is relative to the root."""

    file: str = ""
    entries: Mapping[str, Mapping[Key, int]] = field(default_factory=lambda: EMPTY)


def key_of(finding: Finding) -> Key:
    """What a baseline knows a finding by."""
    about = finding.object
    object_name = "/".join((about.kind, about.namespace, about.name, about.path)) if about else ""
    file = "" if finding.environment else finding.place.file
    return finding.policy, finding.environment, file, finding.cluster, finding.path, object_name


def applied(baseline: Baseline, findings: list[Finding], unwaivable: Collection[str]) -> list[Finding]:
    """The findings of one environment, with those marked that stand in the baseline; never what nobody can waive."""
    if not baseline.entries:
        return findings
    # what stands in a base belongs to no environment
    of = {finding.environment for finding in findings}
    left = sum((Counter(baseline.entries.get(name, EMPTY)) for name in of), Counter[Key]())
    marked = []
    for finding in findings:
        key = key_of(finding)
        if finding.state is State.OPEN and left[key] > 0 and finding.policy not in unwaivable:
            left[key] -= 1
            finding = replace(finding, state=State.BASELINE)
        marked.append(finding)
    return marked


def gone(
    baseline: Baseline, findings: Iterable[Finding], judged: Collection[str], unsure: Collection[str], root: Path
) -> Iterator[Finding]:
    """Entries that no longer occur, of the environments that were `judged`, each at its place in the file.

    `unsure` are the policies of which nobody knows what they would have found.
    """
    used = Counter(key_of(finding) for finding in findings if finding.state is State.BASELINE)
    places: dict[Key, Place] = {}
    for name in sorted(judged & baseline.entries.keys()):
        for key, count in baseline.entries[name].items():
            if used[key] >= count or key[0] in unsure:
                continue
            places = places or _places(baseline, root)
            often = f" {count} times, but {used[key]}" if used[key] else ""
            said = ", ".join(filter(None, (key[1] or key[2], key[4] or key[5])))
            message = f"{key[0]} is no longer found{often} in {said}"
            fix = "Remove the entry, or write the baseline anew with `--write-baseline`."
            yield Finding("baseline-unused", Severity.WARNING, message, fix, places[key])


def unknown(baseline: Baseline, known: Collection[str], root: Path) -> Iterator[Finding]:
    """Entries of policies that there are not."""
    keys = [key for entries in baseline.entries.values() for key in entries if key[0] not in known]
    places = _places(baseline, root) if keys else {}
    for key in keys:
        message = f'there is no policy "{key[0]}"{did_you_mean(key[0], known)}'
        fix = "Correct the id, or remove the entry; a baseline holds what policies find."
        yield Finding("reference-no-policy", Severity.ERROR, message, fix, places[key])


def _places(baseline: Baseline, root: Path) -> dict[Key, Place]:
    """Where each entry stands in the file."""
    data = (root / baseline.file).read_bytes()
    marks = yamlio.marks(data)
    entries = enumerate(json.loads(data)["entries"])
    return {_key(entry): Place(baseline.file, *_at(marks, index)) for index, entry in entries}


def _at(marks: Mapping[yamlio.Steps, yamlio.Mark], index: int) -> tuple[int, int]:
    mark = marks.get(("entries", index))
    return mark.value if mark else (1, 1)


def _key(entry: Mapping[str, Any]) -> Key:
    return tuple(entry.get(word, "") for word in WORDS)


def load(file: str, root: Path) -> Baseline:
    """The baseline of a file. CannotGoOn, with the place, if it is none or of another version."""
    path = Path(file)
    try:
        document = json.loads(path.read_bytes().decode("utf-8"))
    except OSError as error:
        fix = "Write one with `pggitops check --write-baseline FILE`."
        raise CannotGoOn(f"the baseline {file} cannot be read: {error.strerror}", fix) from error
    except json.JSONDecodeError as error:
        raise _broken(file, f"no JSON: {error.msg}", error.lineno, error.colno) from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise _broken(file, f"no JSON: {error}") from error
    if not isinstance(document, dict) or document.keys() != {"version", "entries"}:
        raise _broken(file, "no map of `version` and `entries`")
    if document["version"] != VERSION:
        raise _broken(file, f"of version {document['version']}; this pggitops reads version {VERSION}")
    entries: dict[str, dict[Key, int]] = {}
    if not isinstance(document["entries"], list):
        raise _broken(file, "without a list of `entries`")
    for index, entry in enumerate(document["entries"]):
        problem = _problem(entry)
        if problem:
            raise _broken(file, f"wrong at entry {index + 1}: {problem}", *_at(yamlio.marks(path.read_bytes()), index))
        own = entries.setdefault(entry.get("environment", ""), {})
        own[_key(entry)] = own.get(_key(entry), 0) + entry.get("count", 1)
    return Baseline(Path(os.path.relpath(path, root)).as_posix(), entries)


def _broken(file: str, what: str, line: int = 1, column: int = 1) -> CannotGoOn:
    fix = "Mend it, or write it anew with `pggitops check --write-baseline FILE`."
    return CannotGoOn(f"{file}:{line}:{column}: the baseline is {what}", fix)


def _problem(entry: Any) -> str:
    if not isinstance(entry, dict):
        return "it is no map"
    for word, value in entry.items():
        if word == "count":
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                return "`count` is no number from 1"
        elif word not in WORDS:
            return f'there is no "{word}"{did_you_mean(word, (*WORDS, "count"))}'
        elif not isinstance(value, str):
            return f"`{word}` is no text"
    return "" if entry.get("policy") else "it names no `policy`"


def write(file: str, findings: Iterable[Finding], kept: Iterable[tuple[Key, int]]) -> int:
    """Write the baseline of these findings and of entries that stay; how many findings. CannotGoOn if it cannot be."""
    counts = Counter(key_of(finding) for finding in findings)
    counts.update(dict(kept))
    lines = []
    for key in sorted(counts):
        entry: dict[str, Any] = {word: text for word, text in zip(WORDS, key, strict=True) if text}
        if counts[key] > 1:
            entry["count"] = counts[key]
        lines.append(json.dumps(entry, ensure_ascii=False))
    listed = "[\n" + ",\n".join(lines) + "\n]" if lines else "[]"
    try:
        Path(file).write_text(f'{{"version": {VERSION}, "entries": {listed}}}\n', encoding="utf-8")
    except OSError as error:
        raise CannotGoOn(f"the baseline {file} cannot be written: {error.strerror}") from error
    return counts.total()
