"""The overlays of a revision, composed where somebody asks: for places, and for what no manifest holds."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from pggitops import compose, modelling, placing, sandbox, schema
from pggitops.compose import Sources
from pggitops.findings import Finding
from pggitops.model import EMPTY, Acceptance
from pggitops.pipeline import Built, Settings, prepare, render_into
from pggitops.plan import trees
from pggitops.plan.trees import Tree
from pggitops.record import mutable
from pggitops.sandbox import Sandbox

_SHARED = ("environments/bases/", "templates/", "crds/", "schemas/kinds/custom/")


@mutable
class Overlays:
    """The sources of a side, put into a folder of its own environment by environment; `root` is that folder.

    A working tree is its own folder, and `tree` None. `is_nowhere`: there are manifests only, and nothing is declared.
    """

    settings: Settings
    tree: Tree | None
    sources: Sources
    there: set[str] = field(default_factory=set)
    contexts: dict[str, placing.Context | Built] = field(default_factory=dict)
    own: list[Sandbox] = field(default_factory=list)
    is_nowhere: bool = False


def of_tree(tree: Tree, settings: Settings, folder: Path) -> Overlays:
    """The overlays of a tree, extracted to a folder as they are asked for; what all share, at once."""
    trees.extract(tree, folder, _SHARED)
    (folder / "environments").mkdir(exist_ok=True)
    return Overlays(Settings(folder, settings.today), tree, Sources(folder))


def of_worktree(settings: Settings) -> Overlays:
    """The overlays as they lie in the working tree."""
    return Overlays(settings, None, Sources(settings.root))


def names(overlays: Overlays) -> list[str]:
    """The environments there are."""
    if overlays.tree is not None:
        return trees.environments(overlays.tree)
    return compose.environment_names(overlays.settings.root)


def layers(overlays: Overlays, name: str) -> tuple[compose.Layer, ...]:
    """The layers of an environment, as far as they can be read; none for one that there is not."""
    if not _extracted(overlays, name):
        return ()
    return compose.load(overlays.sources, name).layers


def target(overlays: Overlays, name: str) -> str:
    """The name of the target an environment lands on; empty where that cannot be told."""
    found = layers(overlays, name)
    document = compose.compose(overlays.sources, found) if found else {}
    said: Any = document.get("target")
    return str(said.get("name") or "") if isinstance(said, dict) else ""


def removal(overlays: Overlays, name: str) -> Mapping[str, Acceptance] | None:
    """What is accepted of the removal that an environment's folder declares; None where it declares none."""
    said = next((each.document for each in layers(overlays, name) if each.schema == "removed"), None)
    if said is None:
        return None
    return EMPTY if any(schema.check(said, "removed")) else modelling.acceptances(said)


def context(overlays: Overlays, name: str) -> placing.Context | None:
    """An environment with its manifests; None where it is gone, or cannot be rendered (`findings` tells why)."""
    found = _built(overlays, name)
    return None if found is None or isinstance(found, Built) else found


def findings(overlays: Overlays, name: str) -> tuple[Finding, ...]:
    """What keeps an environment from being rendered."""
    found = _built(overlays, name)
    return found.findings if isinstance(found, Built) else ()


def asked(overlays: Overlays, name: str) -> tuple[Finding, ...]:
    """What keeps an environment from being rendered, if somebody has asked for it."""
    found = overlays.contexts.get(name)
    return found.findings if isinstance(found, Built) else ()


def _built(overlays: Overlays, name: str) -> placing.Context | Built | None:
    if not _extracted(overlays, name):
        return None
    if name not in overlays.contexts:
        if len(overlays.contexts) > 8:
            overlays.contexts.clear()
        overlays.contexts[name] = _rendered(overlays, name)
    return overlays.contexts[name]


def _rendered(overlays: Overlays, name: str) -> placing.Context | Built:
    prepared = prepare(overlays.settings, overlays.sources, name)
    if not isinstance(prepared, Built):
        if not overlays.own:
            overlays.own.append(Sandbox(sandbox.find(overlays.settings.root)[0]))
        render_into(overlays.settings, prepared, overlays.own[0])
    return prepared


def _extracted(overlays: Overlays, name: str) -> bool:
    """Whether there is such an environment; its files are there then."""
    folder = overlays.settings.root / "environments" / name
    if overlays.tree is not None and name not in overlays.there:
        overlays.there.add(name)
        mine = _by_environment(overlays.tree).get(name, ())
        trees.write(overlays.tree, overlays.settings.root, mine)
    return folder.is_dir()


@functools.lru_cache(maxsize=4)
def _by_environment(tree: Tree) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in tree.ids:
        steps = path.split("/", 2)
        if steps[0] == "environments" and len(steps) == 3:
            found.setdefault(steps[1], []).append(path)
    return found


def close(overlays: Overlays) -> None:
    """End what renders templates."""
    while overlays.own:
        overlays.own.pop().__exit__(None, None, None)
