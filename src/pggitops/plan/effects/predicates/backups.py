"""Repositories, their options and schedules."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pggitops import cron, pgbackrest
from pggitops.plan.effects import facts
from pggitops.plan.effects.context import value_at
from pggitops.plan.effects.match import Match, said

_REPOS = ("spec", "backups", "pgbackrest", "repos")


def store(word: str, match: Match) -> bool:
    """Where the repository lay: `volume` or `cloud`."""
    return _is_store(match.difference.old, word)


def becomes(word: str, match: Match) -> bool:
    """Where the repository lies now: `volume` or `cloud`."""
    return _is_store(match.difference.new, word)


def _is_store(repo: Any, word: str) -> bool:
    found = facts.store(repo)
    return found == "volume" if word == "volume" else found in facts.STORES


def live_repo(word: bool, match: Match) -> bool:
    """The repository that an option (`repo1-…`) is about is there before and after."""
    name = str(match.captures[-1]).partition("-")[0]
    return all(name in _repos(one) for one in (match.context.old, match.context.new)) is word


def repo_moves(word: bool, match: Match) -> bool:
    """The repository that an option (`repo1-…`) is about lies in a store of another kind after the change."""
    name = str(match.captures[-1]).partition("-")[0]
    stores = [facts.store(value_at(one, (*_REPOS, name))) for one in (match.context.old, match.context.new)]
    return (stores[0] != stores[1]) is word


def _repos(document: Any) -> list[str]:
    return [str(repo.get("name")) for repo in facts.maps(value_at(document, _REPOS))]


def _option(word: str, match: Match) -> bool:
    """A global option of pgBackRest is at fault in this way: `unknown`, `value`, `secret`, …; `fine` if not at all."""
    if match.context.new is None:
        return word == "fine"
    name = str(match.captures[-1])
    found = [one.fault.name.lower() for one in _problems(match.context.new) if one.option == name]
    return word in (found or ["fine"])


def option_in(words: Iterable[str], match: Match) -> bool:
    """A global option of pgBackRest is at fault in one of these ways."""
    return any(_option(word, match) for word in words)


def _problems(document: Mapping[str, Any]) -> tuple[pgbackrest.Problem, ...]:
    """What is wrong with the options; nothing where these or the repositories are no such things at all."""
    options = value_at(document, ("spec", "backups", "pgbackrest", "global"))
    repos = value_at(document, _REPOS)
    names = [one.get("name") for one in facts.maps(repos)]
    is_odd = not isinstance(options, Mapping) or not all(isinstance(each, str) for each in options.values())
    if is_odd or not isinstance(repos, list) or len(names) != len(repos):
        return ()
    return pgbackrest.problems(document) if all(re.fullmatch("repo[1-4]", str(name)) for name in names) else ()


def archiving_fails(word: bool, match: Match) -> bool:
    """An option's fault stops every command of pgBackRest, archive-push with it."""
    name = str(match.captures[-1])
    return (_option("value", match) or bool(re.match(r"(repo|pg)-", name))) is word


def schedule(word: str, match: Match) -> bool:
    """Whether a schedule can be read: `invalid` if not."""
    text = str(match.difference.new)
    return (not text.startswith("@") and cron.problem(text) is not None) == (word == "invalid")


def restoring(word: bool, match: Match) -> bool:
    """The resource itself asks for a restore after the change."""
    return (said(match.context.new, "spec.backups.pgbackrest.restore.enabled", match) is True) is word
