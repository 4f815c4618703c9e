"""From bytes to text: what no YAML file may hold, each kind of it once and at its first place."""

from __future__ import annotations

from collections.abc import Iterator

from pggitops.patterns import pattern
from pggitops.yamlio.problem import Problem

_PRINTABLE = bytes([0x09, 0x0A, *range(0x20, 0x7F)])
# NEL, LS and PS end a line in YAML 1.1 and for libyaml, in YAML 1.2 they do not
_FORBIDDEN = pattern("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def decode(data: bytes, limit: int) -> tuple[str | None, list[Problem]]:
    """The text of a file and the complaints about its bytes; None where reading on makes no sense.

    What is complained of is replaced one for one, so that the rest can be read and stands where it stood.
    """
    if len(data) > limit:
        message = f"the file has {len(data):,} bytes; more than {limit:,} are not read"
        fix = "Split it, or move what is not an overlay out of this folder."
        return None, [Problem("yaml-too-large", message, fix)]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None, [Problem("yaml-not-utf8", "the file is UTF-16, not UTF-8", "Save it as UTF-8 without a BOM.")]
    if not data.translate(None, _PRINTABLE):
        return data.decode("ascii"), []
    if b"\0" in data:
        place = _line_column(data[: data.index(b"\0")].decode("utf-8", "replace"))
        return None, [Problem("yaml-binary", "this is no text: it holds a byte 0", "Move it elsewhere.", *place)]
    problems: list[Problem] = []
    if data.startswith(b"\xef\xbb\xbf"):
        message = "the file begins with a byte order mark"
        problems.append(Problem("yaml-bom", message, "Save it as UTF-8 without a BOM."))
        data = data[3:]
    return _clean(_utf8(data, problems), problems), problems


def _utf8(data: bytes, problems: list[Problem]) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        place = _line_column(data[: error.start].decode("utf-8"))
        message = f"byte 0x{data[error.start]:02x} is not UTF-8"
        problems.append(Problem("yaml-not-utf8", message, "Save the file as UTF-8.", *place))
        return data.decode("utf-8", "replace")


def _clean(text: str, problems: list[Problem]) -> str:
    if "\r" in text:
        first = text.index("\r")
        place = _line_column(text[:first])
        message = f"the line ends in a carriage return ({'CRLF' if text[first + 1 : first + 2] == chr(10) else 'CR'})"
        fix = "Save the file with LF line ends; `*.yaml text eol=lf` in .gitattributes keeps it so."
        problems.append(Problem("yaml-crlf", message, fix, *place))
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _FORBIDDEN().search(text):
        problems.extend(_forbidden(text))
        text = _FORBIDDEN().sub("_", text)
    return text


def _forbidden(text: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for match in _FORBIDDEN().finditer(text):
        if match[0] not in seen:
            seen.add(match[0])
            message = f"the character U+{ord(match[0]):04X} must not stand in a YAML file"
            fix = "Remove it, or write it as an escape in double quotes."
            yield Problem("yaml-character", message, fix, *_line_column(text[: match.start()]))


def _line_column(before: str) -> tuple[int, int]:
    before = before.replace("\r\n", "\n").replace("\r", "\n")
    return before.count("\n") + 1, len(before) - before.rfind("\n")
