"""One server parameter judged for one major: whether PostgreSQL knows it, and whether Patroni lets the value through.

The catalogue is `data/parameters/<major>.json`, pg_settings of real servers: name → context, type, default, then for
numbers least, greatest and unit, for enums the values and those that are accepted but not listed. `extensions.json` has
what the extensions in Percona's images and some others add.

Patroni 4.1.3 (postgresql/validator.py) reads every parameter without a dot before PostgreSQL does: an unknown name, or
a value that is no number, no boolean as a whole word or no listed enum value, is dropped with a line in its log, and a
number out of range becomes the nearest bound. Neither stops the server, so nothing else tells the author.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pggitops import guc
from pggitops.findings import closest, did_you_mean
from pggitops.patterns import pattern
from pggitops.record import record
from pggitops.remember import once

AT = ("spec", "patroni", "dynamicConfiguration", "postgresql", "parameters")
"""Where the parameters stand in a PerconaPGCluster."""

MAJORS = range(12, 19)

_FOLDER = Path(__file__).parent / "data" / "parameters"
_NOTHING = "Remove it; nothing takes its place."
_RUNTIME = "Remove it."

# Gone parameters: since which major, and what to do instead (release notes of that major)
GONE: Mapping[str, tuple[float, str]] = {
    "checkpoint_segments": (9.5, "Write `max_wal_size`: the number times 48MB."),
    "sql_inheritance": (10, _NOTHING),
    "min_parallel_relation_size": (10, "Write `min_parallel_table_scan_size`."),
    "replacement_sort_tuples": (11, _NOTHING),
    "default_with_oids": (12, _NOTHING),
    "standby_mode": (12, "Use `standby:` of the overlay."),
    "trigger_file": (12, "Promote with `standby: {enabled: false}`."),
    "wal_keep_segments": (13, "Write `wal_keep_size`: the number times 16MB."),
    "operator_precedence_warning": (14, _NOTHING),
    "vacuum_cleanup_index_scale_factor": (14, _NOTHING),
    "stats_temp_directory": (15, "Remove it; statistics live in shared memory."),
    "force_parallel_mode": (16, "Write `debug_parallel_query`, if it is wanted at all."),
    "promote_trigger_file": (16, "Promote with `standby: {enabled: false}`."),
    "vacuum_defer_cleanup_age": (16, "Use `hot_standby_feedback` or a replication slot."),
    "lc_collate": (16, "Set it for a database when that is created."),
    "lc_ctype": (16, "Set it for a database when that is created."),
    "db_user_namespace": (17, _NOTHING),
    "old_snapshot_threshold": (17, "End long transactions with `transaction_timeout`."),
    "trace_recovery_messages": (17, _NOTHING),
    "ssl_ecdh_curve": (18, "Write `ssl_groups`."),
}

# Known to SET, and not to the configuration file (GUC_DISALLOW_IN_FILE in guc_tables.c)
_OF_SESSIONS = ("is_superuser", "role", "seed", "session_authorization")
_OF_TRANSACTIONS = ("transaction_deferrable", "transaction_isolation", "transaction_read_only")

# Lists of words in a string: their check hooks refuse others, and Patroni does not look
_DATE_STYLES = "default dmy euro european euros german iso mdy noneuro noneuropean postgres sql us ymd"
_LISTS: Mapping[str, tuple[int, frozenset[str]]] = {
    "createrole_self_grant": (16, frozenset(["set", "inherit"])),
    "datestyle": (12, frozenset(_DATE_STYLES.split())),
    "debug_io_direct": (16, frozenset(["data", "wal", "wal_init"])),
    "log_connections": (18, frozenset(["receipt", "authentication", "authorization", "setup_durations", "all"])),
    "log_destination": (12, frozenset(["stderr", "csvlog", "jsonlog", "syslog"])),
    "restrict_nonsystem_relation_kind": (12, frozenset(["view", "foreign-table"])),
}

_ZONES = ("log_timezone", "timezone")
_IDENTIFIERS = ("search_path", "temp_tablespaces")
_ITEM = r'(?:"(?:[^"]|"")+"|[^\s",]+)'
_LIST_OF_IDENTIFIERS = pattern(rf"\s*(?:{_ITEM}\s*(?:,\s*{_ITEM}\s*)*)?")


@record
class Parameter:
    """A parameter of one major; `default` is text in multiples of `unit`; `hidden` enum values are not listed."""

    name: str
    context: str
    type: str
    default: str
    low: float | None = None
    high: float | None = None
    unit: str | None = None
    values: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    is_extension: bool = False

    @property
    def needs_restart(self) -> bool:
        """Whether a new value is taken only by a restart, which the operator does at once."""
        return self.context == "postmaster"


@record
class Problem:
    """Why a parameter does not do what is written.

    `kind` is `unknown`, `removed`, `read-only`, `value` or `range`; `message` and `fix` are for the author.
    """

    kind: str
    message: str
    fix: str


@functools.cache
def _names(major: int) -> Mapping[str, list[Any]]:
    """The rows of one major by name, extensions' too."""
    rows: dict[str, list[Any]] = json.loads((_FOLDER / "extensions.json").read_bytes())["extensions"]
    document = json.loads((_FOLDER / f"{major}.json").read_bytes())
    return {**rows, **document["extensions"], **document["parameters"]}


@functools.cache
def _prefixes(major: int) -> frozenset[str]:
    return frozenset(name.partition(".")[0] for name in _names(major) if "." in name) | {"pg_stat_monitor"}


@functools.lru_cache(maxsize=4096)
def parameter(name: str, major: int) -> Parameter | None:
    """What a major knows of a name, in any case; None if it is not in the catalogue."""
    lower = name.lower()
    row = _names(major).get(lower)
    if row is None:
        return None
    context, kind, default, *rest = row
    dotted = "." in lower
    if kind == "enum":
        hidden = tuple(rest[1]) if len(rest) > 1 else ()
        return Parameter(lower, context, kind, default, values=tuple(rest[0]), hidden=hidden, is_extension=dotted)
    low, high, unit = (*rest, None, None, None)[:3]
    return Parameter(lower, context, kind, default, low, high, unit, is_extension=dotted)


@once
def of(resource: Mapping[str, Any]) -> Mapping[str, Any]:
    """The parameters of a PerconaPGCluster by name; empty if a patch took them away."""
    try:
        here = resource["spec"]["patroni"]["dynamicConfiguration"]["postgresql"]["parameters"]
    except (KeyError, TypeError):
        return {}
    return here if isinstance(here, dict) else {}


def found(resource: Mapping[str, Any], kind: str) -> list[tuple[str, Problem]]:
    """The parameters of a PerconaPGCluster with a problem of one kind."""
    return [each for each in problems(resource) if each[1].kind == kind]


@once
def problems(resource: Mapping[str, Any]) -> list[tuple[str, Problem]]:
    """The parameters of a PerconaPGCluster with a problem."""
    major = resource["spec"]["postgresVersion"]
    found: list[tuple[str, Problem]] = []
    for name, value in of(resource).items():
        if isinstance(value, (list, dict)):
            found.append((name, Problem("value", f"{name} is no single value", "Write it as text.")))
        elif problem := judge(name, value, major):
            found.append((name, problem))
    return found


def text(value: str | float | bool) -> str:
    """A value of the overlay as the configuration file has it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def truth(value: Any) -> bool | None:
    """A boolean parameter's value; None for what is none."""
    return None if isinstance(value, list | dict) else guc.boolean(text(value))


def number(resource: Mapping[str, Any], name: str) -> float:
    """A numeric parameter in its base unit: as written, or PostgreSQL's default where it is not or cannot be read.

    KeyError if the major has no such parameter.
    """
    value = of(resource).get(name)
    return _amount(name, value if isinstance(value, _SINGLE) else None, resource["spec"]["postgresVersion"])


_SINGLE = (str, int, float)


# typed: as for `judge`
@functools.lru_cache(maxsize=4096, typed=True)
def _amount(name: str, value: str | float | bool | None, major: int) -> float:
    known = parameter(name, major)
    if known is None:
        raise KeyError(name)
    try:
        return float(known.default) if value is None else _read(known, text(value))
    except guc.WrongValue:
        return float(known.default)


def same(name: str, one: str | float | bool, other: str | float | bool, major: int) -> bool:
    """Whether two values of a parameter mean the same to a major; what it cannot read, only if it is the same text."""
    if text(one) == text(other):
        return True
    known = parameter(name, major) if major in MAJORS else None
    return known is not None and _meaning(known, text(one)) == _meaning(known, text(other))


def _meaning(known: Parameter, value: str) -> str | float | bool:
    if known.type == "bool" or (known.type == "enum" and {"on", "off"} <= {*known.values}):
        truth = guc.boolean(value) if known.is_extension or _is_whole(value) else None
        return value.lower() if truth is None else truth
    if known.type == "enum":
        return value.lower()
    try:
        return value if known.type == "string" else _read(known, value)
    except guc.WrongValue:
        return value


# typed: 1 and true are equal, and mean different things here
@functools.lru_cache(maxsize=4096, typed=True)
def judge(name: str, value: str | float | bool, major: int) -> Problem | None:
    """What is wrong with one parameter, or None. A name with a dot that nobody claims may mean anything."""
    if major not in MAJORS:
        return None
    known = parameter(name, major)
    if known is None:
        return _unknown_of_extension(name, major) if "." in name else _unknown(name.lower(), major)
    if known.context == "internal":
        return Problem("read-only", f"{known.name} cannot be set: it is what the server tells of itself", _RUNTIME)
    if known.name in _OF_TRANSACTIONS:
        fix = f"Write `default_{known.name}`."
        return Problem("read-only", f"{known.name} is of one transaction, and means nothing in a configuration", fix)
    return _value(known, text(value), major)


def _unknown(name: str, major: int) -> Problem:
    if name in _OF_SESSIONS:
        return Problem("read-only", f"{name} is of one session, and means nothing in a configuration", _RUNTIME)
    later = _later(name, major)
    if name in GONE and GONE[name][0] <= major:
        since, fix = GONE[name]
        return Problem("removed", f"{name} is gone since PostgreSQL {since}", fix)
    if later is not None:
        message = f"{name} comes with PostgreSQL {later}, and this is {major}"
        return Problem("unknown", message, "Remove it until then.")
    hint = did_you_mean(name, (known for known in _names(major) if "." not in known))
    return Problem("unknown", f'PostgreSQL {major} has no parameter "{name}"{hint}', _fix(hint))


def _later(name: str, major: int) -> int | None:
    """The first major after this one that knows a name."""
    return next((other for other in MAJORS if other > major and name in _names(other)), None)


def _unknown_of_extension(name: str, major: int) -> Problem | None:
    """A misspelt name of a known extension. Extensions get new parameters, so only a close likeness counts."""
    prefix, _, rest = name.partition(".")
    later = _later(name.lower(), major)
    if later is not None:
        return Problem("unknown", f"{name} comes with PostgreSQL {later}, and this is {major}", "Remove it until then.")
    names, prefixes = _names(major), _prefixes(major)
    close = closest(name, names, 0.9)
    if close and "." in close:
        hint = f' (did you mean "{close}"?)'
        return Problem("unknown", f'no extension has a parameter "{name}"{hint}', _fix(hint))
    if prefix not in prefixes:
        near = closest(prefix, prefixes, 0.85)
        if near:
            hint = f' (did you mean "{near}.{rest}"?)'
            return Problem("unknown", f'no extension has a parameter "{name}"{hint}', _fix(hint))
    return None


def _fix(hint: str) -> str:
    return f"Write `{_meant(hint)}`." if hint else "Remove it: Patroni drops it, with a line in its log only."


def _meant(hint: str) -> str:
    return hint.partition('"')[2].partition('"')[0]


def _value(known: Parameter, value: str, major: int) -> Problem | None:
    if known.type == "bool":
        return _boolean(known, value)
    if known.type == "enum":
        return _enum(known, value)
    if known.type == "string":
        return _string(known, value, major)
    try:
        amount = _read(known, value)
    except guc.WrongValue as error:
        fix = f"Write `{known.name}: {error.meant}`." if error.meant else f"Write a number like {_example(known)}."
        return Problem("value", f'{known.name}: "{value}" {error}', fix)
    return _range(known, amount, value)


def _read(known: Parameter, value: str) -> float:
    return (guc.integer if known.type == "integer" else guc.real)(value, known.unit)


def _example(known: Parameter) -> str:
    default = guc.spoken(float(known.default), known.unit)
    return f"`{default}`, the default"


def _range(known: Parameter, amount: float, value: str) -> Problem | None:
    assert known.low is not None
    assert known.high is not None
    if known.low <= amount <= known.high:
        return None
    word, bound = ("below the least", known.low) if amount < known.low else ("above the greatest", known.high)
    shown = guc.spoken(bound, known.unit)
    unit = f" (a bare number counts {known.unit})" if known.unit and value.strip("+-").isdecimal() else ""
    message = f"{known.name}: {value} is {word}, {shown}{unit}"
    shown = f"{guc.spoken(known.low, known.unit)} to {guc.spoken(known.high, known.unit)}"
    return Problem("range", message, f"Write a value from {shown}.")


def _boolean(known: Parameter, value: str) -> Problem | None:
    truth = guc.boolean(value)
    if truth is None:
        return Problem("value", f'{known.name}: "{value}" is neither on nor off', 'Write `"on"` or `"off"`.')
    if not known.is_extension and not _is_whole(value):
        word = "on" if truth else "off"
        message = f'{known.name}: "{value}" is an abbreviation, which Patroni drops'
        return Problem("value", message, f'Write `"{word}"`.')
    return None


def _is_whole(value: str) -> bool:
    return value.lower() in ("on", "true", "yes", "1", "off", "false", "no", "0")


def _enum(known: Parameter, value: str) -> Problem | None:
    word = value.lower()
    if any(word == each.lower() for each in known.values):
        return None
    if word in known.hidden and (known.is_extension or _is_whole(word)):
        return None
    hint = did_you_mean(word, known.values) if word not in known.hidden else ""
    message = f'{known.name}: "{value}" is none of {", ".join(known.values)}{hint}'
    fix = f"Write `{_meant(hint)}`." if hint else "Write one of these."
    return Problem("value", message, fix)


def _string(known: Parameter, value: str, major: int) -> Problem | None:
    """Text that PostgreSQL does not take; nobody has looked at it before, so that the server does not start."""
    if known.name in _ZONES and "/" in value and value.lower() not in _zones():
        hint = did_you_mean(value, _zones().values())
        if hint:
            message = f'{known.name}: there is no time zone "{value}"{hint}, so the server does not start'
            return Problem("value", message, _fix(hint))
    if known.name in _IDENTIFIERS and not _LIST_OF_IDENTIFIERS().fullmatch(value):
        message = f"{known.name}: {value} is no list of names, so the server does not start"
        return Problem("value", message, """Write names with commas between them, like `'"$user", public'`.""")
    return _words(known, value, major)


@functools.cache
def _zones() -> Mapping[str, str]:
    """The time zones of a region by their names in small letters, as PostgreSQL compares them."""
    regions = json.loads((_FOLDER / "time_zones.json").read_bytes())["zones"]
    return {f"{region}/{name}".lower(): f"{region}/{name}" for region in regions for name in regions[region].split()}


def _words(known: Parameter, value: str, major: int) -> Problem | None:
    since, words = _LISTS.get(known.name, (99, frozenset()))
    if major < since:
        return None
    if known.name == "log_connections" and guc.boolean(value) is not None:
        return None
    if known.name == "log_destination" and major < 15:
        words = words - {"jsonlog"}
    given = [each.strip() for each in value.split(",")]
    for each in given:
        if each.strip('"').lower() not in words and (each or len(given) > 1):
            hint = did_you_mean(each, words)
            message = f'{known.name}: "{each}" is none of {", ".join(sorted(words))}{hint}'
            return Problem("value", message, "Write one or more of these, with commas between them.")
    return None
