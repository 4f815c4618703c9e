"""What kubeconform and Checkov say of the mistakes seeded in the example fleet.

`python bench/comparison.py CHECKOV` (the path of an installed `checkov`; kubeconform on PATH) prints the table of
`docs/comparison.md`. Each mistake is rendered with the policies left aside; a tool has found it if it says something of
the manifests that it does not say of the fleet without the mistake.
"""

from __future__ import annotations

import collections
import datetime
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from pggitops import fleet, schema  # noqa: E402  # the tests' modules come first
from pggitops.compose import Sources, environment_names  # noqa: E402
from pggitops.findings import Severity  # noqa: E402
from pggitops.pipeline import Built, Settings, outputs_of, prepare, render_into  # noqa: E402
from pggitops.sandbox import Sandbox  # noqa: E402
from seeding import mistakes, seeded  # noqa: E402

TODAY = datetime.date(2026, 11, 26)
Files = dict[str, bytes]


def manifests(root: Path) -> Files | None:
    """Every rendered file by its path; None where an overlay is refused before there is a manifest."""
    found: Files = {}
    settings, sources = Settings(root, TODAY), Sources(root)
    with Sandbox([]) as sandbox:
        for name in environment_names(root):
            context = prepare(settings, sources, name)
            if isinstance(context, Built):
                return None
            outputs = outputs_of(context, render_into(settings, context, sandbox))
            found |= {f"{output}/{path}": data for output, files in outputs.items() for path, data in files.items()}
    return found


def is_found_here(root: Path, case: dict[str, Any]) -> bool:
    """Whether pggitops names the mistake, as `tests/test_seeded.py` has it."""
    names = environment_names(root)
    with fleet.spool() as spool:
        said = fleet.run(Settings(root, TODAY), names, names, spool, lambda: None).findings
    least = Severity.INFO if case.get("minor") else Severity.WARNING
    words = str(case["says"]).lower().split("|")
    return any(one.severity >= least and any(w in f"{one.message} {one.fix}".lower() for w in words) for one in said)


def kubeconform(folder: Path) -> dict[str, set[str]]:
    """Of each file of which it says something, what."""
    kinds = f"{schema.schema_root()}/kinds"
    by_group = "{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json"
    locations = (
        f"{kinds}/native/{{{{.ResourceKind}}}}{{{{.KindSuffix}}}}.json",
        f"{kinds}/custom/{by_group}",
        f"{kinds}/percona/3.0.0/{{{{.ResourceKind}}}}_{{{{.ResourceAPIVersion}}}}.json",
    )
    command = ["kubeconform", "-strict", "-output", "json", "-n", "2", "-ignore-missing-schemas"]
    for location in locations:
        command += ["-schema-location", location]
    done = subprocess.run([*command, str(folder)], capture_output=True, check=False)
    found: dict[str, set[str]] = collections.defaultdict(set)
    for one in json.loads(done.stdout)["resources"]:
        found[str(Path(one["filename"]).relative_to(folder))].add(one["msg"])
    return found


def checkov(program: str, folder: Path) -> dict[str, set[str]]:
    """Of each file of which it says something, the ids of the checks that failed."""
    command = [program, "-d", str(folder), "--framework", "kubernetes", "secrets", "-o", "json", "--compact", "--quiet"]
    done = subprocess.run(command, capture_output=True, check=False)
    reports = json.loads(done.stdout)
    found: dict[str, set[str]] = collections.defaultdict(set)
    for report in reports if isinstance(reports, list) else [reports]:
        for check in report.get("results", {}).get("failed_checks", ()):
            found[check["file_path"].lstrip("/")].add(check["check_id"])
    return found


def write(folder: Path, files: Files) -> None:
    """Lay files out below a folder."""
    for path, data in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)


def main(program: str) -> None:
    """Seed, render, ask, and print."""
    sound = manifests(ROOT)
    assert sound is not None
    counts: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    with tempfile.TemporaryDirectory() as scratch:
        desk = Path(scratch)
        write(desk / "manifests" / "sound", sound)
        families = {}
        for number, (family, case) in enumerate(mistakes()):
            root = desk / "fleets" / str(number)
            root.mkdir(parents=True)
            seeded(root, case)
            counts[family]["all"] += 1
            counts[family]["pggitops"] += is_found_here(root, case)
            files = manifests(root)
            if files is None:
                counts[family]["refused"] += 1
                continue
            families[str(number)] = family
            changed = {path: data for path, data in files.items() if sound.get(path) != data}
            write(desk / "manifests" / str(number), changed)
        for tool, said in (
            ("kubeconform", kubeconform(desk / "manifests")),
            ("Checkov", checkov(program, desk / "manifests")),
        ):
            tell(tool, said, families, counts)
    table(counts)


def tell(tool: str, said: dict[str, set[str]], families: dict[str, str], counts: Any) -> None:
    """Count the mistakes of which a tool says something new."""
    before = {path.removeprefix("sound/"): what for path, what in said.items() if path.startswith("sound/")}
    found = set()
    for path, what in said.items():
        number, _, rest = path.partition("/")
        if number != "sound" and what - before.get(rest, set()):
            found.add(number)
    for number in sorted(found, key=int):
        counts[families[number]][tool] += 1
        print(f"{tool}: {families[number]}: {mistakes()[int(number)][1]['mistake']}", file=sys.stderr)


def table(counts: Any) -> None:
    """The table, a row for each family and one for all."""
    print(
        "| family | mistakes | never become a manifest | pggitops | kubeconform | Checkov |\n|---|---|---|---|---|---|"
    )
    total: collections.Counter[str] = collections.Counter()
    for family, one in sorted(counts.items()):
        total.update(one)
        print(_row(family, one))
    print(_row("**all**", total))


def _row(name: str, one: Any) -> str:
    return (
        f"| {name} | "
        + " | ".join(str(one[w]) for w in ("all", "refused", "pggitops", "kubeconform", "Checkov"))
        + " |"
    )


if __name__ == "__main__":
    main(sys.argv[1])
