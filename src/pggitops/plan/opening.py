"""What a plan was asked for becomes its two sides: revisions, the working tree, or what is built of a revision."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from pggitops import compose, fleet, fleet_outputs, write
from pggitops.errors import CannotGoOn
from pggitops.pipeline import Settings
from pggitops.plan import git, overlays, run, sides, trees
from pggitops.plan.model import Plan
from pggitops.plan.overlays import Overlays
from pggitops.plan.sides import Base
from pggitops.plan.trees import Tree
from pggitops.record import record

Select = Callable[[Sequence[str]], list[str]]
"""From the names there are to those that are meant; CannotGoOn for what matches none."""

Progress = Callable[[int], contextlib.AbstractContextManager[Callable[[], None]]]


@record
class Wanted:
    """The revisions in somebody's words: `base` empty for the default one, `head` empty for the working tree.

    `is_parting`: the base is where the two parted (`main...feature`).
    """

    base: str = ""
    head: str = ""
    is_parting: bool = False


@record
class Opened:
    """A side that is a revision: its tree, its overlays, notes about it, and environments it could not be built of."""

    tree: Tree
    overlays: Overlays
    notes: tuple[str, ...] = ()
    broken: dict[str, str] | None = None


def wanted(words: str) -> Wanted:
    """`BASE`, `BASE..HEAD`, `BASE...HEAD`; either part may be missing and means HEAD then, as it does to git."""
    for sign in ("...", ".."):
        base, found, head = words.partition(sign)
        if found:
            return Wanted(base or "HEAD", head or "HEAD", sign == "...")
    return Wanted(words)


def planned(settings: Settings, asked: Wanted, select: Select, progress: Progress) -> Plan:
    """The plan between two revisions, or from one to the working tree."""
    repository = git.repository(settings.root)
    with contextlib.ExitStack() as closing:
        blobs = closing.enter_context(git.blobs(repository))
        base = _opened(closing, settings, trees.of_commit(repository, blobs, _base(repository, asked)), "base")
        if asked.head:
            revision = git.revision(repository, asked.head)
            head = _opened(closing, settings, trees.of_commit(repository, blobs, revision), "head")
            return _with_notes(_between(base, head, select, progress), base, head)
        return _with_notes(_to_worktree(settings, base, select, progress), base)


def _base(repository: git.Repository, asked: Wanted) -> git.Revision:
    if not asked.base:
        return git.default_base(repository, os.environ)
    if asked.is_parting:
        return git.merge_base(repository, asked.base, asked.head)
    return git.revision(repository, asked.base)


def _opened(closing: contextlib.ExitStack, settings: Settings, tree: Tree, side: str) -> Opened:
    folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="pggitops-plan-")))
    if trees.is_rendered(tree):
        found = overlays.of_tree(tree, settings, folder)
        closing.callback(overlays.close, found)
        return Opened(tree, found)
    if not trees.environments(tree):
        note = f"the {side}, {tree.words}, has neither rendered/ nor environments/: it holds nothing"
        return Opened(tree, overlays.of_tree(tree, settings, folder), (note,))
    return _built(settings, tree, folder, side)


def _built(settings: Settings, tree: Tree, folder: Path, side: str) -> Opened:
    """A revision without `rendered/`, rendered in a folder of its own, also what has errors if it can be rendered."""
    trees.extract(tree, folder, trees.SOURCES)
    own = Settings(folder, settings.today)
    found = rendered_anyway(own)
    names = found.names
    notes = [f"the {side}, {tree.words}, has no rendered/; it was built from its overlays"]
    rendered = {*(name for name, _ in found.outputs()), *found.removed}
    broken = {
        name: next((one.message for one in found.findings if one.stops and one.environment in (name, "")), "")
        for name in names
        if name not in rendered
    }
    if found.unread:
        broken[""] = "an environment that contributes cannot be rendered"
    failing = sorted({one.environment for one in found.findings if one.stops and one.environment} - broken.keys())
    if failing:
        notes.append(
            f"{', '.join(failing[:5])} of the {side} failed the checks of its time, and was built all the same"
        )
    whole = trees.of_folder(folder, tree.words)
    return Opened(whole, overlays.Overlays(own, None, compose.Sources(folder)), tuple(notes), broken)


def rendered_anyway(settings: Settings) -> fleet.Fleet:
    """Write all that can be rendered of the working tree to its `rendered/`, whatever the checks say."""
    names = compose.environment_names(settings.root)
    with fleet.spool() as spool:
        found = fleet.run(settings, names, names, spool, lambda: None)
        found.stopped.clear()
        fleet.store(found, prune=True)
    rendered = settings.root / "rendered"
    for output in () if found.unread else fleet_outputs.outputs(settings.root, found.summaries):
        write.write(rendered, output.name, output.files(), fleet.HEADER)
    return found


def _between(base: Opened, head: Opened, select: Select, progress: Progress) -> Plan:
    side = _side(base, head.overlays.settings.root, steady=False)
    names = select(sorted({*trees.rendered(head.tree), *side.groups, *overlays.names(head.overlays)} - {""}))
    broken = {**(base.broken or {}), **(head.broken or {})}
    with progress(len(names)) as step:
        return run.of_trees(replace(side, broken=broken), head.tree, head.overlays, names, step)


def _to_worktree(settings: Settings, base: Opened, select: Select, progress: Progress) -> Plan:
    every = compose.environment_names(settings.root)
    side = _side(base, settings.root, steady=True)
    names = select(sorted({*every, *side.groups} - {""}))
    with progress(len(names)) as step:
        return run.of_worktree(settings, side, names, every, step)


def _side(base: Opened, root: Path, steady: bool) -> Base:
    is_steady = steady and sides.is_steady(base.tree, root)
    return Base(base.tree, trees.rendered(base.tree), base.overlays, is_steady, base.broken or {})


def _with_notes(plan: Plan, *opened: Opened) -> Plan:
    return replace(plan, notes=(*(note for side in opened for note in side.notes), *plan.notes))


def is_environment(root: Path, word: str) -> bool:
    """Whether a word names environments of the working tree, also as a glob."""
    import fnmatch

    name = word.rstrip("/").removeprefix("environments/")
    try:
        return bool(fnmatch.filter(compose.environment_names(root), name))
    except OSError as error:
        raise CannotGoOn(f"environments/ cannot be read: {error.strerror}", "Mend its permissions.") from error
