"""The options of a user, as the operator and PostgreSQL read them.

The operator parses `ALTER ROLE "any" WITH <options>` and drops all options where that fails, without a word; a password
among them it takes out (percona-postgresql-operator 2.8.2 to 3.0.0: `sanitizeAlterRoleOptions` in
internal/postgres/users.go). What is left runs in one transaction for all users, which stops at the first error. The
grammar is PostgreSQL's `AlterOptRoleElem` (gram.y), the refusals are those of `AlterRole` (user.c), both 13 to 18.
"""

from __future__ import annotations

import datetime
import functools
import itertools
import re
from collections.abc import Mapping
from typing import Any

from pggitops.findings import closest, did_you_mean
from pggitops.patterns import pattern
from pggitops.record import record
from pggitops.remember import once

_FLAGS = ("superuser", "createrole", "createdb", "login", "replication", "bypassrls", "inherit")
_WORDS = {name: (name, True) for name in _FLAGS} | {f"no{name}": (name, False) for name in _FLAGS}
_PHRASES = ("CONNECTION LIMIT", "VALID UNTIL", *(word.upper() for word in _WORDS))

_PASSWORD = ("password", "passwd", "pwd", "pass")
_UNQUOTED = "PASSWORD wants text in quotes"

_TOKEN = pattern(
    r"""\s+|--[^\n]*|/\*.*?\*/|(?P<text>[eE]?'(?:[^']|'')*')|(?P<number>[+-]?\s*[0-9]+)|(?P<word>[A-Za-z_]\w*)|(?P<other>.)""",
    re.DOTALL | re.ASCII,
)
_DAY = pattern(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[T ].*)?", re.ASCII)
_LARGEST = 2**31 - 1


@record
class RoleOptions:
    """What options say; `unread` is why the operator drops them, `refused` why PostgreSQL does, empty for neither.

    `has_password` also where it is what cannot be read; then `unread` shows nothing of it. `flags` are the attributes
    given, each with whether it is given or taken (`NOLOGIN`). `until` is the day on which the password expires, where
    it is written as a date.
    """

    flags: Mapping[str, bool]
    limit: int | None = None
    until: datetime.date | None = None
    has_password: bool = False
    unread: str = ""
    refused: str = ""

    def gives(self, name: str) -> bool:
        """Whether an attribute is given."""
        return self.flags.get(name) is True


@once
def of(resource: Mapping[str, Any]) -> list[tuple[int, str, RoleOptions]]:
    """The users of a PerconaPGCluster that have options: index, name and what the options say.

    Two are left out, whose options the operator does not read: it sets them itself.
    """
    return [
        (index, user["name"], read(user["options"]))
        for index, user in enumerate(resource["spec"].get("users") or ())
        if user.get("options") and user["name"] not in ("monitor", "postgres")
    ]


def said(resource: Mapping[str, Any]) -> list[str]:
    """What the options of a PerconaPGCluster's users say, in a few words."""
    return [word for _, _, options in of(resource) for word in _words(options)]


@functools.lru_cache(maxsize=1024)
def _words(options: RoleOptions) -> list[str]:
    said = {
        "connection limit": options.limit is not None and options.limit > 0,
        "no connection": options.limit == 0,
        "no login": options.flags.get("login") is False,
        "valid until": options.until,
        "password": options.has_password,
        "unread": options.unread,
        "refused": options.refused,
    }
    return [word for word, is_said in said.items() if is_said]


@functools.lru_cache(maxsize=1024)
def read(text: str) -> RoleOptions:
    """The options of one user."""
    tokens: list[tuple[str | None, str]] = [
        (match.lastgroup, match[0]) for match in _TOKEN().finditer(text) if match.lastgroup
    ]
    all_tokens = tokens[:]
    found: list[tuple[str, Any]] = []
    while tokens:
        try:
            found.append(_option(tokens))
        except ValueError as error:
            return _unread(str(error), all_tokens, len(all_tokens) - len(tokens))
    values = dict(found)
    flags = {name: value for name, value in values.items() if name in _FLAGS}
    until, refused = _until(values.get("valid until"))
    return RoleOptions(
        flags,
        values.get("connection limit"),
        until,
        ("password", True) in found,
        refused=_refusal(found) or refused,
    )


def _unread(why: str, tokens: list[tuple[str | None, str]], seen: int) -> RoleOptions:
    """Options that nobody can read: so many tokens were `seen` when it was told why."""
    after = _after_password(tokens)
    shown = why if after >= seen else "what follows PASSWORD is no option"
    return RoleOptions({}, has_password=after < len(tokens), unread=shown)


def _after_password(tokens: list[tuple[str | None, str]]) -> int:
    """Where something stands that is given as a password, whatever quotes or signs it lacks; else the end."""
    for at, ((kind, word), (_, value)) in enumerate(itertools.pairwise(tokens), 1):
        if kind == "word" and value.lower() != "null" and closest(word.lower(), _PASSWORD, 0.8):
            return at
    return len(tokens)


def _option(tokens: list[tuple[str | None, str]]) -> tuple[str, Any]:
    """The first option, taken off the tokens. ValueError if it is none."""
    kind, text = tokens.pop(0)
    word = text.lower()
    if kind != "word":
        raise ValueError(f"`{text}` is no option" + (", and no comma stands between them" if text == "," else ""))
    if word in _WORDS:
        return _WORDS[word]
    if word == "connection" and _next(tokens, "limit"):
        return "connection limit", _limit(_value(tokens, "number", "CONNECTION LIMIT wants a number"))
    if word == "valid" and _next(tokens, "until"):
        return "valid until", _value(tokens, "text", "VALID UNTIL wants a time in quotes").strip("eE'")
    if word == "user" and tokens and tokens[0][0] == "word":
        return "members", _names(tokens)
    if word == "encrypted" and tokens and tokens[0][1].lower() == "password":
        word = tokens.pop(0)[1].lower()
    if word == "password":
        is_given = not _next(tokens, "null")
        if is_given:
            _value(tokens, "text", _UNQUOTED)
        return "password", is_given
    raise ValueError(f"`{text}` is no option of ALTER ROLE{did_you_mean(text, _PHRASES)}")


def _names(tokens: list[tuple[str | None, str]]) -> list[str]:
    names = [tokens.pop(0)[1]]
    while len(tokens) > 1 and tokens[0][1] == "," and tokens[1][0] == "word":
        names.append(tokens[1][1])
        del tokens[:2]
    return names


def _next(tokens: list[tuple[str | None, str]], word: str) -> bool:
    """Whether a word comes next; it is taken then."""
    if tokens and tokens[0][1].lower() == word:
        tokens.pop(0)
        return True
    return False


def _value(tokens: list[tuple[str | None, str]], kind: str, otherwise: str) -> str:
    if not tokens or tokens[0][0] != kind:
        raise ValueError(otherwise)
    return tokens.pop(0)[1]


def _limit(text: str) -> int:
    number = int("".join(text.split()))
    if abs(number) > _LARGEST:
        raise ValueError(f"CONNECTION LIMIT {text} is too large")
    return number


def _refusal(found: list[tuple[str, Any]]) -> str:
    seen: dict[str, Any] = {}
    for name, value in found:
        if name in seen and name != "password":
            differ = isinstance(value, bool) and value != seen[name]
            return (
                f"{name.upper()} and NO{name.upper()} contradict each other" if differ else f"{name.upper()} is twice"
            )
        seen[name] = value
    limit = seen.get("connection limit", -1)
    return f"CONNECTION LIMIT {limit} is less than -1, which is none" if limit < -1 else ""


def _until(text: str | None) -> tuple[datetime.date | None, str]:
    match = _DAY().fullmatch(text) if text is not None else None
    if match is None:
        return None, ""
    try:
        return datetime.date(int(match[1]), int(match[2]), int(match[3])), ""
    except ValueError:
        return None, f"there is no day {match[0]}"
