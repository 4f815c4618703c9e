"""The options of a restore, as they are run: joined with blanks, split by a shell, and read by pgBackRest.

The operator refuses some and sets others itself (`reconcileRestoreJob` and `RestoreCommand` of its 3.0.0); the times
pgBackRest can choose a backup by are those of its `src/common/type/convert.h`, 2.58.
"""

from __future__ import annotations

import datetime
import re
import shlex
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pggitops.findings import did_you_mean
from pggitops.patterns import pattern
from pggitops.pgbackrest import base_name, known

TYPES = ("default", "immediate", "lsn", "name", "none", "preserve", "standby", "time", "xid")
TARGETED = ("lsn", "name", "time", "xid")
_OPERATORS = {
    "repo": "the word `repo` (`repoName` of a PerconaPGRestore) says which repository",
    "stanza": "the operator sets it",
    "pg1-path": "the operator sets it",
    "target-action": "the operator sets it, to promote",
    "link-map": "the operator sets it",
}
_MOMENT = pattern(r"(\d{4}-\d\d-\d\d) \d\d:\d\d:\d\d([.,]\d{1,6})?([+-]\d\d(:?\d\d)?)?")
_BARE = pattern(r"--target[= ][^\"']* ")


class Mistake(NamedTuple):
    """What is wrong with the restore: at which item of the options, what, and what to do."""

    item: int
    message: str
    fix: str


class Given(NamedTuple):
    """One option as pgBackRest gets it: from which item, its name without `--`, and its value if it has one."""

    item: int
    name: str
    value: str | None


def read(options: Sequence[str]) -> tuple[list[Given], list[Mistake]]:
    """The options as pgBackRest gets them, and what it would stumble over."""
    given: list[Given] = []
    mistakes: list[Mistake] = []
    for index, text in enumerate(options):
        try:
            words = shlex.split(text)
        except ValueError:
            mistakes.append(Mistake(index, f"{text} has a quote that does not end", "Close it."))
            continue
        for word in words:
            name, _, value = word.removeprefix("--").partition("=")
            if word.startswith("--"):
                given.append(Given(index, name, value if "=" in word else None))
            elif given and given[-1].value is None and _takes_value(given[-1].name):
                given[-1] = given[-1]._replace(value=word)
            else:
                mistakes.append(_stray(index, text, word))
                break
    return given, mistakes


def _takes_value(name: str) -> bool:
    facts = known().get(base_name(name)[0])
    return facts is not None and facts["type"] != "boolean"


def _stray(index: int, text: str, word: str) -> Mistake:
    if _BARE().match(text):
        quoted = re.sub(r"^--target[= ](.*)$", r'--target="\1"', text)
        return Mistake(index, f"a shell splits {text} at the blank, and the restore fails", f"Write '{quoted}'.")
    return Mistake(index, f'"{word}" is no option, and restore takes nothing else', "Begin it with --, or remove it.")


def refused(options: Sequence[str]) -> Iterator[Mistake]:
    """What the operator or pgBackRest does not take of the options of a restore."""
    given, mistakes = read(options)
    yield from mistakes
    for index, name, value in given:
        base = base_name(name)[0]
        plain = base if base in known() else re.sub("^(no|reset)-", "", base)
        if name in _OPERATORS:
            yield Mistake(index, f"--{name} is refused, and nothing is restored: {_OPERATORS[name]}", "Remove it.")
        elif plain not in known() or "restore" not in (known()[plain].get("commands") or ("restore",)):
            guess = did_you_mean(base, _known_to_restore())
            yield Mistake(index, f"restore knows no option --{name}{guess}", "Correct its name, or remove it.")
        elif name == "type" and value not in TYPES:
            guess = did_you_mean(value or "", TYPES)
            yield Mistake(
                index, f'--type is "{value or ""}", which is none{guess}', f"It is one of {', '.join(TYPES)}."
            )
        elif value is None and plain == base and _takes_value(name):
            yield Mistake(index, f"--{name} lacks its value", f"Write --{name}=<value>.")


def _known_to_restore() -> list[str]:
    return [name for name, facts in known().items() if "restore" in (facts.get("commands") or ("restore",))]


def unreachable(options: Sequence[str], today: datetime.date) -> Iterator[Mistake]:
    """Why the moment that is asked for is none that can be restored to."""
    given, mistakes = read(options)
    if mistakes:
        return
    named = {name: (index, value) for index, name, value in given}
    kind = named.get("type", (0, "default"))
    index, target = named.get("target", (0, None))
    if "target" not in named:
        if kind[1] in TARGETED:
            yield Mistake(kind[0], f"--type={kind[1]} does not say to which {kind[1]}", 'Add --target="...".')
    elif kind[1] not in TARGETED:
        message = f"--target has no meaning with --type={kind[1]}" if "type" in named else "--target lacks its --type"
        yield Mistake(index, message, "Add --type=time, or lsn, name or xid.")
    elif kind[1] == "time" and target is not None:
        yield from _time(index, target, "set" in named, today)


def _time(index: int, target: str, is_chosen: bool, today: datetime.date) -> Iterator[Mistake]:
    found = _MOMENT().fullmatch(target)
    try:
        date = datetime.date.fromisoformat(found[1] if found else target[:10])
    except ValueError:
        date = None
    if date is None or (found is None and not is_chosen):
        fix = 'Write --target="YYYY-MM-DD HH:MM:SS+00".'
        yield Mistake(index, f'pgBackRest cannot choose a backup by the time "{target}"', fix)
    elif date > today + datetime.timedelta(1):
        yield Mistake(
            index, f"{target} is still to come: the restore waits for a log there is not", "Name a past moment."
        )
