"""SHA256SUMS: which files an output owns, in the format `sha256sum -c` reads."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from pggitops.patterns import pattern

SUMS = "SHA256SUMS"

PREFIX = ".pggitops-tmp-"
"""How the names of temporaries begin; one that a killed process left is removed by the next `write`."""

# no empty, `.` or `..` step, no temporary, no backslash, no control character, nothing that is not UTF-8
_STEP = rf"(?!\.\.?(?:/|\Z)|{re.escape(PREFIX)})[^/\\\x00-\x1f\x7f\ud800-\udfff]+"
_SAFE = pattern(rf"{_STEP}(?:/{_STEP})*")
_LINE = pattern(r"([0-9a-f]{64})  (.+)")


def is_safe(path: str) -> bool:
    """Whether a relative path with `/` stays below its folder, is no temporary, and can stand in SHA256SUMS."""
    return _SAFE().fullmatch(path) is not None


def digests(files: Mapping[str, bytes]) -> dict[str, str]:
    """The SHA-256 of each content, in hexadecimal, by path."""
    sha256 = hashlib.sha256
    return {path: sha256(content).hexdigest() for path, content in files.items()}


def listing(digest_of: Mapping[str, str]) -> bytes:
    """The text of SHA256SUMS for digests by path: one line per file, sorted by path."""
    return "".join([f"{digest_of[path]}  {path}\n" for path in sorted(digest_of)]).encode()


def sums(files: Mapping[str, bytes]) -> bytes:
    """The text of SHA256SUMS for contents by relative path."""
    return listing(digests(files))


def parse(text: bytes) -> dict[str, str]:
    """The digests by path that a SHA256SUMS holds; lines that are none (git's conflict markers, say) are passed over.

    A path that leads out of the folder is no entry. Where both sides of a conflict list a file, the later line counts.
    """
    matches = [match for match in map(_LINE().fullmatch, text.decode("utf-8", "replace").split("\n")) if match]
    return {match[2]: match[1] for match in matches if is_safe(match[2])}


def read_sums(folder: Path) -> dict[str, str]:
    """The digests by path of what the output in `folder` owns; empty without a SHA256SUMS. OSError if unreadable."""
    path = folder / SUMS
    return parse(path.read_bytes()) if path.is_file() and not path.is_symlink() else {}
