"""kubeconform's judgement of what a run made, brought back to the overlay."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from pggitops import kubeconform, placing, schema
from pggitops.compose import Sources
from pggitops.findings import Finding, Place, Severity, Violation, order
from pggitops.fleet import Fleet
from pggitops.pipeline import Built, prepare, render_into
from pggitops.sandbox import Sandbox, find
from pggitops.write import read_sums


def judge(fleet: Fleet) -> list[Finding]:
    """Let kubeconform see every object of the run's outputs that nothing stops, and return what it says as findings.

    Outputs that differ from the disk are judged as they would be written. Raises CannotGoOn without the binary.
    """
    with tempfile.TemporaryDirectory() as folder:
        there = Path(folder)
        expected = dict(_laid_out(fleet, there))
        versions = {summary.name: summary.version for summary in fleet.summaries}
        versions |= {f"targets/{summary.target}": summary.version for summary in fleet.summaries if summary.shares}
        judgement = kubeconform.run(there, expected, versions, schema.schema_root(), fleet.settings.root / "schemas")
    found = [finding for failure in judgement.failures for finding in _findings(fleet, failure)]
    return sorted(found, key=order)


def _laid_out(fleet: Fleet, folder: Path) -> Iterator[tuple[str, int]]:
    """Lay the outputs out below a folder; each file with the number of objects it must hold."""
    rendered = fleet.settings.root / "rendered"
    changed = set()
    for output in fleet.spool:
        name, files = output.name, output.files
        if not fleet.stopped.intersection((name, output.environment)):
            changed.add(name)
            yield from _counted(fleet, name, files)
            for path, content in files.items():
                target = folder / name / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
    for name, environment in fleet.outputs():
        if name in changed or fleet.stopped.intersection((name, environment)) or not (rendered / name).is_dir():
            continue
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).symlink_to(rendered / name, target_is_directory=True)
        yield from _counted(fleet, name, read_sums(rendered / name))


def _counted(fleet: Fleet, name: str, files: Mapping[str, object]) -> Iterator[tuple[str, int]]:
    for path in files:
        count = fleet.objects.get(f"{name}/{path}", 1)
        if count:
            yield f"{name}/{path}", count


def _findings(fleet: Fleet, failure: kubeconform.Failure) -> Iterator[Finding]:
    parts = failure.file.split("/")
    name, file = (parts[0], "/".join(parts[1:]))
    if "environments" in parts[:-1]:
        # what an engine reads of an environment is called by its whole path
        name, file = parts[parts.index("environments") + 1], failure.file
    fix = "Correct the overlay; if the schema is wrong, say so with `pggitops schema add`."
    what = f"{failure.kind} {failure.name}".strip() or file
    message = f"kubeconform refuses {what}: {failure.message}"
    if name in fleet.names:
        sources = Sources(fleet.settings.root)
        context = prepare(fleet.settings, sources, name)
        if not isinstance(context, Built):
            with Sandbox(find(fleet.settings.root)[0]) as sandbox:
                render_into(fleet.settings, context, sandbox)
            if file in context.manifests:
                violation = Violation(message, fix, failure.path, "kubeconform", manifest=file)
                yield placing.finding(context, violation)
                return
    yield Finding("kubeconform", Severity.ERROR, message, fix, Place(f"rendered/{failure.file}"))
