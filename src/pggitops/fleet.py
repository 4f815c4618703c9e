"""All environments: built one by one, in worker processes when there are many; then what only shows between them.

Memory stays flat: of an environment only its findings and its summary are kept, and its files where they differ from
the disk, in a spool that moves to a temporary file.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import IO, Any

from pggitops import compose, own_templates, placing, policies, render, sandbox, write
from pggitops.compose import Sources
from pggitops.findings import Finding, Place, Severity, order
from pggitops.model import EnvironmentSummary
from pggitops.parts.names import operator_namespace
from pggitops.pipeline import Built, Settings, build_environment, prepare, summary_of, text_of
from pggitops.record import record
from pggitops.sandbox import Sandbox
from pggitops.write import Difference

HEADER = render.HEADER.encode()
SPOOL_BYTES = 8 << 20
WORKERS_FROM = 400
"""How many environments make a second process worth its start (`docs/performance.md`)."""


@dataclass(slots=True, eq=False)
class Fleet:
    """What became of a run over the environments.

    `spool` holds the outputs that differ from the disk; `shared` are the names of those that are not an environment's,
    `waiting` says which of them are left as they are. `stopped` outputs may not be written, `gone` ones lie on the disk
    and nothing makes them any more; of the `unread` environments nothing is known. `total` counts objects, `objects`
    those of each file that holds another number of them than one.
    """

    settings: Settings
    names: tuple[str, ...]
    spool: Spool
    findings: list[Finding] = field(default_factory=list)
    shared: set[str] = field(default_factory=set)
    summaries: list[EnvironmentSummary] = field(default_factory=list)
    stopped: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)
    unread: set[str] = field(default_factory=set)
    waiting: list[Finding] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    objects: dict[str, int] = field(default_factory=dict)
    unchanged: int = 0
    total: int = 0


@record
class Changed:
    """An output that differs from the disk: all its files, and what differs."""

    name: str
    files: dict[str, bytes]
    differences: tuple[Difference, ...]


@dataclass(slots=True, eq=False)
class Spool:
    """Outputs on their way to the disk: in memory while they are few, else in a temporary file."""

    closing: contextlib.ExitStack
    kept: list[bytes] = field(default_factory=list)
    size: int = 0
    file: IO[bytes] | None = None

    def add(self, output: Changed) -> None:
        """Keep an output."""
        packed = pickle.dumps(output, pickle.HIGHEST_PROTOCOL)
        self.size += len(packed)
        if self.size <= SPOOL_BYTES:
            self.kept.append(packed)
            return
        if self.file is None:
            self.file = self.closing.enter_context(_temporary())
        self.file.write(packed)

    def __iter__(self) -> Iterator[Changed]:
        for packed in self.kept:
            yield pickle.loads(packed)
        if self.file is not None:
            self.file.seek(0)
            with contextlib.suppress(EOFError):
                while True:
                    yield pickle.load(self.file)


def _temporary() -> IO[bytes]:
    import tempfile

    return tempfile.TemporaryFile()


@contextlib.contextmanager
def spool() -> Iterator[Spool]:
    """An empty spool; what it holds goes with it."""
    with contextlib.ExitStack() as closing:
        yield Spool(closing)


def run(
    settings: Settings, selected: Sequence[str], every: Sequence[str], spool: Spool, step: Callable[[], None]
) -> Fleet:
    """Build the selected environments of the fleet and compare them with the disk; `step` is called after each.

    Environments that are not selected are only summarised, since the fleet's outputs are made of all.
    """
    fleet = Fleet(settings, tuple(selected), spool)
    chosen = set(selected)
    findings: dict[Finding, None] = dict.fromkeys(_template_problems(settings))
    for built, differences in _built(settings, [(name, name in chosen) for name in every]):
        if built.name in chosen:
            findings.update(dict.fromkeys(built.findings))
            _keep(fleet, built, differences)
            step()
        elif built.stops:
            fleet.stopped.add(built.name)
        if built.removed:
            fleet.removed.add(built.name)
        elif built.summary is None:
            fleet.unread.add(built.name)
        else:
            fleet.summaries.append(built.summary)
    for finding in _between(fleet):
        if finding.environment in chosen:
            findings[finding] = None
        if finding.stops:
            fleet.stopped.add(finding.environment)
    fleet.waiting = list(_fleet_outputs(fleet))
    fleet.findings = sorted(findings, key=order)
    wanted = {*every, *fleet.shared} - fleet.removed
    fleet.gone = [name for name in write.outputs(settings.root / "rendered") if name not in wanted]
    return fleet


def _keep(fleet: Fleet, built: Built, differences: tuple[Difference, ...]) -> None:
    if built.stops:
        fleet.stopped.add(built.name)
    fleet.total += built.count
    for file, count in built.objects.items():
        fleet.objects[f"{built.name}/{file}"] = count
    if built.files is not None and differences:
        fleet.spool.add(Changed(built.name, built.files, differences))
    elif built.summary and not built.stops:
        fleet.unchanged += 1


def _built(settings: Settings, jobs: Sequence[tuple[str, bool]]) -> Iterator[tuple[Built, tuple[Difference, ...]]]:
    """Each environment in the order of the jobs, with its differences; in processes when there are many."""
    chosen = sum(1 for _, is_chosen in jobs if is_chosen)
    processes = min(os.cpu_count() or 1, 8)
    if chosen < WORKERS_FROM or processes < 2 or sys.platform != "linux":
        with Sandbox(sandbox.find(settings.root)[0]) as own:
            sources = Sources(settings.root)
            for job in jobs:
                yield _one(settings, sources, own, job)
        return
    import multiprocessing

    # forked, so that what is imported and compiled is shared
    with multiprocessing.get_context("fork").Pool(processes, _start, (settings,)) as pool:
        yield from pool.imap(_in_worker, jobs, chunksize=25)


def _template_problems(settings: Settings) -> list[Finding]:
    return [own_templates.problem_finding(problem, "") for problem in sandbox.find(settings.root)[1]]


def _one(
    settings: Settings, sources: Sources, own: Sandbox, job: tuple[str, bool]
) -> tuple[Built, tuple[Difference, ...]]:
    name, is_chosen = job
    if not is_chosen:
        prepared = prepare(settings, sources, name)
        if isinstance(prepared, Built):
            return prepared, ()
        return Built(name, (), summary=summary_of(prepared.environment)), ()
    built = build_environment(settings, sources, own, name)
    if built.files is None:
        return built, ()
    differences = write.compare(settings.root / "rendered", name, built.files, HEADER)
    return (built if differences else replace(built, files=None)), differences


_worker: list[Any] = []


def _start(settings: Settings) -> None:
    import signal

    # the parent decides what an interruption means
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # the process is ended with the pool, and the sandbox's worker with it
    _worker[:] = [settings, Sources(settings.root), Sandbox(sandbox.find(settings.root)[0])]


def _in_worker(job: tuple[str, bool]) -> tuple[Built, tuple[Difference, ...]]:
    return _one(_worker[0], _worker[1], _worker[2], job)


def _between(fleet: Fleet) -> Iterator[Finding]:
    """What fleet policies say, each at its place in the environment named first."""
    sources = Sources(fleet.settings.root)
    for policy, found in policies.judge_fleet(fleet.summaries):
        loaded = compose.load(sources, found.environment)
        place = placing.Unmodelled(fleet.settings.root, found.environment, loaded.layers, {})
        yield placing.finding(place, found.violation, policy.id, policy.severity)


def _fleet_outputs(fleet: Fleet) -> Iterator[Finding]:
    """What environments of one target share; left as it is, and said, while one that contributes has errors.

    An environment that cannot be read could contribute to any of them.
    """
    targets: dict[str, list[EnvironmentSummary]] = {}
    for summary in fleet.summaries:
        if summary.shares:
            targets.setdefault(f"targets/{summary.target}/operator", []).append(summary)
    unread = sorted(fleet.unread)
    on_disk = [name for name in write.outputs(fleet.settings.root / "rendered") if name.startswith("targets/")]
    for name in sorted({*targets, *(on_disk if unread else ())}):
        fleet.shared.add(name)
        sharing = targets.get(name, [])
        blocking = unread or sorted(summary.name for summary in sharing if summary.name in fleet.stopped)
        if blocking:
            fleet.stopped.add(name)
            message = f"this output is left as it is while {', '.join(blocking[:3])} has errors"
            fix = f"Run `pggitops check {blocking[0]}`."
            yield Finding("output-waits", Severity.WARNING, message, fix, Place(f"rendered/{name}"))
            continue
        files = _operator_files(sharing)
        fleet.total += len(files)
        differences = write.compare(fleet.settings.root / "rendered", name, files, HEADER)
        if differences:
            fleet.spool.add(Changed(name, files, differences))


def _operator_files(sharing: list[EnvironmentSummary]) -> dict[str, bytes]:
    environment = sharing[0].shares
    if environment is None:
        return {}
    # a list must hold the operator's own namespace: it reads its own pod through the same cache
    watch = sorted({operator_namespace(environment), *(summary.namespace for summary in sharing)})
    return {manifest.path: text_of(manifest) for manifest in render.render_operator(environment, watch)}


@dataclass(slots=True, eq=False)
class Written:
    """How many files were written and removed; `foreign` are files in the way (`blocked`) or beside, left alone."""

    written: int = 0
    removed: int = 0
    foreign: list[str] = field(default_factory=list)
    blocked: list[str] = field(default_factory=list)


def store(fleet: Fleet, prune: bool) -> Written:
    """Write what differs and may be written; with `prune`, remove the outputs that nothing makes any more."""
    rendered = fleet.settings.root / "rendered"
    result = Written()
    with write.locked(rendered):
        for output in fleet.spool:
            if output.name not in fleet.stopped:
                _add(result, output.name, write.write(rendered, output.name, output.files, HEADER))
        for name in fleet.gone if prune else ():
            _add(result, name, write.remove_output(rendered, name))
    return result


def _add(result: Written, name: str, written: write.Written) -> None:
    result.written += len(written.written)
    result.removed += len(written.removed)
    result.foreign += [f"{name}/{path}" for path in written.foreign]
    result.blocked += [f"{name}/{path}" for path in written.blocked]
