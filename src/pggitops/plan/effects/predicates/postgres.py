"""Server parameters, roles, log-in rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pggitops import guc, managed_parameters, parameters
from pggitops.plan.effects import facts
from pggitops.plan.effects.context import value_at
from pggitops.plan.effects.match import Match
from pggitops.plan.model import MISSING

STANDBY_CRITICAL = (
    "max_connections",
    "max_prepared_transactions",
    "max_locks_per_transaction",
    "max_wal_senders",
    "max_worker_processes",
)
"""Those a standby may not have lower than its primary (PostgreSQL manual, Hot Standby, Administrator's Overview)."""

PRIVILEGES = ("SUPERUSER", "CREATEROLE", "REPLICATION", "BYPASSRLS")
_DEFAULT_RULES = ({"connection": "hostssl", "method": "scram-sha-256"}, "hostssl all all all scram-sha-256")
"""The rule that the operator adds where there is none, as an item of `authentication.rules` and as a line."""


def parameter(contexts: str | list[str], match: Match) -> bool:
    """The server parameter has one of these contexts in the major; `unknown` if it is not in the catalogue."""
    known = parameters.parameter(str(match.captures[-1]), facts.major(match.context.either))
    context = known.context if known else "unknown"
    return context in ([contexts] if isinstance(contexts, str) else contexts)


def standby_critical(word: bool, match: Match) -> bool:
    """The parameter is one a standby may not have lower than its primary."""
    return (match.captures[-1] in STANDBY_CRITICAL) is word


def rejected(word: bool, match: Match) -> bool:
    """Patroni drops the parameter's value, or it has no such parameter."""
    if isinstance(match.difference.new, list | dict) or match.difference.new is MISSING:
        return not word
    problem = parameters.judge(str(match.captures[-1]), match.difference.new, facts.major(match.context.either))
    return (problem is not None and problem.kind in ("unknown", "removed", "value")) is word


def rejected_before(word: bool, match: Match) -> bool:
    """Patroni dropped the parameter's old value."""
    old = match.difference.old
    if facts.is_missing(old) or isinstance(old, list | dict):
        return not word
    problem = parameters.judge(str(match.captures[-1]), old, facts.major(match.context.old))
    return (problem is not None and problem.kind in ("unknown", "removed", "value")) is word


def out_of_range(word: bool, match: Match) -> bool:
    """The parameter's new value is one that Patroni moves to the nearest bound."""
    new = match.difference.new
    if facts.is_missing(new) or isinstance(new, list | dict):
        return not word
    problem = parameters.judge(str(match.captures[-1]), new, facts.major(match.context.either))
    return (problem is not None and problem.kind == "range") is word


def below_minimum(word: bool, match: Match) -> bool:
    """The parameter's new value is under Patroni's own minimum."""
    name = str(match.captures[-1])
    known = parameters.parameter(name, facts.major(match.context.either))
    least = managed_parameters.MINIMUMS.get(name)
    if least is None or known is None or isinstance(match.difference.new, list | dict):
        return not word
    try:
        value = guc.real(parameters.text(match.difference.new), known.unit)
    except guc.WrongValue:
        return not word
    return (value < least[0]) is word


def set_elsewhere(word: bool, match: Match) -> bool:
    """The operator or Patroni sets the parameter, whatever the resource says."""
    return (facts.setter(str(match.captures[-1]), match.context.either) is not None) is word


def gains(word: bool, match: Match) -> bool:
    """A user's options name a privilege that the old ones did not."""
    return bool(_privileges(match.difference.new) - _privileges(match.difference.old)) is word


def loses(word: bool, match: Match) -> bool:
    """A user's options no longer name a privilege, and do not take it away in words either."""
    gone = _privileges(match.difference.old) - _privileges(match.difference.new)
    taken = {each[2:] for each in _words(match.difference.new) if each.startswith("NO")}
    return bool(gone - taken) is word


def revokes(word: bool, match: Match) -> bool:
    """A user's options take a privilege away in words (`NOSUPERUSER`)."""
    new = {each for each in _words(match.difference.new) if each.startswith("NO")}
    return bool(new - _words(match.difference.old)) is word


def gains_as_user(word: bool, match: Match) -> bool:
    """A new user has a privilege over the whole server."""
    options = match.difference.new.get("options") if isinstance(match.difference.new, Mapping) else None
    return bool(_privileges(options)) is word


def _words(options: Any) -> set[str]:
    return set(str(options).upper().split()) if isinstance(options, str) else set()


def _privileges(options: Any) -> set[str]:
    return _words(options) & set(PRIVILEGES)


def no_users_left(word: bool, match: Match) -> bool:
    """The last user is gone."""
    return (not facts.spec(match.context.new).get("users")) is word


def only_rule(word: bool, match: Match) -> bool:
    """No rule of its own let anybody log in before, so that the operator's default did."""
    old = facts.spec(match.context.old)
    rules = value_at(old, ("authentication", "rules"))
    hba = value_at(old, ("patroni", "dynamicConfiguration", "postgresql", "pg_hba"))
    return (not any(isinstance(each, list) and each for each in (rules, hba))) is word


def no_rule_left(word: bool, match: Match) -> bool:
    """No rule of its own is left, so that the operator's default comes back."""
    new = facts.spec(match.context.new)
    rules = value_at(new, ("authentication", "rules"))
    hba = value_at(new, ("patroni", "dynamicConfiguration", "postgresql", "pg_hba"))
    return (not any(isinstance(each, list) and each for each in (rules, hba))) is word


def default_rule(side: str, match: Match) -> bool:
    """The operator's default rule is written out among the rules of a side, `new` or `old`."""
    spec = facts.spec(match.context.new if side == "new" else match.context.old)
    rules = value_at(spec, ("authentication", "rules"))
    lines = value_at(spec, ("patroni", "dynamicConfiguration", "postgresql", "pg_hba"))
    written = [*(rules if isinstance(rules, list) else ()), *(lines if isinstance(lines, list) else ())]
    return any(
        each in _DEFAULT_RULES or (isinstance(each, dict) and each.get("hba") in _DEFAULT_RULES) for each in written
    )
