"""The second opinion: kubeconform, another program in another language, judges what was rendered.

It is never believed on its word: every object that should be there must have been seen and found valid, file by file.
What it skips, has no schema for or does not see is a failure.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pggitops import yamlio
from pggitops.errors import CannotGoOn
from pggitops.findings import Path as Steps
from pggitops.patterns import pattern
from pggitops.record import value

TIMEOUT = 600.0
"""Seconds that one process may take; ten thousand files take about twenty."""

_INSTALL = "go install github.com/yannh/kubeconform/cmd/kubeconform@v0.7.0"
# far below what the smallest system allows for arguments and environment together
_MOST_ARGUMENT_BYTES = 200_000
# a schema that refers to an address is refused: whatever it would fetch goes through a proxy that is not there
_ENVIRONMENT = dict.fromkeys(["HTTP_PROXY", "HTTPS_PROXY"], "http://127.0.0.1:9")


@value
class Failure:
    """What is wrong with one object: `file` as it was asked about, `version` its apiVersion, `path` inside it.

    `kind`, `name` and `version` are empty where the object could not be read or the file as a whole is meant.
    """

    file: str
    kind: str
    name: str
    version: str
    path: Steps
    message: str


@value
class Judgement:
    """How many objects kubeconform found valid, how many there should be, and what it refused, sorted by file."""

    valid: int
    expected: int
    failures: tuple[Failure, ...]


def find() -> str | None:
    """The program on PATH, or None. One that lies in the repository is never run: a pull request could bring it."""
    import shutil

    found = shutil.which("kubeconform")
    return None if found is None else os.path.abspath(found)


def run(
    folder: Path,
    expected: Mapping[str, int],
    operator_versions: Mapping[str, str],
    schema_root: Path,
    user_schemas: Path | None,
    timeout: float = TIMEOUT,
) -> Judgement:
    """Judge files below `folder`; `expected` holds each with the number of objects in it.

    `operator_versions` holds, for the first component or components of a file's path, the version of the operator whose
    schemas judge its PerconaPGClusters; the longest that fits counts. `schema_root` holds the shipped `kinds/`,
    `user_schemas` (the folder `schemas/` of the user's repository) those of the user's own kinds, which are asked last.
    `timeout` is in seconds for each of the processes: one per operator version, more where the files are very many.

    Raises CannotGoOn where the program is absent, does not run, does not end or does not answer as it should.
    """
    import tempfile  # most runs do not get here

    program = find()
    if program is None:
        raise CannotGoOn("kubeconform is not on PATH", f"Install it: `{_INSTALL}`.")
    missing = [file for file in expected if not (folder / file).is_file()]
    groups: dict[str | None, list[str]] = defaultdict(list)
    for file in sorted(expected.keys() - set(missing)):
        groups[_version_for(file, operator_versions)].append(file)
    results: list[Any] = []
    with tempfile.TemporaryDirectory() as desk:
        _lay_out(Path(desk), folder, schema_root, user_schemas)
        for version, files in groups.items():
            for some in _chunks(files):
                results += _ask([program, *_options(version, user_schemas is not None), *some], desk, timeout)
    return _judged(folder, expected, missing, results)


def _version_for(file: str, operator_versions: Mapping[str, str]) -> str | None:
    parts = file.split("/")
    prefixes = ("/".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((operator_versions[prefix] for prefix in prefixes if prefix in operator_versions), None)


def _lay_out(desk: Path, folder: Path, schema_root: Path, user_schemas: Path | None) -> None:
    """Names kubeconform can work with: in a location of schemas `#` and `{{` mean something to it."""
    (desk / "files").symlink_to(folder.resolve())
    (desk / "shipped").symlink_to(schema_root.resolve())
    if user_schemas is not None:
        (desk / "own").symlink_to(user_schemas.resolve())


def _options(version: str | None, with_own: bool) -> Iterator[str]:
    """Strict, every object listed, and the only places schemas come from; the default one is on the network."""
    yield from ("-strict", "-summary", "-verbose", "-output", "json", "-n", "2")
    by_group = "{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json"
    locations = ["shipped/kinds/native/{{.ResourceKind}}{{.KindSuffix}}.json", f"shipped/kinds/custom/{by_group}"]
    if version is not None:
        locations.append(f"shipped/kinds/percona/{version}/{{{{.ResourceKind}}}}_{{{{.ResourceAPIVersion}}}}.json")
    if with_own:
        locations.append(f"own/kinds/custom/{by_group}")
    for location in locations:
        yield from ("-schema-location", location)


def _chunks(files: Iterable[str]) -> Iterator[list[str]]:
    """The files as arguments, never more than fit into one command."""
    chunk: list[str] = []
    size = 0
    for file in files:
        argument = f"files/{file}"
        length = len(argument.encode()) + 9
        if chunk and size + length > _MOST_ARGUMENT_BYTES:
            yield chunk
            chunk, size = [], 0
        chunk.append(argument)
        size += length
    if chunk:
        yield chunk


def _ask(command: list[str], desk: str, timeout: float) -> list[Any]:
    """What one process says, object by object."""
    import subprocess

    try:
        done = subprocess.run(
            command,
            cwd=desk,
            env=_ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _broken(command, f"has not answered within {timeout:g} seconds") from None
    except OSError as error:
        raise _broken(command, f"does not run: {error.strerror}") from error
    try:
        answer = json.loads(done.stdout)
        results, summary = answer["resources"], answer["summary"]
        counts = Counter(result["status"] for result in results)
        told = {f"status{word}": summary[key] for word, key in _SUMMARY.items()}
    except (ValueError, TypeError, LookupError):
        said = done.stderr.decode("utf-8", "replace").strip()[:200] or f"exit code {done.returncode}"
        raise _broken(command, f"gives no answer that can be read: {said}") from None
    refused = counts["statusInvalid"] + counts["statusError"] > 0
    if done.returncode != refused or any(counts[status] != number for status, number in told.items()):
        raise _broken(command, f"contradicts itself: {summary}, exit code {done.returncode}")
    return list(results)


_SUMMARY = {"Valid": "valid", "Invalid": "invalid", "Error": "errors", "Skipped": "skipped"}


def _broken(command: list[str], message: str) -> CannotGoOn:
    return CannotGoOn(
        f"{command[0]} {message}", f"Install it anew: `{_INSTALL}`; or leave it out: `--kubeconform never`."
    )


def _judged(folder: Path, expected: Mapping[str, int], missing: list[str], results: list[Any]) -> Judgement:
    failures = [Failure(file, "", "", "", (), "the file is not there") for file in missing]
    seen: Counter[str] = Counter()
    valid = 0
    for result in results:
        file = result["filename"].removeprefix("files/")
        # a part of a file without any object has no status
        seen[file] += result["status"] != ""
        if result["status"] == "statusValid":
            valid += 1
        elif result["status"]:
            failures += _failures(folder, file, result)
    for file, number in expected.items():
        if seen[file] != number and file not in missing:
            message = f"kubeconform saw {seen[file]} of {number} objects"
            failures.append(Failure(file, "", "", "", (), message))
    failures.sort(key=lambda one: (one.file, one.kind, one.name, [str(step) for step in one.path], one.message))
    return Judgement(valid, sum(expected.values()), tuple(failures))


def _failures(folder: Path, file: str, result: Any) -> Iterator[Failure]:
    """What is wrong with one object, each place once."""
    kind, name, version = result["kind"], result["name"], result["version"]
    leaves: dict[Steps, list[str]] = defaultdict(list)
    if result["status"] == "statusInvalid":
        document = _document(folder / file, version, kind, name)
        for pointer, message in _leaves(result["msg"]):
            leaves[_typed(pointer, document)].append(message)
    if not leaves:
        leaves[()].append(_refusal(result))
    for path, messages in leaves.items():
        yield Failure(file, kind, name, version, path, "; ".join(dict.fromkeys(messages)))


def _refusal(result: Any) -> str:
    if result["status"] == "statusSkipped":
        return "kubeconform skipped the object"
    if result["msg"].startswith("could not find schema"):
        return f"there is no usable schema for {result['kind']} of {result['version']}"
    return " ".join(result["msg"].removeprefix("error unmarshalling resource: ").split())


# The tree of errors stands in one line of text: ` - at '/spec': validation failed   - at '/spec/a': got string, want …`
_ERROR = pattern(r" ((?:  )*)- at '((?:[^'\\]|\\.)*)': ")
_UNKNOWN_KEYS = pattern(r"additional properties ('.*') not allowed")
_QUOTED = pattern(r"'((?:[^'\\]|\\.)*)'")
_ESCAPED = pattern(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|(.))")
_LETTERS = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def _leaves(text: str) -> Iterator[tuple[list[str], str]]:
    """The errors that are due to no other, each with its place; an unknown key stands where it stands in the object."""
    errors = list(_ERROR().finditer(text))
    for error, following in zip(errors, [*errors[1:], None], strict=True):
        if following is not None and len(following[1]) > len(error[1]):
            continue
        message = text[error.end() : following.start() if following else len(text)]
        steps = [_unescaped_step(step) for step in _unquoted(error[2]).split("/")[1:]]
        unknown = _UNKNOWN_KEYS().fullmatch(message)
        if unknown is None:
            yield steps, message
            continue
        for key in _QUOTED().finditer(unknown[1]):
            yield [*steps, _unquoted(key[1])], "the schema does not know this key"


def _unescaped_step(step: str) -> str:
    return step.replace("~1", "/").replace("~0", "~")


def _unquoted(text: str) -> str:
    """A string that Go wrote with escapes."""

    def character(match: re.Match[str]) -> str:
        code = match[1] or match[2] or match[3]
        return chr(int(code, 16)) if code else _LETTERS.get(match[4], match[4])

    return _ESCAPED().sub(character, text)


def _document(file: Path, version: str, kind: str, name: str) -> Any:
    """The object as it stands in the file; None where it cannot be told."""
    documents, _ = yamlio.load_all(file.read_bytes(), limit=1 << 28)
    for document, _ in documents:
        if isinstance(document, dict) and (document.get("apiVersion"), document.get("kind")) == (version, kind):
            metadata = document.get("metadata")
            if isinstance(metadata, dict) and metadata.get("name") == name:
                return document
    return None


def _typed(pointer: list[str], document: Any) -> Steps:
    """A pointer's steps with numbers where they count in a list: a map may have the key "0"."""
    steps: list[str | int] = []
    for step in pointer:
        if step.isdecimal() and not isinstance(document, dict):
            steps.append(int(step))
            document = document[int(step)] if isinstance(document, list) and int(step) < len(document) else None
        else:
            steps.append(step)
            document = document.get(step) if isinstance(document, dict) else None
    return tuple(steps)
