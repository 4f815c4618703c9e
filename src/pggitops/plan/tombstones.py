"""What disappears has to be declared: `removed:` in the overlay, `kind: Removed` for a whole environment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pggitops.findings import Finding, Place, Severity
from pggitops.model import Tombstone
from pggitops.plan import places
from pggitops.plan.model import ObjectKey, SideObject
from pggitops.plan.places import Where
from pggitops.record import record

_SECRETS = ("Secret", "ExternalSecret", "SealedSecret")
_GUARDS = {
    "argocd.argoproj.io/sync-options": ("Prune=false", "Delete=false"),
    "kustomize.toolkit.fluxcd.io/prune": ("disabled",),
}
"""The annotations that keep an engine from deleting an object (docs/delivery.md), and their words."""

_VOLUMES, _BACKUPS = "percona.com/delete-pvc", "percona.com/delete-backups"


@record
class Gone:
    """What disappears: its path in the overlay's terms, what it is, and what goes with it by the operator's doing."""

    path: str
    what: str
    loses_data: bool = False
    loses_backups: bool = False


def gone(old: Mapping[ObjectKey, SideObject], keys: Mapping[ObjectKey, SideObject]) -> Iterator[Gone]:
    """What disappears of one environment: `old` its objects, `keys` all objects of the new side."""
    clusters = set()
    for key, was in old.items():
        if key.kind == "PerconaPGCluster":
            clusters.add(key.name)
            now = keys.get(key)
            if now is None:
                finalizers = was.document["metadata"].get("finalizers") or ()
                volumes = _VOLUMES in finalizers
                backups = _BACKUPS in finalizers or (volumes and any(map(_on_volume, _repos(was.document).values())))
                yield Gone(f"clusters.{key.name}", f"the cluster {key.name}", volumes, backups)
            else:
                yield from _of_cluster(key.name, was.document, now.document)
    for key, was in old.items():
        if key.kind in _SECRETS and key not in keys and _is_seen(was):
            yield Gone(f"secrets.{key.name}", f"the Secret {key.name}")


def _of_cluster(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Gone]:
    repos, path = _repos(old), f"clusters.{name}"
    for repo in repos.keys() - _repos(new).keys():
        lost = _on_volume(repos[repo])
        yield Gone(f"{path}.backups.repos.{repo}", f"the repository {repo} of {name}", loses_backups=lost)
    for user in _named(old, "users").keys() - _named(new, "users").keys():
        yield Gone(f"{path}.users.{user}", f"the user {user} of {name}")
    for each in _named(old, "instances").keys() - _named(new, "instances").keys():
        yield Gone(f"{path}.instances.sets.{each}", f"the instance set {each} of {name}")
    if _guard(old) and not _guard(new):
        yield Gone(f"{path}.protected", f"the guard of {name} against deletion")


def _named(document: Mapping[str, Any], word: str) -> dict[str, Any]:
    items = (document.get("spec") or {}).get(word)
    return {str(item.get("name")): item for item in items or () if isinstance(item, Mapping)}


def _repos(document: Mapping[str, Any]) -> dict[str, Any]:
    backups = (document.get("spec") or {}).get("backups") or {}
    items = (backups.get("pgbackrest") or {}).get("repos")
    return {str(item.get("name")): item for item in items or () if isinstance(item, Mapping)}


def _on_volume(repo: Any) -> bool:
    return isinstance(repo, Mapping) and "volume" in repo


def _guard(document: Mapping[str, Any]) -> bool:
    annotations = document["metadata"].get("annotations") or {}
    return any(
        word in str(annotations.get(name, "")).split(",") for name, words in _GUARDS.items() for word in words[:1]
    )


def _is_seen(secret: SideObject) -> bool:
    """Whether people use the Secret: a user's, or one that somebody brought."""
    return "-pguser-" in secret.key.name or not secret.cluster


def judged(
    where: Where, name: str, found: list[Gone], declared: Mapping[str, Tombstone], before: Mapping[str, Tombstone]
) -> Iterator[Finding]:
    """What is gone and not declared, or not as it will be; and what is declared and not gone.

    `declared` are the head's tombstones, `before` the base's: those have done their work.
    """
    used = set()
    for each in sorted(found, key=lambda one: one.path):
        covering = _covering(declared, each.path)
        parent = any(_covering({other.path: None}, each.path) for other in found if other.path != each.path)
        if covering:
            used.add(covering)
            yield from _contradicted(where, name, covering, declared[covering], each)
        elif not parent and not _by_user(each, found):
            yield _missing(where, name, each)
    for path in declared.keys() - used:
        is_new = path not in before
        message = f"the tombstone of {path} matches nothing that disappears here"
        fix = "Correct the path." if is_new else "It has done its work: remove it."
        yield Finding(
            "tombstone-unused",
            Severity.WARNING if is_new else Severity.INFO,
            message,
            fix,
            places.in_environment(where, name, ("removed", path), at_key=True),
            f'removed."{path}"',
            name,
        )


def _by_user(each: Gone, found: list[Gone]) -> bool:
    """A user's Secret goes with the user, and that with the cluster."""
    cluster, between, user = each.path.removeprefix("secrets.").partition("-pguser-")
    paths = {one.path for one in found}
    return bool(between) and bool(paths & {f"clusters.{cluster}", f"clusters.{cluster}.users.{user}"})


def _covering(declared: Mapping[str, Any], path: str) -> str:
    """The tombstone of a path or of what holds it; empty if there is none."""
    steps = path.split(".")
    return next((one for at in range(len(steps), 1, -1) if (one := ".".join(steps[:at])) in declared), "")


def _missing(where: Where, name: str, each: Gone) -> Finding:
    path = tuple(each.path.split("."))
    fix = (
        f"If that is meant, write `removed: {{{each.path}: {{owner: …, reason: …, data: kept, backups: kept, "
        f"date: YYYY-MM-DD}}}}` in environments/{name}/environment.yaml; else bring it back."
    )
    place = places.in_environment(where, name, path)
    cluster = path[1] if path[0] == "clusters" else ""
    message = f"{each.what} disappears, and nothing declares it"
    return Finding("tombstone-missing", Severity.ERROR, message, fix, place, each.path, name, cluster)


def _contradicted(where: Where, name: str, path: str, stone: Tombstone, each: Gone) -> Iterator[Finding]:
    """A tombstone that says something is kept that the operator deletes."""
    place = places.in_environment(where, name, ("removed", path))
    words = (("data", stone.data, each.loses_data), ("backups", stone.backups, each.loses_backups))
    for word, said, is_lost in words:
        if said == "kept" and is_lost:
            message = f"{each.what} disappears with its {word}, and the tombstone says that they are kept"
            fix = f"Say `{word}: deleted`, or keep them first: remove the finalizers, copy the repository elsewhere."
            yield Finding("tombstone-untrue", Severity.ERROR, message, fix, place, f'removed."{path}"', name)


def environment_gone(name: str, is_declared: bool, namespaces: list[str]) -> Iterator[Finding]:
    """A whole environment that disappears."""
    if is_declared:
        return
    file = f"environments/{name}/environment.yaml"
    where = f" with the namespace {', '.join(namespaces)}" if namespaces else ""
    message = f"the environment {name} disappears{where}, and nothing declares it"
    fix = (
        f"If that is meant, keep {file} with `kind: Removed` and owner, reason, data, backups and date; if it was "
        "renamed, that too: what is called after it, like the path of backups, does not move along."
    )
    yield Finding("tombstone-missing", Severity.ERROR, message, fix, Place(file), "", name)
