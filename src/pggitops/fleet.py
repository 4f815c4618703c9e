"""All environments: built a few at a time, in worker processes when there are many; then what only shows between them.

Memory stays flat: of an environment only its findings and its summary are kept, and its files where they differ from
the disk, in a spool that moves to a temporary file.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import field, replace
from typing import IO, Any, TypeVar

from pggitops import (
    baseline,
    compose,
    fleet_outputs,
    own_templates,
    placing,
    policies,
    remember,
    render,
    sandbox,
    summaries,
    waivers,
    write,
)
from pggitops.compose import Sources
from pggitops.findings import Finding, Place, Severity, Violation, order
from pggitops.model import EnvironmentSummary
from pggitops.parts.engines import delivery_folder
from pggitops.pipeline import (
    TOGETHER,
    Built,
    Settings,
    build,
    kinds_of,
    prepare,
    render_into,
    summary_of,
    valid_manifests,
)
from pggitops.record import mutable, record
from pggitops.sandbox import Sandbox
from pggitops.schema.verdict import expect
from pggitops.write import Difference

HEADER = render.HEADER.encode()
SPOOL_BYTES = 8 << 20
WORKERS_FROM = 400
"""How many environments make a second process worth its start (`docs/performance.md`)."""


Job = tuple[str, bool]
"""An environment, and whether it is chosen: others are only summarised."""

Result = TypeVar("Result")

Work = Callable[[Settings, Sources, Sandbox, Sequence[Job]], list[Result]]
"""What is done with a few environments, one result for each; many share the sources and the sandbox."""


@mutable
class Fleet:
    """What became of a run over the environments.

    `spool` holds the outputs that differ from the disk. `own` names the environments' outputs, as their folders with
    the environments that have one there; `shared` those that environments make together, of which `waiting` says what
    is left as it is. What is `stopped`, environment or output, may not be written, `gone` outputs lie on the disk and
    nothing makes them any more; of the `unread` environments nothing is known. `total` counts objects, `objects` those
    of each file that holds another number of them than one. `began` is a time that only differences can be taken of.
    """

    settings: Settings
    names: tuple[str, ...]
    spool: Spool
    findings: list[Finding] = field(default_factory=list)
    own: dict[str, list[str]] = field(default_factory=dict)
    shared: list[str] = field(default_factory=list)
    summaries: list[EnvironmentSummary] = field(default_factory=list)
    stopped: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)
    unread: set[str] = field(default_factory=set)
    waiting: list[Finding] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    objects: dict[str, int] = field(default_factory=dict)
    unchanged: int = 0
    total: int = 0
    began: float = field(default_factory=time.perf_counter)

    def outputs(self) -> Iterator[tuple[str, str]]:
        """Every output, with the environment it belongs to, or with none."""
        for folder, names in self.own.items():
            yield from ((folder + name, name) for name in names)
        yield from ((name, "") for name in self.shared)


@record
class Changed:
    """An output that differs from the disk: all its files, and what differs; of an environment or, without, of many."""

    name: str
    environment: str
    files: dict[str, bytes]
    differences: tuple[Difference, ...]


@mutable
class Spool:
    """Outputs on their way to the disk: in memory while they are few, else in a temporary file."""

    closing: contextlib.ExitStack
    kept: list[Changed] = field(default_factory=list)
    size: int = 0
    file: IO[bytes] | None = None

    def add(self, output: Changed) -> None:
        """Keep an output."""
        self.size += sum(map(len, output.files.values()))
        if self.size <= SPOOL_BYTES:
            self.kept.append(output)
            return
        import pickle

        if self.file is None:
            self.file = self.closing.enter_context(_temporary())
        pickle.dump(output, self.file, pickle.HIGHEST_PROTOCOL)

    def __iter__(self) -> Iterator[Changed]:
        yield from self.kept
        if self.file is not None:
            import pickle

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
    expect(len(selected))
    chosen, seen = set(selected), dict[Any, Any]()
    findings: dict[Finding, None] = dict.fromkeys(
        [*compose.strays(settings.root), *_template_problems(settings), *settings.own.findings]
    )
    for built, changed in over(settings, every, chosen, _some):
        if built.name in chosen:
            findings.update(dict.fromkeys(built.findings))
            _keep(fleet, built, changed)
            step()
        elif built.stops:
            fleet.stopped.add(built.name)
        if built.removed:
            fleet.removed.add(built.name)
        elif built.summary is None:
            fleet.unread.add(built.name)
        else:
            fleet.summaries.append(summaries.interned(built.summary, seen))
    for finding in _between(fleet):
        if finding.environment in chosen:
            findings[finding] = None
        if finding.stops:
            fleet.stopped.add(finding.environment)
    fleet.waiting = list(_fleet_outputs(fleet))
    fleet.findings = sorted(findings, key=order)
    fleet.gone = sorted(_gone(fleet, every))
    return fleet


def _gone(fleet: Fleet, every: Sequence[str]) -> Iterator[str]:
    """What lies on the disk and nothing makes any more; what an unreadable environment made may be made again."""
    wanted = {*every, *fleet.shared} - fleet.removed
    known = {summary.name: summary for summary in fleet.summaries}
    for name in write.outputs(fleet.settings.root / "rendered"):
        folder, _, environment = name.rpartition("/environments/")
        is_delivered = folder and environment in known and _delivered(known[environment]) == name
        if name not in wanted and not is_delivered and environment not in fleet.unread:
            yield name


def _delivered(summary: EnvironmentSummary) -> str:
    """The output with what the engine reads of an environment; empty without an engine."""
    if summary.delivery.engine == "none":
        return ""
    return f"{delivery_folder(summary.delivery, summary.target)}/environments/{summary.name}"


def _keep(fleet: Fleet, built: Built, changed: Sequence[Changed]) -> None:
    if built.stops:
        fleet.stopped.add(built.name)
    for name in built.outputs or ():
        fleet.own.setdefault(name.removesuffix(built.name), []).append(built.name)
    fleet.total += built.count
    fleet.objects |= built.objects
    for output in changed:
        fleet.spool.add(output)
    if not changed and built.summary and not built.stops:
        fleet.unchanged += 1


def over(settings: Settings, every: Sequence[str], chosen: set[str], work: Work[Result]) -> Iterator[Result]:
    """What `work` makes of each environment, in their order; in processes when many are chosen."""
    batches = (
        [(name, name in chosen) for name in every[begin : begin + TOGETHER]] for begin in range(0, len(every), TOGETHER)
    )
    processes = min(os.cpu_count() or 1, 8)
    if sum(name in chosen for name in every) < WORKERS_FROM or processes < 2 or sys.platform != "linux":
        with _sandbox(settings) as own:
            sources = Sources(settings.root)
            for batch in batches:
                yield from _done(work, settings, sources, own, batch)
        return
    import multiprocessing

    # forked, so that what is imported and compiled is shared
    with multiprocessing.get_context("fork").Pool(processes, _start, (settings, work)) as pool:
        for results in pool.imap(_in_worker, batches):
            yield from results


def _template_problems(settings: Settings) -> list[Finding]:
    return [own_templates.problem_finding(problem, "") for problem in sandbox.find(settings.root)[1]]


def _some(
    settings: Settings, sources: Sources, own: Sandbox, jobs: Sequence[Job]
) -> list[tuple[Built, tuple[Changed, ...]]]:
    chosen = build(settings, sources, own, [name for name, is_chosen in jobs if is_chosen])
    built = {one.name: _compared(settings, one) for one in chosen}
    return [built[name] if is_chosen else (_summarised(settings, sources, own, name), ()) for name, is_chosen in jobs]


def _summarised(settings: Settings, sources: Sources, own: Sandbox, name: str) -> Built:
    prepared = prepare(settings, sources, name)
    if isinstance(prepared, Built):
        return prepared
    render_into(settings, prepared, own)
    kinds, valid = kinds_of(settings, prepared), valid_manifests(settings, prepared)
    return Built(name, (), summary=summary_of(prepared.environment, kinds, valid))


def _compared(settings: Settings, built: Built) -> tuple[Built, tuple[Changed, ...]]:
    """What was built without its files, and those outputs that differ from the disk."""
    changed = []
    for output, files in (built.outputs or {}).items():
        differences = write.compare(settings.root / "rendered", output, files, HEADER)
        if differences:
            changed.append(Changed(output, built.name, files, differences))
    return replace(built, outputs=built.outputs and {output: {} for output in built.outputs}), tuple(changed)


_worker: list[Any] = []


def _start(settings: Settings, work: Work[Any]) -> None:
    import signal

    # the parent decides what an interruption means
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # the process is ended with the pool, and the sandbox's worker with it
    _worker[:] = [work, settings, Sources(settings.root), _sandbox(settings)]


def _sandbox(settings: Settings) -> Sandbox:
    return Sandbox([*sandbox.find(settings.root)[0], *settings.own.files])


def _in_worker(jobs: Sequence[Job]) -> Any:
    work, settings, sources, own = _worker
    return _done(work, settings, sources, own, jobs)


def _done(work: Work[Result], settings: Settings, sources: Sources, own: Sandbox, jobs: Sequence[Job]) -> list[Result]:
    results = work(settings, sources, own, jobs)
    remember.forget()
    return results


def _between(fleet: Fleet) -> Iterator[Finding]:
    """What fleet policies say, each at its place in the environment named first, whose waivers permit it."""
    sources, said = Sources(fleet.settings.root), dict[str, list[Finding]]()

    def placed(name: str, violation: Violation, policy: str = "", severity: Severity = Severity.WARNING) -> Finding:
        layers = compose.load(sources, name).layers
        return placing.finding(placing.Unmodelled(fleet.settings.root, name, layers, {}), violation, policy, severity)

    for policy, severity, found in policies.judge_fleet(fleet.summaries):
        if fleet.unread.intersection(found.others):
            # of what cannot be read nothing is known
            continue
        one = placed(found.environment, found.violation, policy.id, severity)
        said.setdefault(found.environment, []).append(one)
    for summary in fleet.summaries:
        findings = waivers.waive(said.get(summary.name, []), summary, fleet.settings.today)
        yield from baseline.applied(fleet.settings.baseline, findings, summary.waiver_rules.unwaivable)
        # what cannot be read may be what it is for
        if not fleet.unread:
            for violation in waivers.unused(findings, summary.waivers.values()):
                yield placed(summary.name, violation)


def _fleet_outputs(fleet: Fleet) -> Iterator[Finding]:
    """What environments make together; left as it is, and said, while one that contributes has errors.

    An environment that cannot be read could contribute to any of them.
    """
    made = {output.name: output for output in fleet_outputs.outputs(fleet.settings.root, fleet.summaries)}
    unread = sorted(fleet.unread)
    rendered = fleet.settings.root / "rendered"
    on_disk = write.outputs(rendered) if unread else ()
    shared = {name for name in on_disk if "/" in name and "/environments/" not in name}
    for name in sorted(shared.union(made)):
        fleet.shared.append(name)
        output = made.get(name)
        blocking = unread or sorted(fleet.stopped.intersection(output.environments if output else ()))
        if blocking or output is None:
            fleet.stopped.add(name)
            who = f"{', '.join(blocking[:3])} {'has' if len(blocking) == 1 else 'have'}"
            message = f"rendered/{name} is left as it is while {who} errors"
            fix, place = f"Run `pggitops check {blocking[0]}`.", f"environments/{blocking[0]}/environment.yaml"
            yield Finding("output-waits", Severity.WARNING, message, fix, Place(place))
            continue
        files = output.files()
        fleet.total += len(files)
        if name.endswith("/crds"):
            # judged when they were vendored; Kubernetes has no schema without references for them
            fleet.objects |= {f"{name}/{path}": 0 for path in files}
        differences = write.compare(rendered, name, files, HEADER)
        if differences:
            fleet.spool.add(Changed(name, "", files, differences))


@mutable
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
            if not fleet.stopped.intersection((output.name, output.environment)):
                _add(result, output.name, write.write(rendered, output.name, output.files, HEADER))
        for name in fleet.gone if prune else ():
            _add(result, name, write.remove_output(rendered, name))
    return result


def _add(result: Written, name: str, written: write.Written) -> None:
    result.written += len(written.written)
    result.removed += len(written.removed)
    result.foreign += [f"{name}/{path}" for path in written.foreign]
    result.blocked += [f"{name}/{path}" for path in written.blocked]
