"""Who may log in and how: the rules a PerconaPGCluster adds to pg_hba.conf, in their order, first match wins.

The operator writes its own rules for its own users first, then `spec.authentication.rules`, in which it quotes kind of
connection and names, then the lines of Patroni's dynamic configuration. Its rule for everybody follows only where none
of these is there (percona-postgresql-operator 3.0.0: internal/patroni/config.go, internal/postgres/hba.go). What
PostgreSQL refuses was held against its view `pg_hba_file_rules` (15, 18; src/backend/libpq/hba.c).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any

from pggitops.findings import Path, Violation, did_you_mean
from pggitops.model import EMPTY, Cluster
from pggitops.patterns import pattern
from pggitops.record import record
from pggitops.remember import once

RULES = ("spec", "authentication", "rules")
LINES = ("spec", "patroni", "dynamicConfiguration", "postgresql", "pg_hba")
CONNECTIONS = ("local", "host", "hostssl", "hostnossl", "hostgssenc", "hostnogssenc")
KEYWORDS = ("all", "replication", "sameuser", "samegroup", "samerole")

_METHODS = frozenset(
    [
        "trust",
        "reject",
        "scram-sha-256",
        "md5",
        "password",
        "cert",
        "ldap",
        "gss",
        "radius",
        "pam",
        "ident",
        "peer",
        "oauth",
    ]
)
_NOT_BUILT = ("bsd", "sspi")
_OPTIONS = {
    "clientcert": None,
    "clientname": None,
    "map": ("ident", "peer", "gss", "sspi", "cert", "oauth"),
    **dict.fromkeys(("include_realm", "krb_realm"), ("gss",)),
    **dict.fromkeys(("pamservice", "pam_use_hostname"), ("pam",)),
    **dict.fromkeys(("radiusservers", "radiussecrets", "radiusports", "radiusidentifiers"), ("radius",)),
    **dict.fromkeys(("issuer", "scope", "validator", "delegate_ident_mapping"), ("oauth",)),
}
_LDAP = [
    "server",
    "port",
    "tls",
    "scheme",
    "url",
    "binddn",
    "bindpasswd",
    "searchattribute",
    "searchfilter",
    "basedn",
    "prefix",
    "suffix",
]

_MASK = pattern(r"[0-9.]+|[0-9a-fA-F:]*:[0-9a-fA-F:]*")
_COMMA = pattern(r"\s*,\s*")
_FIELD = pattern(r'(?:"[^"]*"|[^\s"])+')
_ITEM = pattern(r'(?:"[^"]*"|[^,"])+')


@record
class Rule:
    """One rule. No `databases` or `users` are all of them; `keeps_keywords` where a word like `replication` is one.

    `address` is text as written, `all` for any. `at` is the place in the resource.
    """

    at: Path
    connection: str
    method: str
    databases: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    address: str = "all"
    options: Mapping[str, str] = EMPTY
    keeps_keywords: bool = False

    @property
    def is_anywhere(self) -> bool:
        """Whether it is for every address."""
        return self.address in ("all", "0.0.0.0/0", "::/0")

    @property
    def is_loopback(self) -> bool:
        """Whether it is for containers of the same pod only."""
        return self.connection == "local" or self.address.startswith(("127.", "::1"))


@once
def of(resource: Mapping[str, Any]) -> tuple[Rule, ...]:
    """The rules of a PerconaPGCluster that are not the operator's own."""
    spec = resource["spec"]
    rules = (spec.get("authentication") or {}).get("rules") or ()
    postgresql = ((spec.get("patroni") or {}).get("dynamicConfiguration") or {}).get("postgresql")
    lines = postgresql.get("pg_hba") if isinstance(postgresql, dict) else None
    lines = lines if isinstance(lines, list) else []
    found = [_rule((*RULES, index), rule) for index, rule in enumerate(rules)]
    found += [_line((*LINES, index), line) for index, line in enumerate(lines) if isinstance(line, str)]
    return tuple(rule for rule in found if rule is not None)


def violation(cluster: Cluster, manifest: str, rule: Rule, problem: tuple[str, str], *more: str | int) -> Violation:
    """A problem (message and fix) at a rule, or at a place in it: in the overlay if that is where the rule is from."""
    message, fix = problem
    index = next(step for step in rule.at if isinstance(step, int))
    if index < len(cluster.postgres.hba) and not any(_says_rules(layer) for layer in cluster.patch):
        return Violation(message, fix, ("clusters", cluster.name, "postgres", "hba", index, *more))
    return Violation(message, fix, (*rule.at, *more), manifest=manifest)


def _says_rules(layer: Mapping[str, Any]) -> bool:
    here: Any = layer
    for step in LINES:
        if step == "patroni" and isinstance(here, dict) and "authentication" in here:
            return True
        here = here.get(step) if isinstance(here, dict) else None
    return here is not None


def _rule(at: Path, rule: Mapping[str, Any]) -> Rule | None:
    if rule.get("hba"):
        return _line((*at, "hba"), rule["hba"])
    # what is written as `password` is scram-sha-256 for the operator
    method = {"password": "scram-sha-256"}.get(rule["method"], rule["method"])
    options = {name: str(value) for name, value in (rule.get("options") or {}).items()}
    databases, users = tuple(rule.get("databases") or ()), tuple(rule.get("users") or ())
    return Rule(at, rule["connection"], method, databases, users, options=options)


def _line(at: Path, line: str) -> Rule | None:
    """A line of pg_hba.conf; None for a comment and an `include`, which the operator leaves out."""
    fields = _FIELD().findall(_COMMA().sub(",", line.partition("#")[0]))
    if not fields or fields[0].startswith("include"):
        return None
    connection, databases, users, *rest = [*fields, "", "", ""][: max(len(fields), 3)]
    address = "" if connection.strip('"') == "local" or not rest else rest.pop(0)
    if rest and _is_mask(rest[0]):
        rest.pop(0)
    method = rest.pop(0) if rest else ""
    options = dict(each.replace('"', "").partition("=")[::2] for each in rest)
    return Rule(
        at,
        connection.strip('"'),
        method.strip('"'),
        _names(databases),
        _names(users),
        address.strip('"'),
        options,
        keeps_keywords=True,
    )


def _names(field: str) -> tuple[str, ...]:
    """The names of a field; what is quoted is a name, even `all`."""
    items = _ITEM().findall(field)
    if "all" in items:
        return ()
    return tuple(item.strip('"') for item in items)


def _is_mask(text: str) -> bool:
    return bool(_MASK().fullmatch(text))


def first_for(rules: tuple[Rule, ...], user: str, database: str) -> Rule | bool | None:
    """The rule by which PgBouncer logs a user in to a database; False for none, None where nobody can tell."""
    for rule in rules:
        if rule.connection not in ("host", "hostssl", "hostnogssenc") or rule.is_loopback:
            continue
        fits = (_fits(rule, rule.users, user), _fits(rule, rule.databases, database))
        if False in fits:
            continue
        if None in fits or not rule.is_anywhere:
            return None
        return rule
    return False


def _fits(rule: Rule, names: tuple[str, ...], name: str) -> bool | None:
    """Whether names hold a name; None where one is more than a name."""
    if not names or name in names:
        return True
    is_more = any(each[:1] in "+@/" or each in KEYWORDS[2:] for each in names)
    return None if rule.keeps_keywords and is_more else False


def covers(first: Rule, second: Rule) -> bool:
    """Whether everything the second rule is for has found the first one before."""
    connections = first.connection == second.connection or (first.connection == "host" and second.connection != "local")
    addresses = first.is_anywhere or first.address == second.address
    return (
        connections
        and addresses
        and _holds(first.users, second.users)
        and _holds(first.databases, second.databases, is_all_but_replication=True)
    )


def _holds(outer: tuple[str, ...], inner: tuple[str, ...], *, is_all_but_replication: bool = False) -> bool:
    if not outer:
        return not (is_all_but_replication and "replication" in inner)
    return bool(inner) and set(inner) <= set(outer)


def fault(rule: Rule, major: int) -> str:
    """Why PostgreSQL does not take a rule, and so none of the file; empty if it does."""
    return next(_faults(rule, major), "")


def _faults(rule: Rule, major: int) -> Iterator[str]:
    connection, method = rule.connection, rule.method
    if connection not in CONNECTIONS:
        yield f"`{connection}` is no kind of connection{did_you_mean(connection, CONNECTIONS)}"
    if connection == "local" and not rule.keeps_keywords:
        yield "the operator writes an address into it, and `local` has none"
    if method in _NOT_BUILT:
        yield f"`{method}` is not built into PostgreSQL for Linux"
    elif method not in _METHODS or (method == "oauth" and major < 18):
        yield f"PostgreSQL {major} has no method `{method}`{did_you_mean(method, _METHODS - {'oauth'})}"
    if method == "peer" and connection != "local":
        yield "`peer` is for `local` only"
    if method == "gss" and connection == "local":
        yield "`gss` is not for `local`"
    if method == "cert" and connection != "hostssl":
        yield "`cert` is for `hostssl` only"
    if connection != "local" and rule.keeps_keywords:
        yield from _address(rule.address)
    yield from _options(rule, major)
    yield from _ldap(rule.options) if method == "ldap" else ()
    needed = {"radius": ("radiusservers", "radiussecrets"), "oauth": ("issuer", "scope")}.get(method, ())
    yield from (f"`{method}` needs the option `{name}`" for name in needed if name not in rule.options)


def _address(address: str) -> Iterator[str]:
    if not address:
        yield "it has no address"
    elif "/" in address:
        try:
            ipaddress.ip_network(address, strict=False)
        except ValueError:
            yield f"`{address}` is no range of addresses"


def _options(rule: Rule, major: int) -> Iterator[str]:
    known = {**_OPTIONS, **{f"ldap{name}": ("ldap",) for name in _LDAP}}
    for name, value in rule.options.items():
        if name not in known:
            yield f"`{name}` is no option{did_you_mean(name, known)}"
            continue
        methods = known[name]
        if methods is not None and rule.method not in methods:
            yield f"`{name}` is an option of {' and '.join(methods)}, not of {rule.method}"
        elif methods is None and rule.connection != "hostssl":
            yield f"`{name}` is for `hostssl` only"
        elif name == "clientcert" and major >= 14:
            allowed = ("verify-full",) if rule.method == "cert" else ("verify-full", "verify-ca")
            if value not in allowed:
                yield f"`clientcert` is {' or '.join(allowed)} for {rule.method}, not {value}"


def _ldap(options: Mapping[str, str]) -> Iterator[str]:
    simple = {"ldapprefix", "ldapsuffix"} & options.keys()
    search = {"ldapbasedn", "ldapurl"} & options.keys()
    if not simple and not search:
        yield "`ldap` needs one of the options `ldapbasedn`, `ldapprefix` and `ldapsuffix`"
    more = search | ({"ldapbinddn", "ldapbindpasswd", "ldapsearchattribute", "ldapsearchfilter"} & options.keys())
    if simple and more:
        yield f"`{min(simple)}` and `{min(more)}` do not go together"
    if {"ldapsearchattribute", "ldapsearchfilter"} <= options.keys():
        yield "`ldapsearchattribute` and `ldapsearchfilter` do not go together"
    port = options.get("ldapport", "389")
    if not port.isdecimal() or not 0 < int(port) < 65536:
        yield f"`ldapport` {port} is no port"
