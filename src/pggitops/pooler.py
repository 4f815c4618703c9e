"""PgBouncer's settings: what it knows, and what a PerconaPGCluster makes of them.

The catalogue is `data/pgbouncer.json`: of each setting its type, whether a new value needs a restart, its default, and
the words of an enum. PgBouncer reads numbers by strtol with base 0 and seconds by strtod, whole and without a unit
(libusual's cfparser.c). A name or value it cannot read fails the load of the whole file: at start the process dies; on
a reload it goes on with what came before the line, and dies at its next start.

The operator writes its own settings first and the resource's over them (internal/pgbouncer/config.go, 3.0.0).
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pggitops import guc
from pggitops.findings import did_you_mean
from pggitops.parameters import Problem
from pggitops.patterns import pattern
from pggitops.remember import once

CONFIG = ("spec", "proxy", "pgBouncer", "config")
GLOBAL = (*CONFIG, "global")
"""Where the settings stand in a PerconaPGCluster, and where the global ones do."""

OPERATOR = {
    "client_tls_sslmode": "require",
    "ignore_startup_parameters": "extra_float_digits",
    "listen_addr": "*",
    "server_tls_sslmode": "verify-full",
    "unix_socket_dir": "",
}
"""The operator's own values, where they differ from PgBouncer's and a resource may override them."""

ELSEWHERE = {
    "connection_limit": "max_client_conn",
    "dbname": "",
    "idle_in_transaction_session_timeout": "idle_transaction_timeout",
    "max_connections": "max_client_conn",
    "pool_size": "default_pool_size",
    "port": "listen_port",
    "reserve_pool": "reserve_pool_size",
    "statement_timeout": "query_timeout",
}
"""Words of PostgreSQL and of PgBouncer's other sections, → the global setting that is meant."""


_INTEGER = pattern("[+-]?(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)")


@functools.cache
def _catalogue() -> dict[str, Any]:
    document: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "pgbouncer.json").read_bytes())
    return document


def config(resource: Mapping[str, Any]) -> Mapping[str, Any]:
    """`spec.proxy.pgBouncer.config`; empty without a pooler."""
    try:
        here = resource["spec"]["proxy"]["pgBouncer"]["config"]
    except (KeyError, TypeError):
        return {}
    return here if isinstance(here, dict) else {}


@once
def of(resource: Mapping[str, Any]) -> Mapping[str, str]:
    """The global settings as the resource writes them."""
    return config(resource).get("global") or {}


def value(resource: Mapping[str, Any], name: str) -> str:
    """A setting in effect: the resource's, else the operator's, else PgBouncer's default."""
    own = of(resource)
    if name in own:
        return str(own[name]).strip()
    if name in OPERATOR:
        return OPERATOR[name]
    return _default(name)


@functools.cache
def _default(name: str) -> str:
    return str(_catalogue()["settings"][name][2] or "")


def number(resource: Mapping[str, Any], name: str) -> float:
    """A number in effect; the default where what is written is none."""
    return _amount(name, value(resource, name))


@functools.lru_cache(maxsize=1024)
def _amount(name: str, written: str) -> float:
    for text in (written, _default(name) or "0"):
        try:
            return guc.integer(text, None) if _type(name) != "seconds" else guc.real(text, None)
        except guc.WrongValue:
            continue
    return 0


def needs_restart(name: str) -> bool:
    """Whether a setting is read when the process starts only: a reload ignores a new value without a word."""
    row = _catalogue()["settings"].get(name)
    return row is not None and row[1] == "restart"


def same(name: str, one: str, other: str) -> bool:
    """Whether two values of a global setting mean the same to PgBouncer: `20` and `0x14`, `Session` and `session`."""
    one, other = one.strip(), other.strip()
    if one == other or name not in _catalogue()["settings"]:
        return one == other
    kind = _type(name)
    if kind in ("enum", "string"):
        return kind == "enum" and one.lower() == other.lower()
    if judge(name, one) or judge(name, other):
        return False
    read = guc.real if kind == "seconds" else guc.integer
    return read(one, None) == read(other, None)


def found(resource: Mapping[str, Any], kind: str) -> list[tuple[tuple[str, ...], Problem]]:
    """The settings with a problem of one kind (`unknown`, `section` or `value`), each with its path in the resource."""
    return [each for each in problems(resource) if each[1].kind == kind]


@once
def problems(resource: Mapping[str, Any]) -> list[tuple[tuple[str, ...], Problem]]:
    """The settings with a problem, each with its path in the resource."""
    sections = config(resource)
    found: list[tuple[tuple[str, ...], Problem]] = []
    for name, written in (sections.get("global") or {}).items():
        if problem := judge(name, str(written)):
            found.append(((*GLOBAL, name), problem))
    for section in ("databases", "users"):
        for name, written in (sections.get(section) or {}).items():
            for key, word in pairs(str(written)):
                if problem := _judge_pair(section, key, word):
                    found.append(((*CONFIG, section, name), problem))
    return found


@functools.lru_cache(maxsize=1024)
def judge(name: str, written: str) -> Problem | None:
    """What is wrong with a global setting, or None."""
    settings = _catalogue()["settings"]
    if name not in settings:
        return _unknown(name)
    kind, text = _type(name), written.strip()
    if kind == "enum":
        words = settings[name][3]
        if text.lower() not in words:
            hint = did_you_mean(text, words)
            return Problem("value", f'{name}: "{text}" is none of {", ".join(words)}{hint}', "Write one of these.")
        return None
    if kind == "string":
        return None
    return _number(name, kind, text)


def pairs(text: str) -> list[tuple[str, str]]:
    """The words of an entry of [databases] or [users]: `host=a port=5432` with quotes around values where needed."""
    import shlex  # only a patch can bring one

    try:
        words = shlex.split(text)
    except ValueError:
        return [(text, "")]
    return [(key.strip(), word) for key, _, word in (each.partition("=") for each in words)]


def _type(name: str) -> str:
    return str(_catalogue()["settings"][name][0])


def _unknown(name: str) -> Problem:
    document = _catalogue()
    meant = ELSEWHERE.get(name)
    if name in document["databases"] or name in document["users"]:
        where = "databases" if name in document["databases"] else "users"
        fix = f"Write `{meant}`, which holds for all." if meant else f"Remove it: it is of one entry of {where}."
        return Problem("section", f"{name} is of an entry of [{where}], not of all", fix)
    hint = f' (did you mean "{meant}"?)' if meant else did_you_mean(name, document["settings"])
    fix = f"Write `{hint.split(chr(34))[1]}`." if hint else "Remove it."
    return Problem("unknown", f'PgBouncer has no setting "{name}"{hint}, and does not start with it', fix)


def _judge_pair(section: str, key: str, word: str) -> Problem | None:
    document = _catalogue()
    if key not in document[section]:
        other = "users" if section == "databases" else "databases"
        is_elsewhere = key in document["settings"] or key in document[other]
        hint = "" if is_elsewhere else did_you_mean(key, document[section])
        what = f'an entry of [{section}] has no "{key}"{hint}, and PgBouncer does not start with it'
        return Problem("section" if is_elsewhere else "unknown", what, "Remove it.")
    if key == "pool_mode" and word.lower() not in document["settings"]["pool_mode"][3]:
        return Problem(
            "value", f'pool_mode: "{word}" is none of session, transaction, statement', "Write one of these."
        )
    return None


def _number(name: str, kind: str, text: str) -> Problem | None:
    try:
        amount = guc.real(text, None) if kind == "seconds" else guc.integer(text, None)
    except guc.WrongValue:
        return _no_number(name, kind, text)
    if kind != "seconds" and not _INTEGER().fullmatch(text):
        return _no_number(name, kind, text)
    if amount < 0 or (kind == "switch" and amount not in (0, 1)):
        what = "is neither 0 nor 1" if kind == "switch" else "is below 0"
        return Problem("value", f"{name}: {text} {what}", f"Write {'1 or 0' if kind == 'switch' else '0 or more'}.")
    return None


def _no_number(name: str, kind: str, text: str) -> Problem:
    if kind == "switch":
        truth = guc.boolean(text)
        fix = "Write 1 or 0." if truth is None else f"Write `{name}: {int(truth)}`."
        return Problem("value", f'{name}: "{text}" is neither 0 nor 1', fix)
    for base, unit in (("s", "seconds"), ("B", "bytes")) if text[-1:].isalpha() else ():
        try:
            amount = guc.real(text, base)
        except guc.WrongValue:
            continue
        message = f'{name}: "{text}" has a unit; PgBouncer counts {unit} without one'
        return Problem("value", message, f"Write `{name}: {amount:.12g}`.")
    what = "seconds" if kind == "seconds" else "a number"
    return Problem("value", f'{name}: "{text}" is no number', f"Write {what} without a unit.")
