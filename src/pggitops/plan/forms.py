"""A place in the objects of a kind: what is taken where nothing stands there, and how two values are held together.

A form is found when a difference is, so that of a large schema only the way to what changed is read.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any

from pggitops import operators, schema
from pggitops.kinds import OPERATOR_GROUP, resolved
from pggitops.plan import defaults, equality, lists
from pggitops.plan.equality import Same
from pggitops.plan.lists import Lists
from pggitops.plan.model import MISSING

Schema = Mapping[str, Any]

_CLUSTER = (OPERATOR_GROUP, "PerconaPGCluster")
_PARAMETERS = "spec.patroni.dynamicConfiguration.postgresql.parameters"
_SAME: Mapping[tuple[str, str], Mapping[str, Same]] = {
    _CLUSTER: {
        f"{_PARAMETERS}.*": equality.parameter,
        "spec.backups.pgbackrest.global.*": equality.backup_option,
        "spec.proxy.pgBouncer.config.global.*": equality.pooler_setting,
    },
}
_ANNOTATIONS = {
    f"metadata.annotations.argocd.argoproj.io/{word}": equality.words for word in ("sync-options", "compare-options")
}
_DURATIONS = frozenset(
    [
        *("interval", "retryInterval", "timeout", "refreshInterval", "duration", "maxDuration"),
        *("certValidityDuration", "caValidityDuration", "pgBackRestCertValidityDuration"),
    ]
)

# Maps that mean something although all in them is a default: to be there is what they say
_PRESENT: Mapping[tuple[str, str], tuple[str, ...]] = {
    _CLUSTER: ("spec.proxy.pgBouncer", "spec.dataSource", "spec.backups.volumeSnapshots"),
    ("argoproj.io", "Application"): ("spec.syncPolicy.automated",),
}
# Maps that mean nothing while they are empty: what Go writes for a struct without values
_EMPTY = frozenset(
    [
        *("affinity", "annotations", "builtin", "config", "containers", "data", "databases"),
        *("dynamicConfiguration", "expose", "exposeReplicas", "extensions", "global", "labels", "limits"),
        *("manual", "metadata", "nodeSelector", "parameters", "password", "patroni", "postgresql", "proxy"),
        *("requests", "resources", "restore", "schedules", "secrets", "standby", "status", "storage"),
        *("syncPolicy", "users"),
    ]
)
# Parts in which nobody reads a difference: large, and of one piece
_WHOLE: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("apiextensions.k8s.io", "CustomResourceDefinition"): ("spec.versions[].schema",)
}


class _Table(dict[str, "_Table"]):
    """What is known of a kind as a tree of steps, `[]` for an item and `*` for any key."""

    lists: Lists | None = None
    same: Same | None = None
    default: Any = MISSING
    is_present: bool = False
    is_whole: bool = False

    def at(self, path: str) -> _Table:
        table = self
        for step in _steps(path):
            table = table.setdefault(step, _Table())
        return table


_NONE = _Table()


def _steps(path: str) -> Iterator[str]:
    head, dot, annotation = path.partition("annotations.")
    yield from head.replace("[]", ".[]").removesuffix(".").split(".") if head else ()
    if dot:
        yield from ("annotations", annotation)


class Form:
    """One place of one kind. `schema` is empty where none is known, and then nothing is guessed from a key."""

    __slots__ = ("_below", "_free", "_key", "_kind", "_table", "schema")

    def __init__(self, kind: _Kind, schema: Schema, table: _Table, key: str, free: bool = False) -> None:
        self._kind, self._table, self._key = kind, table, key
        self.schema = resolved(dict(schema), kind.definitions)
        self._free = free or bool(self.schema.get("x-kubernetes-preserve-unknown-fields"))
        self._below: dict[str, Form] = {}

    def at(self, key: str) -> Form:
        """The form of what stands at a key."""
        if key not in self._below:
            part = self.schema.get("properties", {}).get(key, self.schema.get("additionalProperties"))
            self._below[key] = self._form(part, self._table.get(key, self._table.get("*")), key)
        return self._below[key]

    def item(self) -> Form:
        """The form of a list's items."""
        if "[]" not in self._below:
            self._below["[]"] = self._form(self.schema.get("items"), self._table.get("[]"), "")
        return self._below["[]"]

    def _form(self, part: Any, table: _Table | None, key: str) -> Form:
        return Form(
            self._kind, part if isinstance(part, dict) else {}, _NONE if table is None else table, key, self._free
        )

    def settled(self, value: Any) -> Any:
        """What a value is to the server and the operator: null is no value, and no value is the default."""
        if value is None and self._free and not self._kind.is_cluster:
            return None  # Helm's values: null takes a default away
        if value is None or value == [] or (value == {} and self._key in _EMPTY and not self.is_present):
            value = MISSING
        if value is not MISSING:
            return value
        default = self._table.default
        return list(default) if isinstance(default, tuple) else self.schema.get("default", default)

    def same(self, one: Any, other: Any) -> bool:
        """Whether two scalars are the same value here."""
        return self._same()(self._key, one, other, self._kind.major)

    def _same(self) -> Same:
        pattern = str(self.schema.get("pattern", ""))
        if self._table.same:
            return self._table.same
        if self._free and self._kind.is_cluster:
            return equality.patroni
        if "[KMGTPE]i" in pattern:
            return equality.quantity
        if self.schema and (self._key in _DURATIONS or "(ms|s|m|h)" in pattern):
            return equality.duration
        return equality.exact

    @property
    def lists(self) -> Lists:
        """How a list here is compared."""
        if self._table.lists:
            return self._table.lists
        if self.schema and not self._free and self._key in self._kind.by_name:
            return self._kind.by_name[self._key]
        how = self.schema.get("x-kubernetes-list-type")
        if how == "map":
            return lists.keyed(*self.schema["x-kubernetes-list-map-keys"])
        return lists.SET if how == "set" else lists.PLAIN

    @property
    def is_present(self) -> bool:
        """Whether to be there says something, whatever is in it."""
        return self._table.is_present

    @property
    def is_whole(self) -> bool:
        """Whether a difference is one of the whole."""
        return self._table.is_whole


class _Kind:
    """What holds in all of an object: `major` is the version of PostgreSQL, 0 where there is none."""

    __slots__ = ("by_name", "definitions", "is_cluster", "major")

    def __init__(self, schema: Schema, kind: tuple[str, str], major: int) -> None:
        self.definitions = schema.get("definitions", {})
        self.major = major
        self.is_cluster = kind == _CLUSTER
        self.by_name = lists.IN_PODS if kind[1] in lists.POD_KINDS else lists.ELSEWHERE


def of(document: Mapping[str, Any]) -> Form:
    """The form of an object's whole; one of a kind that nobody knows is compared as it stands."""
    spec = document.get("spec")
    spec = spec if isinstance(spec, dict) else {}
    version, major = str(spec.get("crVersion")), spec.get("postgresVersion")
    known = operators.versions()
    return _of(
        str(document.get("apiVersion")),
        str(document.get("kind")),
        version if version in known else known[-1],
        major if isinstance(major, int) else 0,
        defaults.of(document),
    )


@functools.lru_cache(maxsize=128)
def _of(api_version: str, kind: str, version: str, major: int, own: tuple[tuple[str, Any], ...]) -> Form:
    structure = schema.structure(api_version, kind, version)
    names = (api_version.rpartition("/")[0], kind)
    table = _Table()
    for path, how in lists.OF_KINDS.get(names, {}).items():
        table.at(path).lists = how
    for path, same in {**_ANNOTATIONS, **_SAME.get(names, {})}.items():
        table.at(path).same = same
    for path, value in own:
        table.at(path).default = value
    for path in _PRESENT.get(names, ()):
        table.at(path).is_present = True
    for path in _WHOLE.get(names, ()):
        table.at(path).is_whole = True
    return Form(_Kind(structure, names, major), structure, table, "")


BARE = Form(_Kind({}, ("", ""), 0), {}, _Table(), "")
"""The form of nothing: no default is taken."""
