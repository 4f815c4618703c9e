"""Manifests from files, folders and standard input; what cannot be read is one finding each."""

from __future__ import annotations

import errno
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from pathlib import Path
from typing import Any

from pggitops import kustomizations, streams, yamlio
from pggitops.findings import Finding, Place, Severity
from pggitops.passthrough import is_object
from pggitops.patterns import pattern
from pggitops.plain_secrets import Spot, find
from pggitops.record import mutable

MAX_BYTES = 16 << 20
"""Of one file, or of standard input."""
_KEPT = 64
MAX_DOCUMENTS = 10_000
"""In one file."""
STDIN = "<stdin>"
_ENDINGS = (".yaml", ".yml", ".json")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_OF_JSON = frozenset(["yaml-syntax", "yaml-tab"])
"""What is wrong, as YAML, with several documents of JSON, or with tabs in it."""
_BEGINNING = pattern(r"[^ \t\r\n]")
_TEXT = pattern(r"(?:^ *-|:|[:-] +[!&]\S+) +[|>][-+0-9]*[ \t]*(?:#.*)?$")
_TEMPLATE = pattern(r"[ \t]*(?:- +)*(?:[-\w./\"']+: +)?\{\{")
_IDENTITY: tuple[tuple[str, ...], ...] = (("apiVersion",), ("kind",), ("metadata", "name"))


@mutable
class Source:
    """An object as it stands in a file: the number of its document, its first line and that of the next one (None at
    the end), and its path in the document (an item of a List)."""

    file: str
    document: dict[str, Any]
    number: int
    line: int
    until: int | None
    prefix: tuple[str | int, ...] = ()


@mutable
class Read:
    """What was found: the objects, what cannot be read, and how many documents of folders are no objects at all.

    What is `empty` among what is named is a problem where there is nothing else, as it is for kubectl.

    `data` keeps standard input, which nobody can read again. What is asked of a file is kept while it is asked again.
    """

    objects: list[Source] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    passed_over: int = 0
    files: int = 0
    empty: list[str] = field(default_factory=list)
    data: dict[str, bytes] = field(default_factory=dict)
    _lines: tuple[str, list[bytes]] = ("", [])
    _marks: dict[tuple[str, int], Mapping[yamlio.Steps, yamlio.Mark]] = field(default_factory=dict)
    _spots: dict[str, list[Spot]] = field(default_factory=dict)

    def refuse(self, file: str, id: str, message: str, fix: str, line: int = 1, column: int = 1) -> None:
        """Say what keeps a file, or a document of it, from being judged."""
        self.findings.append(Finding(id, Severity.ERROR, message, fix, Place(file, line, column)))

    def marks(self, source: Source) -> Mapping[yamlio.Steps, yamlio.Mark]:
        """Where each value of an object's document stands; only that part of the file is read for it."""
        key = source.file, source.number
        if key not in self._marks:
            if len(self._marks) == _KEPT:
                self._marks.clear()
            above = source.line - 1
            data = b"".join(self.lines(source.file)[above : source.until and source.until - 1])
            found = yamlio.marks(data, is_expanded=True)
            self._marks[key] = {path: mark.lower(above) for path, mark in found.items()} if above else found
        return self._marks[key]

    def spots(self, file: str) -> list[Spot]:
        """The secrets in a file's text."""
        if file not in self._spots:
            # what ends a line is what ends one for YAML
            data = b"".join(self.lines(file)).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            self._spots[file] = find(data.decode("utf-8", "replace"))
        return self._spots[file]

    def lines(self, file: str) -> list[bytes]:
        """The lines of a file that has been read; none if it is gone since."""
        if self._lines[0] != file:
            try:
                data = self.data[file] if file in self.data else Path(file).read_bytes()
            except OSError:
                data = b""
            self._lines = file, _without_marks(data).splitlines(keepends=True)
        return self._lines[1]


def read(paths: Sequence[str]) -> Read:
    """The objects of files and folders; `-` is standard input."""
    found, seen = Read(), set[str]()
    for path in paths:
        if path == "-":
            if STDIN not in found.data:
                found.data[STDIN] = streams.read_input(MAX_BYTES + 1)
                _documents(found, STDIN, found.data[STDIN], is_named=True)
        elif os.path.isdir(path):
            for file in _below(found, path, set()):
                _file(found, file, seen, is_named=False)
        else:
            _file(found, path, seen, is_named=True)
    for file in found.empty:
        # what was to come from a command has not
        if file == STDIN:
            message, fix = "standard input holds no document", "Look at what the command before it says."
            found.refuse(file, "yaml-empty", message, fix)
        elif not (found.objects or found.findings):
            found.refuse(file, "yaml-empty", "the file holds no document", "Write one, or remove the file.")
    return found


def _below(found: Read, folder: str, above: set[str]) -> Iterator[str]:
    """The YAML and JSON files below a folder; hidden folders are left out, a link to one that is open is a problem."""
    real = os.path.realpath(folder)
    if real in above:
        message = f"{folder} is a link to a folder above it"
        found.refuse(folder, "manifest-link-cycle", message, "Remove the link.")
        return
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        found.refuse(folder, "manifest-unreadable", _why(error), "Mend it, or name the files to judge.")
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if os.path.isdir(entry.path):
            yield from _below(found, entry.path, {*above, real})
        # what cannot be opened says so by itself; a socket or a pipe is nobody's manifest
        elif entry.name.endswith(_ENDINGS) and (os.path.isfile(entry.path) or not os.path.exists(entry.path)):
            yield entry.path


def _file(found: Read, path: str, seen: set[str], is_named: bool) -> None:
    real = os.path.realpath(path)
    name = Path(path).as_posix()
    if real in seen or (not is_named and kustomizations.is_one(name)):
        return
    seen.add(real)
    try:
        with open(path, "rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        found.refuse(name, "manifest-unreadable", _why(error), "Mend it, or name the files to judge.")
        return
    _documents(found, name, data, is_named)
    if not os.path.isfile(path):
        found.data[name] = data


def _why(error: OSError) -> str:
    if error.errno == errno.ELOOP:
        return "the link leads to itself"
    return f"it cannot be read: {error.strerror}"


def _documents(found: Read, file: str, data: bytes, is_named: bool) -> None:
    found.files += 1
    if b"\0" in data[:8192] and not data.startswith(_UTF_16):
        found.refuse(file, "manifest-binary", "this is no text", "Move it elsewhere, or name the files to judge.")
        return
    if len(data) > MAX_BYTES:
        message = f"it has more than {MAX_BYTES >> 20} MiB"
        found.refuse(file, "manifest-too-large", message, "Split it into several files.")
        return
    documents, problems = yamlio.load_expanded(_without_marks(data), MAX_BYTES)
    if all(problem.id == "yaml-empty" for problem in problems) and all(document is None for document, _ in documents):
        found.empty += [file] if is_named else []
        return
    if problems:
        documents = _json(data) if {problem.id for problem in problems} <= _OF_JSON else []
        if not documents:
            _unread(found, file, data, problems)
            return
    if len(documents) > MAX_DOCUMENTS:
        message = f"it holds {len(documents):,} documents; more than {MAX_DOCUMENTS:,} are not read"
        found.refuse(file, "manifest-too-large", message, "Split it into several files.")
        return
    ends = [line for _, line in documents[1:]]
    for number, (document, line) in enumerate(documents):
        if document is not None:
            until = ends[number] if number < len(ends) else None
            _document(found, Source(file, document, number, line, until), is_named)


def _unread(found: Read, file: str, data: bytes, problems: list[yamlio.Problem]) -> None:
    """Why a file cannot be read; of a template, what to do instead."""
    if _is_template(data):
        message = "this is a template, not a manifest"
        fix = "Render it first: `helm template . | pggitops check --manifests -`."
        found.refuse(file, "manifest-template", message, fix, problems[0].line, problems[0].column)
        return
    for problem in problems:
        found.refuse(file, problem.id, problem.message, problem.fix, problem.line, problem.column)


def _json(data: bytes) -> list[tuple[Any, int]]:
    """The documents of JSON one behind the other, as `jq` writes them, with the line of each; none if it is no such.

    Each has to begin on a line of its own, and no key stands twice.
    """
    text, at, line = data.decode("utf-8", "replace"), 0, 1
    decoder = json.JSONDecoder(object_pairs_hook=_unique)
    documents: list[tuple[Any, int]] = []
    try:
        while match := _BEGINNING().search(text, at):
            begin = match.start()
            lines = text.count("\n", at, begin)
            if documents and not lines:
                return []
            line += lines
            document, at = decoder.raw_decode(text, begin)
            documents.append((document, line))
            line += text.count("\n", begin, at)
    except (ValueError, RecursionError):
        return []
    return documents


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def _without_marks(data: bytes) -> bytes:
    """A file without the byte order marks that documents begin with: kubectl reads each by itself."""
    if _BYTE_ORDER_MARK not in data:
        return data
    return re.sub(rb"(?m)(\A|^---[^\n]*\n)" + _BYTE_ORDER_MARK, rb"\1", data)


def _is_template(data: bytes) -> bool:
    """Whether `{{` begins a line or a value, where neither quotes nor a text of several lines hold it.

    Alerts and other manifests have texts with `{{` in them, which says nothing of what is wrong with their YAML.
    """
    text_of: int | None = None
    for line in data.decode("utf-8", "replace").splitlines():
        indent = len(line) - len(line.lstrip(" "))
        if text_of is not None and (indent > text_of or not line.strip()):
            continue
        text_of = indent if _TEXT().search(line) else None
        if _TEMPLATE().match(line):
            return True
    return False


def _document(found: Read, source: Source, is_named: bool) -> None:
    """One document: an object, or a List of them."""
    document = source.document
    words = [isinstance(document, dict) and isinstance(document.get(word), str) for word in ("apiVersion", "kind")]
    if not any(words) and not is_named:
        found.passed_over += 1
    elif all(words) and document["kind"].endswith("List") and isinstance(document.get("items", ""), list | None):
        for index, item in enumerate(document["items"] or ()):
            whole = _item(document, item)
            _document(found, replace(source, document=whole, prefix=(*source.prefix, "items", index)), is_named=True)
    elif not is_object(document) if isinstance(document, dict) else True:
        if _unquoted(found, source):
            return
        message = "this is no Kubernetes object: it needs apiVersion, kind and metadata.name"
        found.refuse(source.file, "manifest-no-object", message, "Complete it, or move it elsewhere.", source.line)
    else:
        found.objects.append(source)


def _item(holder: dict[str, Any], item: Any) -> Any:
    """An item of a list: that of a ConfigMapList need not say what it is.

    Source: k8s.io/apimachinery, `pkg/apis/meta/v1/unstructured/helpers.go` (decodeToList).
    """
    kind = holder["kind"].removesuffix("List")
    is_told = not isinstance(item, dict) or item.get("kind") or not kind
    return item if is_told else {**item, "apiVersion": holder["apiVersion"], "kind": kind}


def _unquoted(found: Read, source: Source) -> bool:
    """Say of an object that it is called `on` or 5 without quotes; whether it is."""
    for path in _IDENTITY:
        mark = found.marks(source).get((*source.prefix, *path))
        value = source.document
        for step in path:
            value = value.get(step, {}) if isinstance(value, dict) else {}
        if mark is not None and mark.plain and isinstance(value, int | float):
            message = f"{path[-1]} is {mark.plain} without quotes, which is no text"
            fix = f'Quote it: `{path[-1]}: "{mark.plain}"`.'
            found.refuse(source.file, "manifest-wrong-type", message, fix, *mark.value)
            return True
    return False
