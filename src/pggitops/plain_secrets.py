"""Secrets that stand in a text for everybody to read: private keys, keys and tokens of services, passwords.

A text of any kind is looked through: YAML with its comments, SQL, properties, JSON. What is known by its form (`AKIA…`)
is found anywhere, a password by the word before it. References, placeholders and what is encrypted are none.

Every expression begins with a fixed text, is bounded or possessive, and no text is searched whose fixed text is not
there: the time is linear, and nearly nothing for a file without secrets. Forms: the services' documentation.
"""

from __future__ import annotations

import enum
import functools
import json
import re
from collections.abc import Callable, Iterator, Mapping

from pggitops.record import record

MAX_SPOTS = 100
"""How many are told of one text: a file full of them is one mistake."""

# a run seldom needs one of them, and each takes time to compile
_re = functools.cache(re.compile)

_WINDOW = 300
_SECRET_KEY = "a secret key"


class Kind(enum.Enum):
    """What a secret is known by."""

    PRIVATE_KEY = "private key"
    TOKEN = "token"
    URL = "url"
    PASSWORD = "password"


@record
class Spot:
    """A secret in a text: `line` and `column` from 1, `what` it is, masked; `in_comment` where nothing uses it."""

    kind: Kind
    what: str
    line: int
    column: int
    in_comment: bool


@record
class _Found:
    kind: Kind
    what: str
    start: int
    end: int


def find(text: str) -> list[Spot]:
    """The secrets of a text in their order, one for those that overlap; at most `MAX_SPOTS`."""
    low = lowered(text)
    found: list[_Found] = []
    for marks, is_folded, search in _SEARCHES:
        where = low if is_folded else text
        if any(mark in where for mark in marks):
            for one in search(text, low):
                if all(one.end <= other.start or one.start >= other.end for other in found):
                    found.append(one)
                if len(found) == MAX_SPOTS:
                    return _placed(text, found)
    return _placed(text, found) if found else []


def goes_on_below(low: str) -> bool:
    """Whether a search may go on below a line, which is given in lower case: a key, a block, a word at its end."""
    return "-----begin" in low or "|" in low or ">" in low or _re(_AT_THE_END).search(low) is not None


def masked(line: str) -> str:
    """A line as it may be shown: from the first secret in it on, nothing is."""
    spots = find(line)
    return f"{line[: spots[0].column - 1]}…" if spots else line


def is_in(value: object, word: object) -> bool:
    """Whether a value that stands under a word holds a secret: text, or what has text in it."""
    if isinstance(value, str):
        return bool(find(f"{word}: {value}"))
    return isinstance(value, Mapping | list) and bool(find(f"{word}: {json.dumps(value, default=str)}"))


def shown(text: str) -> dict[str, str] | None:
    """The lines of a text that hold a secret, each with what of it may be shown: of a private key and of a block, none.

    None where there are too many to tell them all.
    """
    spots = find(text)
    if len(spots) >= MAX_SPOTS:
        return None
    lines = text.split("\n")
    kept: dict[str, str] = {}
    for spot in spots:
        line = lines[spot.line - 1]
        kept[line] = f"{line[: spot.column - 1]}…"
        for below in _below(lines, spot):
            kept[below] = f"{below[: _indent(below)]}…"
    return kept


def _below(lines: list[str], spot: Spot) -> Iterator[str]:
    """The lines that a secret goes on in: a private key to its end, the text of a block as far as it is indented."""
    line = lines[spot.line - 1]
    if spot.kind is Kind.PRIVATE_KEY and "-----BEGIN" in line:
        for below in lines[spot.line :]:
            yield below
            if "-----END" in below:
                return
    elif spot.column - 1 == _indent(line) > 0:
        for below in filter(str.strip, lines[spot.line :]):
            if _indent(below) < _indent(line):
                return
            yield below


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def lowered(text: str) -> str:
    """In lower case, each character where it was."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(each.lower()[0] for each in text)


def _placed(text: str, found: list[_Found]) -> list[Spot]:
    spots, line, at = [], 1, 0
    for one in sorted(found, key=lambda one: one.start):
        line, at = line + text.count("\n", at, one.start), one.start
        column = one.start - text.rfind("\n", 0, one.start)
        spots.append(Spot(one.kind, one.what, line, column, _is_comment(_before(text, one.start))))
    # an access key and the secret key beside it are one
    secret = {spot.line for spot in spots if spot.what.startswith(_SECRET_KEY)}
    beside = {line + distance for line in secret for distance in (-2, -1, 0, 1, 2)}
    return [spot for spot in spots if not (spot.what.startswith("a key of AWS") and spot.line in beside)]


def _before(text: str, position: int) -> str:
    """What stands before it on its line, as far as is looked."""
    first = max(0, position - _WINDOW)
    return text[max(first, text.rfind("\n", first, position) + 1) : position]


def _is_comment(before: str) -> bool:
    return before.lstrip().startswith(("#", "--", "//")) or " #" in before or " -- " in before


# private keys

_PEM = r"-----BEGIN [A-Z ]{0,24}PRIVATE KEY(?: BLOCK)?-----"
_BODY = r"[A-Za-z0-9+/=]{20}|Proc-Type|Version:"
_BASE64_PEM = "LS0tLS1CRUdJTi"


def _private_keys(text: str, low: str) -> Iterator[_Found]:
    import base64

    for match in _re(_PEM).finditer(text):
        if _re(_BODY).search(text, match.end(), match.end() + 200):
            is_google = "private_key" in _before(low, match.start())
            what = "the private key of a Google service account" if is_google else "a private key"
            yield _Found(Kind.PRIVATE_KEY, what, match.start(), match.end())
    start = text.find(_BASE64_PEM)
    while start >= 0:
        encoded = re.match("[A-Za-z0-9+/]{0,80}", text[start : start + 80])
        data = encoded[0] if encoded else ""
        if b"PRIVATE KEY" in base64.b64decode(data[: len(data) // 4 * 4]):
            yield _Found(Kind.PRIVATE_KEY, "a private key in base64", start, start + len(data))
        start = text.find(_BASE64_PEM, start + 1)


# what is known by its form: what it is, the text each begins with, the whole

_TOKENS = (
    ("a key of AWS", ("AKIA", "ASIA"), r"(?<![\w+/])(?:AKIA|ASIA)[A-Z2-7]{16}(?![\w+/=])"),
    ("a key of Google", ("AIza",), r"(?<![\w-])AIza[\w-]{35}(?![\w-])"),
    ("a key of Google", ("GOCSPX-",), r"(?<![\w-])GOCSPX-[\w-]{28}(?![\w-])"),
    ("a key of Google Cloud Storage", ("GOOG1",), r"(?<!\w)GOOG1[A-Z0-9]{56}(?!\w)"),
    ("the key of an Azure storage account", ("AccountKey=",), r"(?<=AccountKey=)[A-Za-z0-9+/]{86}=="),
    ("a shared access signature of Azure", ("sig=",), r"(?<!\w)sig=[\w%+/-]{43,100}(?:%3[dD]|=)"),
    ("a token of GitHub", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), r"(?<!\w)gh[oprsu]_[A-Za-z0-9]{36,255}(?!\w)"),
    ("a token of GitHub", ("github_pat_",), r"(?<!\w)github_pat_\w{22,255}(?!\w)"),
    (
        "a token of GitLab",
        ("glpat-", "gldt-", "glrt-", "glptt-", "glcbt-", "glagent-"),
        r"(?<![\w-])gl(?:pat|dt|rt|ptt|cbt|agent)-[\w-]{20,255}",
    ),
    ("a token of Slack", ("xox",), r"(?<![\w-])xox[abeoprs]-\d[A-Za-z0-9-]{9,250}"),
    ("a webhook of Slack", ("hooks.slack.com/",), r"hooks\.slack\.com/services/T\w{6,20}/B\w{6,20}/\w{16,40}"),
    ("a token of Grafana or PMM", ("glsa_",), r"(?<!\w)glsa_[A-Za-z0-9]{32}_[0-9a-fA-F]{8}(?!\w)"),
    ("a token of Vault", ("hvs.", "hvb."), r"(?<![\w.-])hv[sb]\.[\w-]{24,255}"),
    ("a key of age", ("AGE-SECRET-KEY-1",), r"AGE-SECRET-KEY-1[A-Z0-9]{58}"),
    (
        "a signed token (JWT)",
        ("eyJ",),
        r"(?<![\w-])eyJ[\w-]{10,2000}+\.eyJ[\w-]{10,4000}+\.[\w-]{10,2000}+",
    ),
)


def _tokens(text: str, low: str) -> Iterator[_Found]:
    for what, marks, pattern in _TOKENS:
        if any(mark in text for mark in marks):
            for match in _re(pattern, re.ASCII).finditer(text):
                if "EXAMPLE" not in match[0]:
                    yield _Found(Kind.TOKEN, f"{what} ({match[0][:4]}…)", match.start(), match.end())


# URLs

_USERINFO = r"""(?P<user>[^\s:/@"'<>`]{0,100}+):(?P<value>[^\s/@"'<>`]{1,150}+)@(?=[\w\[$%{(-])"""


def _urls(text: str, low: str) -> Iterator[_Found]:
    start = text.find("://")
    while start >= 0:
        is_short = "@" not in text[start : start + _WINDOW]
        match = None if is_short else _re(_USERINFO).match(text, start + 3, start + _WINDOW)
        is_strict = match is not None and (_is_comment(_before(text, start)) or match["user"].lower() in _USERS)
        if match and _is_literal(match["value"], is_strict):
            yield _Found(Kind.URL, "the password in a URL", match.start("value"), match.end("value"))
        start = text.find("://", start + 3)


_USERS = frozenset(["user", "username", "usr", "login"])


# passwords by the word before them, keys by the word and their look

_PASSWORD = r"passw(?:or)?d|passphrase|pass[-_]phrase|cipher-pass|(?<![a-z])pwd"
_KEY_MARKS = (
    *(
        f"{one}{dash}key"
        for one in ("secret", "api", "access", "account", "azure", "storage", "server")
        for dash in "-_"
    ),
    *("secretkey", "apikey", "accesskey", "accountkey", "azurekey", "storagekey", "serverkey"),
    *("key-secret", "key_secret", "client-secret", "client_secret", "clientsecret", "token"),
)
_KEY = "|".join(_KEY_MARKS)
_SIGN = r"""\d{0,2}["']?[ \t]{0,8}(?P<sign>:(?=[\s"'])|=>?)[ \t]{0,8}"""
_ENV = r"""["']?[ \t]{0,8}(?:,|\n)[ \t]{0,80}["']?value["']?[ \t]{0,8}:[ \t]{0,8}"""
_SQL = r"""\s{1,20}(?i:e|u&)?'{1,2}(?P<value>[^'\n]{1,200})'"""
_BARE = r"""[ \t]{1,20}(?P<value>[A-Za-z0-9!@^+~?_][^\s'"`,;(){}\[\]]{0,199}+)(?!\()"""
_OPTIONS = r"""(?<![\w-])options["']?:\s"""
_STATEMENT = r"""(?i:(?:alter|create)\s{1,20}(?:role|user)\s)"""
_BLOCK = r"[|>][-+\d]{0,2}[ \t]{0,8}\n[ \t]{0,80}"
_VALUE = {
    # after a colon a plain value reaches to the end of the line, in a map on one line to the next comma
    ":": r"""["'](?P<quoted>[^"'\n]{0,200})["']|(?P<plain>[^\s"'][^\n]{0,200})""",
    "=": r"""\\?["']{1,2}(?P<quoted>[^"'\n\\]{0,200})|(?P<plain>[^\s"';&,)\\]{1,200})""",
}
_AT_THE_END = rf"""(?:{_PASSWORD}|{_KEY})["']?\s*\Z"""
_NAME = "abcdefghijklmnopqrstuvwxyz0123456789_-.$"


def _passwords(text: str, low: str) -> Iterator[_Found]:
    for match in _re(_PASSWORD).finditer(low):
        for value, start, is_strict in _values(text, match.start(), match.end()):
            if _is_literal(value, is_strict):
                what = f"a password ({_name(text, match.start(), match.end())})"
                yield _Found(Kind.PASSWORD, what, start, start + len(value))


def _keys(text: str, low: str) -> Iterator[_Found]:
    for match in _re(_KEY).finditer(low):
        for value, start, is_strict in _values(text, match.start(), match.end()):
            if _is_literal(value, is_strict) and _looks_random(value):
                yield _Found(Kind.TOKEN, f"{_SECRET_KEY} ({value[:2]}…)", start, start + len(value))


def _values(text: str, start: int, end: int) -> Iterator[tuple[str, int, bool]]:
    """What a word that ends there is given: the value, where it stands, and whether the text may only speak of it."""
    before, limit = _before(text, start), end + _WINDOW
    head = before.rstrip(_NAME + _NAME.upper())
    is_strict = _is_comment(before) or not _is_key(head)
    assigned = _re(_SIGN).match(text, end, limit)
    if assigned:
        sign = ":" if assigned["sign"] == ":" else "="
        is_strict = _is_comment(before) if sign == "=" else is_strict
        yield from _given(text, assigned.end(), sign, "{" in head, is_strict)
    elif "name" in head[-60:] and (env := _re(_ENV).match(text, end, limit)):
        yield from _given(text, env.end(), ":", "{" in head, _is_comment(before))
    elif _is_word(text, start, end):
        sql = _re(_SQL).match(text, end, limit) or _unquoted(text, before, end)
        if sql:
            yield sql["value"], sql.start("value"), _is_comment(before)


def _unquoted(text: str, before: str, end: int) -> re.Match[str] | None:
    """What stands after SQL's word without the quotes that it needs; in a sentence no word is a password."""
    bare = _re(_BARE).match(text, end, end + _WINDOW)
    if bare is None or _re(_OPTIONS).search(before):
        return bare
    is_statement = _re(_STATEMENT).search(before) and _re(_TELLING).match(bare["value"])
    return bare if is_statement else None


def _name(text: str, start: int, end: int) -> str:
    """The whole word: a key, a variable."""
    before = _before(text, start)
    return before[len(before.rstrip(_NAME + _NAME.upper())) :][-40:] + text[start:end]


def _is_word(text: str, start: int, end: int) -> bool:
    """Whether it is SQL's word, and no part of another."""
    is_part = start > 0 and (text[start - 1].isalnum() or text[start - 1] == "_")
    return not is_part and text[start:end].lower() == "password"


def _given(text: str, at: int, sign: str, is_flow: bool, is_strict: bool) -> Iterator[tuple[str, int, bool]]:
    block = _re(_BLOCK).match(text, at, at + _WINDOW) if sign == ":" else None
    at = block.end() if block else at
    match = _re(_VALUE[sign]).match(text, at, at + _WINDOW)
    if not match:
        return
    value, group = match["quoted"], "quoted"
    if value is None:
        value, group = match["plain"].partition(" #")[0].rstrip(), "plain"
        if sign == ":" and is_flow:
            value = value if value.startswith("{") else re.split("[,}]", value, maxsplit=1)[0].rstrip()
        if sign == ":" and is_strict:
            value = value.split(" ", 1)[0].rstrip(".,;)\"'`")
    yield value, match.start(group), is_strict


def _is_key(head: str) -> bool:
    """Whether a word after this, on its line, is the key of a map."""
    head = head.strip().rstrip("\"'").rstrip()
    return head in ("", "-") or head.endswith("{") or (head.endswith(",") and "{" in head)


_NONE = (
    r"""[\[{&!|>`]"""
    r"""|\$|%[({sv]|<|\*{3}|x{3}|X{3}|\.{3}|…|-+$|_+$"""
    r"""|(?:ENC\[|vault:|ref\+|op://|file:|env[.:]|arn:|projects/|SCRAM-SHA-256\$|:['"]|\.{0,2}/)"""
)
_WORDS = frozenset(
    [
        *("null", "~", "none", "nil", "true", "false", "yes", "no", "on", "off", "string", "optional", "required"),
        *("redacted", "masked", "hidden", "omitted", "removed", "unset", "empty"),
    ]
)
_SPOKEN = (
    r"(?i:.{0,100}(?:change|example|your|dummy|sample|secret|passw|placeholder|redacted|todo))|[A-Z]+-\d+$|\d[\d.:-]*$"
)
_TELLING = r"(?=.*[A-Za-z])(?:.*\d|.*[^A-Za-z0-9_./:-])"


def _is_literal(value: str, is_strict: bool) -> bool:
    """Whether a value is the secret itself; strictly, where the text may only speak of one."""
    if not value or value.lower() in _WORDS or _re(_NONE).match(value) or "{{" in value or "REPLACE-" in value:
        return False
    if not is_strict:
        return True
    return 6 <= len(value) <= 100 and not _re(_SPOKEN).match(value) and bool(_re(_TELLING).match(value))


_RANDOM = r"[A-Za-z0-9+/=_.~-]{20,200}"
_HEX = r"[0-9a-fA-F]{32,128}"


def _looks_random(value: str) -> bool:
    if not _re(_RANDOM).fullmatch(value) or "EXAMPLE" in value:
        return False
    has = [any(test(each) for each in value) for test in (str.isupper, str.islower, str.isdigit)]
    return all(has) or bool(_re(_HEX).fullmatch(value))


_SEARCHES: tuple[tuple[tuple[str, ...], bool, Callable[[str, str], Iterator[_Found]]], ...] = (
    (("-----BEGIN", _BASE64_PEM), False, _private_keys),
    (tuple(mark for _, marks, _ in _TOKENS for mark in marks), False, _tokens),
    (("://",), False, _urls),
    (("passw", "passphrase", "pass-phrase", "pass_phrase", "cipher-pass", "pwd"), True, _passwords),
    (("token", "key", "secret"), True, _keys),
)
"""What must be in the text, whether in lower case, and the search it is worth then."""

MARKS = frozenset(mark.lower() for marks, _, _ in _SEARCHES for mark in marks)
"""In lower case, what one of is on the line where a secret, or the word before it, begins."""
