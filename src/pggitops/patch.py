"""A cluster's `patch`: RFC 7396 on a whole manifest, with the lists that the CRD keys written as maps by key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Steps = tuple[str | int, ...]
ListKeys = Mapping[tuple[str, ...], tuple[str, ...]]
"""For each keyed list of the kind (path without item steps, `("spec", "instances")`) the one field that is its key."""

# What the operator itself writes into the resource, or what makes it another object
FORBIDDEN: Mapping[tuple[str, ...], str] = {
    ("apiVersion",): "it would be another object",
    ("kind",): "it would be another object",
    ("metadata", "name"): "it would be another cluster",
    ("metadata", "namespace"): "it would leave the environment",
    ("status",): "the operator writes it",
    ("spec", "backups", "pgbackrest", "manual"): "the operator writes it at every backup (K8SPG-816)",
    ("spec", "backups", "pgbackrest", "restore"): "the operator writes it at a restore",
    ("spec", "patroni", "switchover"): "it is a command, not a state",
}


def apply(document: dict[str, Any], patch: Mapping[str, Any], keys: ListKeys) -> dict[str, Any]:
    """The document with the patch applied; neither is changed."""
    return _merged(document, patch, keys, ())


def _merged(target: Any, patch: Mapping[str, Any], keys: ListKeys, path: tuple[str, ...]) -> dict[str, Any]:
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        here = (*path, name)
        if value is None:
            result.pop(name, None)
        elif here in keys and isinstance(value, dict):
            result[name] = _keyed(result.get(name), value, keys, here)
        elif isinstance(value, dict):
            result[name] = _merged(result.get(name), value, keys, here)
        else:
            result[name] = value
    return result


def _keyed(items: Any, patch: Mapping[str, Any], keys: ListKeys, path: tuple[str, ...]) -> list[Any]:
    """A keyed list: items keep their places, null removes one, new ones follow sorted by key."""
    (key,) = keys[path]
    rest = dict(patch)
    result = []
    for item in items if isinstance(items, list) else ():
        name = str(_plain(item.get(key))) if isinstance(item, dict) else None
        if name is None or name not in rest:
            result.append(item)
        elif (value := rest.pop(name)) is not None:
            result.append(_merged(item, value, keys, path) if isinstance(value, dict) else value)
    for name in sorted(rest):
        if rest[name] is not None:
            own = rest[name] if isinstance(rest[name], dict) else {}
            result.append(_merged({key: name}, own, keys, path))
    return result


def _plain(value: Any) -> Any:
    """A key's value; `trace` patches trees whose scalars know where they come from."""
    return getattr(value, "value", value)


def _is_keyed(item: Any, key: str, name: str | int) -> bool:
    return isinstance(item, dict) and bool(_plain(item.get(key)) == name)


def forbidden(patch: Mapping[str, Any]) -> Iterator[tuple[Steps, str]]:
    """The paths of a patch that it may not touch, with the reason."""
    for path, reason in FORBIDDEN.items():
        here: Any = patch
        for step in path:
            if not isinstance(here, Mapping) or step not in here:
                break
            here = here[step]
        else:
            yield path, reason


def leaves(patch: Mapping[str, Any], path: Steps = ()) -> Iterator[tuple[Steps, Any]]:
    """Every value a patch sets or deletes, with its path in the patch."""
    for name, value in patch.items():
        if isinstance(value, Mapping) and value:
            yield from leaves(value, (*path, name))
        else:
            yield (*path, name), value


def in_manifest(path: Steps, document: Any, keys: ListKeys) -> Steps | None:
    """Where a patch's path stands in a manifest: keys of keyed lists become indexes; None if it is not there."""
    found: Steps = ()
    fields: tuple[str, ...] = ()
    for step in path:
        if isinstance(document, list) and fields in keys:
            index = next((i for i, item in enumerate(document) if _is_keyed(item, keys[fields][0], step)), None)
            if index is None:
                return None
            found, document = (*found, index), document[index]
        elif isinstance(document, dict) and step in document:
            found, document = (*found, step), document[step]
            fields = (*fields, str(step))
        else:
            return None
    return found
