"""Text that does nothing to the terminal, log or page it is shown on."""

from __future__ import annotations

import re

from pggitops.patterns import pattern

_UNSAFE = pattern(
    "["
    "\x00-\x1f\x7f-\x9f"  # control characters: escape sequences begin with one
    "\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"  # what turns text around, or cannot be seen
    "\ud800-\udfff\ufffe\uffff"  # what UTF-8 or XML cannot hold
    "\U000e0000-\U000e007f"
    "]"
)
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def plain(text: str) -> str:
    """The text on one line, with control, direction and invisible characters written as escapes (`\\x1b`)."""
    if text.isascii() and text.isprintable():
        return text
    return _UNSAFE().sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    code = ord(character)
    if code > 0xFFFF:
        return f"\\U{code:08x}"
    return _SHORT.get(character) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")
