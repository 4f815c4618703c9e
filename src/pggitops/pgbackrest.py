"""pgBackRest's options in `[global]`, each judged as its own parser would take it.

The options are those of pgBackRest 2.58, which the images of operators 2.9 and 3.0 hold; 2.57 knows the same but a few.
How they are read: pgbackrest `src/config/parse.c`. How the operator makes the file of them, and that
`spec.backups.pgbackrest.global` comes after its own values: its `internal/pgbackrest/config.go`.
"""

from __future__ import annotations

import enum
import functools
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pggitops.findings import Violation, did_you_mean
from pggitops.patterns import pattern
from pggitops.remember import once

_FILE = Path(__file__).parent / "data" / "pgbackrest_options.json"
_INDEXED = pattern(r"(repo|pg)([1-9][0-9]{0,2})-(.+)")
_INTEGER = pattern(r"[+-]?[0-9]{1,18}")
_SIZE = pattern(r"([0-9]{1,18})(?:(k|m|g|t|p)(?:ib|b)?|b)?", re.IGNORECASE)
_TIME = pattern(r"([0-9]{1,18})(ms|s|m|h|d|w)?", re.IGNORECASE)
_MILLISECONDS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}

_OPERATORS = frozenset(
    [
        "spool-path",
        *(f"tls-server-{word}" for word in ("address", "auth", "ca-file", "cert-file", "key-file")),
        *(
            f"repo-{word}"
            for word in ("type", "gcs-bucket", "azure-container", "s3-bucket", "s3-endpoint", "s3-region")
        ),
        *(f"repo-host{word}" for word in ("", "-type", "-ca-file", "-cert-file", "-key-file", "-user")),
    ]
)
"""What the operator itself writes, and breaks if it says something else; `repo-path` may."""


class Fault(enum.Enum):
    """What can be wrong with an option; of several, the one that has to be mended first."""

    UNKNOWN = "no such option"
    MISPLACED = "not in this section of the file"
    OPERATORS = "the operator sets it"
    NO_REPOSITORY = "of a repository there is not"
    SECRET = "a key in plain text"
    VALUE = "a value it does not take"
    NO_EFFECT = "another option keeps it from having an effect"


class Problem(NamedTuple):
    """One option that is wrong: `option` as it is written, what is wrong, and what to do."""

    option: str
    fault: Fault
    message: str
    fix: str


class Written(NamedTuple):
    """What an option is judged beside: the other options, and the repositories' storages."""

    options: Mapping[str, str]
    stores: Mapping[int, str]


Stores = tuple[tuple[int, str], ...]
"""The type of each repository's storage, by its number: `s3`, `gcs`, `azure`, or `posix` for a volume."""


def options_of(resource: Mapping[str, Any]) -> Mapping[str, str]:
    """`spec.backups.pgbackrest.global` of a PerconaPGCluster."""
    options: Mapping[str, str] = _pgbackrest(resource).get("global") or {}
    return options


def repos_of(resource: Mapping[str, Any]) -> list[dict[str, Any]]:
    """`spec.backups.pgbackrest.repos` of a PerconaPGCluster."""
    repos: list[dict[str, Any]] = _pgbackrest(resource).get("repos") or []
    return repos


def stores_of(resource: Mapping[str, Any]) -> Stores:
    """The storages of a PerconaPGCluster's repositories."""
    repos = repos_of(resource)
    return tuple([(int(repo["name"][4:5]), _store_of(repo)) for repo in repos])


def _store_of(repo: Mapping[str, Any]) -> str:
    return "s3" if repo.get("s3") else "gcs" if repo.get("gcs") else "azure" if repo.get("azure") else "posix"


def _pgbackrest(resource: Mapping[str, Any]) -> Mapping[str, Any]:
    backups = (resource.get("spec") or {}).get("backups") or {}
    found: Mapping[str, Any] = backups.get("pgbackrest") or {}
    return found


@once
def problems(resource: Mapping[str, Any]) -> tuple[Problem, ...]:
    """What is wrong with the global options of a PerconaPGCluster, in their order."""
    options, stores = options_of(resource), stores_of(resource)
    doubtful = _doubtful(tuple([(name, _alike(value)) for name, value in options.items()]), stores)
    if not doubtful:
        return ()
    written = Written(options, dict(stores))
    return tuple([found for name in doubtful if (found := _problem(name, options[name], written))])


def _alike(value: str) -> str:
    """One value for all that are fine where it is: each cluster has paths of its own, and what takes one takes any."""
    return "/" if value[:1] == "/" and "//" not in value else value


@functools.lru_cache(maxsize=256)
def _doubtful(options: tuple[tuple[str, str], ...], stores: Stores) -> tuple[str, ...]:
    """The options that have to be looked at beside the others."""
    by_number = dict(stores)
    return tuple(
        name for name, value in options if not _is_fine(name, value, by_number.get(base_name(name)[1] or 0, ""))
    )


def violations(manifest: str, resource: Mapping[str, Any], fault: Fault) -> Iterator[Violation]:
    """The problems of one kind, each at its option in the manifest of that name."""
    for problem in problems(resource):
        if problem.fault is fault:
            path = ("spec", "backups", "pgbackrest", "global", problem.option)
            is_secret = fault is Fault.SECRET
            yield Violation(problem.message, problem.fix, path, manifest=manifest, is_secret=is_secret)


@functools.lru_cache(maxsize=1024)
def _is_fine(name: str, value: str, store: str) -> bool:
    """Whether nothing is wrong with an option whatever the others are: what most are, and most are alike."""
    base, number = base_name(name)
    depends = (known().get(base) or {}).get("depends_on") or {}
    alone = Written({}, {number: store} if number and store else {})
    return depends.get("option", "repo-type") == "repo-type" and _problem(name, value, alone) is None


@functools.cache
def known() -> dict[str, dict[str, Any]]:
    """Every option by its name without an index, with its facts."""
    facts: dict[str, dict[str, Any]] = _read()["options"]
    return facts


@functools.cache
def _read() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(_FILE.read_bytes())
    return document


@functools.lru_cache(maxsize=1024)
def base_name(option: str) -> tuple[str, int | None]:
    """An option without its index: `repo1-path` is option `repo-path` of repository 1."""
    found = _INDEXED().fullmatch(option)
    return (f"{found[1]}-{found[3]}", int(found[2])) if found else (option, None)


def same(option: str, one: str, other: str) -> bool:
    """Whether two values of an option mean the same to pgBackRest: `1GiB` and `1024MiB`, `600` and `10m`."""
    one, other = one.strip(), other.strip()
    kind = known().get(base_name(option)[0], {}).get("type")
    if one == other or kind not in ("integer", "size", "time"):
        return one == other
    number = _number(kind, one)
    return number is not None and number == _number(kind, other)


def is_secret(option: str) -> bool:
    """Whether the value of an option is a secret."""
    base, _ = base_name(option)
    return bool((known().get(base) or {}).get("secret")) and not base.endswith(("-endpoint", "-account"))


def _problem(name: str, value: str, written: Written) -> Problem | None:
    base, number = base_name(name)
    facts = known().get(base)
    if facts is None:
        return _unknown(name, base)
    group = facts["group"]
    if group and number is None:
        return _unindexed(name, base, facts)
    if number is not None and not group:
        return Problem(name, Fault.UNKNOWN, f"{name} takes no number", f"Write {base}.")
    if facts["section"] != "global" or group == "pg":
        return _misplaced(name, base, facts)
    if base in _OPERATORS:
        fix = f"Remove it; the words of `backups.repos.repo{number}` say where that is." if number else "Remove it."
        return Problem(name, Fault.OPERATORS, f"the operator itself sets {name}, and this overrides it", fix)
    if number is not None and number not in written.stores:
        return _no_repository(name, number, written.stores)
    if is_secret(name) and not value.startswith("/etc/"):
        return _secret(name, number)
    reason = _wrong(base, facts, value.strip(), number, written)
    if reason:
        return Problem(name, Fault.VALUE, f'{name} is "{value}"; {reason[0]}', reason[1])
    return _without_effect(name, base, facts, number, written)


def _unknown(name: str, base: str) -> Problem | None:
    facts = known()
    if any(_is_former(name, former) for option in facts.values() for former in option.get("deprecated_names", ())):
        return None
    if name.startswith(("no-", "reset-")) and name.partition("-")[2] in facts:
        return Problem(name, Fault.UNKNOWN, f"{name} is a switch of the command line", f'Write {name[3:]}: "n".')
    if base in _read()["added_in_2.59"]:
        message = f"{name} is new in pgBackRest 2.59, and the operator's images have an older one"
        return Problem(name, Fault.UNKNOWN, message, "Remove it until they have it.")
    index = _INDEXED().fullmatch(name.replace("_", "-"))
    guess = did_you_mean(
        base_name(name.replace("_", "-"))[0], [option for option in facts if facts[option]["section"] == "global"]
    )
    if index:
        guess = guess.replace(f'"{index[1]}-', f'"{index[1]}{index[2]}-')
    fix = "Correct its name, or remove it: pgBackRest ignores it with a warning nobody reads."
    return Problem(name, Fault.UNKNOWN, f"pgBackRest has no option {name}{guess}", fix)


def _is_former(name: str, former: str) -> bool:
    """Whether a name is a former one that is still understood; `?` stands for the index."""
    if "?" not in former:
        return name == former or base_name(name) == (former, base_name(name)[1])
    start, _, end = former.partition("?")
    return name.startswith(start) and name.endswith(end) and name[len(start) : len(name) - len(end)].isdecimal()


def _unindexed(name: str, base: str, facts: Mapping[str, Any]) -> Problem:
    group = facts["group"]
    better = f"{group}1-{base[len(group) + 1 :]}"
    message = f"{name} does not say of which repository"
    if not facts.get("unindexed_deprecated_but_accepted"):
        message += ": every command stops with an error, archiving too"
    return Problem(name, Fault.UNKNOWN, message, f"Write {better}.")


def _misplaced(name: str, base: str, facts: Mapping[str, Any]) -> Problem:
    if facts["group"] == "pg":
        message = f"{name} is about the server, which the operator describes in a section of its own"
        return Problem(name, Fault.MISPLACED, message, "Remove it.")
    if facts["section"] == "stanza":
        return Problem(name, Fault.MISPLACED, f"{name} is ignored outside a stanza's section", "Remove it.")
    message = f"{name} is for the command line only, and ignored here"
    used = {"backup": "a PerconaPGBackup's options", "restore": "`bootstrap.options` or a PerconaPGRestore's options"}
    where = [used[command] for command in facts.get("commands") or () if command in used]
    return Problem(name, Fault.MISPLACED, message, f"Remove it; it goes into {where[-1]}." if where else "Remove it.")


def _no_repository(name: str, number: int, stores: Mapping[int, str]) -> Problem:
    there = ", ".join(f"repo{each}" for each in sorted(stores)) or "none"
    message = f"there is no repo{number} (there is {there}); pgBackRest would take it for one more repository"
    same = name.replace(f"repo{number}", f"repo{min(stores, default=1)}", 1)
    return Problem(name, Fault.NO_REPOSITORY, message, f"Write {same}, or add repo{number} to `backups.repos`.")


def _secret(name: str, number: int | None) -> Problem:
    message = f"{name} stands in Git and in a ConfigMap for everybody to read"
    fix = (
        f"Put it into a Secret, and name that in `backups.repos.repo{number}.credentials.secret`; then change the key."
    )
    return Problem(name, Fault.SECRET, message, fix)


def _wrong(
    base: str, facts: Mapping[str, Any], value: str, number: int | None, written: Written
) -> tuple[str, str] | None:
    """Why pgBackRest would not take a value, and what it takes."""
    kind = facts["type"]
    if not value:
        return "it must have a value", "Give it one, or remove it."
    if kind == "boolean":
        return None if value in ("y", "n") else ("it is y or n, in lower case", f'Write "{_yes_or_no(value)}".')
    if kind == "path":
        good = value.startswith("/") and "//" not in value
        return None if good else ("a path begins with / and has no //", "Write the whole path.")
    if kind == "hash":
        return None if "=" in value else ("it is key=value", "Write key=value.")
    if kind in ("integer", "size", "time") and _number(kind, value) is None:
        return _FORMS[kind]
    allowed = facts.get("allowed")
    if allowed:
        sizes = [_number(kind, one) for one in allowed] if kind == "size" else []
        return None if value in allowed or (sizes and _number(kind, value) in sizes) else _one_of(value, allowed)
    return _out_of_range(base, facts, kind, value, number, written)


_FORMS = {
    "integer": ("it is a whole number", "Write digits only."),
    "size": ("it is a size", "Write digits and KiB, MiB or GiB, like 128MiB."),
    "time": ("it is a time", "Write digits and s, m, h or d, like 30m."),
}


def _yes_or_no(value: str) -> str:
    return "y" if value.lower() in ("y", "yes", "true", "on", "1") else "n"


def _one_of(value: str, allowed: list[str]) -> tuple[str, str]:
    return f"it is one of {', '.join(allowed)}{did_you_mean(value, allowed)}", "Write one of those."


def _out_of_range(
    base: str, facts: Mapping[str, Any], kind: str, value: str, number: int | None, written: Written
) -> tuple[str, str] | None:
    bounds = facts.get("range")
    if isinstance(bounds, dict):
        depends = facts.get("depends_on") or {}
        bounds = bounds.get(_value(depends.get("option", ""), number, written))
    if not bounds:
        return None
    low, high, own = (_number(kind, str(one)) for one in (*bounds, value))
    if low is None or high is None or own is None or low <= own <= high:
        return None
    return f"it is from {bounds[0]} to {bounds[1]}", f"Write a value from {bounds[0]} to {bounds[1]}."


def _number(kind: str, value: str) -> int | None:
    """A whole number, a size in bytes or a time in milliseconds; None if the text is none."""
    if kind == "integer":
        return int(value) if _INTEGER().fullmatch(value) else None
    if kind == "size":
        found = _SIZE().fullmatch(value)
        return int(found[1]) * 1024 ** (" kmgtp".index(found[2].lower()) if found[2] else 0) if found else None
    found = _TIME().fullmatch(value)
    return int(found[1]) * _MILLISECONDS[(found[2] or "s").lower()] if found else None


def _value(base: str, number: int | None, written: Written) -> str | None:
    """What an option is: as it is written, else its default."""
    if base == "repo-type" and number is not None:
        return written.stores[number]
    facts = known().get(base)
    if facts is None:
        return None
    name = base.replace("-", f"{number}-", 1) if facts["group"] and number is not None else base
    if name in written.options:
        return written.options[name].strip()
    default = facts["default"]
    return None if default is None else str(default)


def _without_effect(
    name: str, base: str, facts: Mapping[str, Any], number: int | None, written: Written
) -> Problem | None:
    depends = facts.get("depends_on")
    if not depends:
        return None
    other, values = depends["option"], depends.get("values")
    if number is not None and (other == "repo-type" or base.split("-")[1] in _STORES):
        own = written.stores[number]
        if own not in (values if other == "repo-type" else [base.split("-")[1]]):
            message = f"{name} has no effect: repo{number} is {_STORES[own]}"
            return Problem(name, Fault.NO_EFFECT, message, "Remove it, or write it of the repository it is meant for.")
    if other in _ELSEWHERE or values is None or _value(other, number, written) in values:
        return None
    needed = other.replace("-", f"{number}-", 1) if number is not None else other
    choice = " or ".join(f'"{value}"' for value in values)
    return Problem(
        name, Fault.NO_EFFECT, f"{name} has no effect without {needed}: {choice}", "Add that, or remove this."
    )


_STORES = {"s3": "in S3", "gcs": "in GCS", "azure": "in Azure", "posix": "a volume"}
_ELSEWHERE = frozenset(
    ["repo-s3-key-type", "repo-gcs-key-type", "repo-azure-key-type", "type", "repo-host", "repo-local"]
)
