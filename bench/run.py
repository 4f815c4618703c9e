"""What pggitops costs, as ratios taken in one run: `python bench/run.py [--environments N] [--memory] [--profile]`.

Everything is measured in processes of its own, interleaved, on a file system in memory; the median of the repetitions.
"""

from __future__ import annotations

import argparse
import compileall
import functools
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import fleet

HERE = Path(__file__).parent
COMMAND = [sys.executable, "-m", "pggitops"]


def work(what: str, folder: Path) -> dict[str, float]:
    """The cost of one piece of `work.py`."""
    command = [sys.executable, str(HERE / "work.py"), what, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    cost: dict[str, float] = json.loads(done.stdout)
    return cost


def process(command: list[str], folder: Path) -> dict[str, float]:
    """The CPU seconds of a whole process."""
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as child:
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise SystemExit(f"{command}: {child.stderr.read().decode() if child.stderr else ''}")
    return {"cpu": usage.ru_utime + usage.ru_stime}


def medians(pieces: dict[str, Callable[[], dict[str, float]]], times: int) -> dict[str, dict[str, float]]:
    """Each piece's median cost, the pieces taking turns."""
    costs: dict[str, list[dict[str, float]]] = {name: [] for name in pieces}
    for _ in range(times):
        for name, piece in pieces.items():
            costs[name].append(piece())
    return {
        name: {key: statistics.median(cost[key] for cost in taken) for key in taken[0]} for name, taken in costs.items()
    }


def cold(folder: Path, what: str) -> dict[str, float]:
    shutil.rmtree(folder / "rendered", ignore_errors=True)
    return work(what, folder)


def copied(folder: Path) -> dict[str, float]:
    copy = folder / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    cost = process(["cp", "-r", str(folder / "rendered"), str(copy)], folder)
    shutil.rmtree(copy)
    return cost


def row(what: str, ratio: float, reference: str, target: str = "") -> None:
    sys.stdout.write(f"| {what} | {ratio:.2f} times {reference} | {target} |\n")


def throughput(folder: Path, count: int, times: int) -> None:
    """The work of a whole fleet beside what any tool has to do."""
    fleet.make(folder, count)
    cost = medians(
        {
            "parse": lambda: work("parse", folder),
            "build": lambda: work("build", folder),
            "cold": lambda: cold(folder, "render"),
            "cp": lambda: copied(folder),
            "equal": lambda: work("render", folder),
            "parallel": lambda: cold(folder, "parallel"),
        },
        times,
    )
    files = list((folder / "rendered").rglob("*.yaml"))
    size = sum(file.stat().st_size for file in files)
    overlay = folder / "environments" / "env-00000" / "environment.yaml"
    lines = overlay.read_text().count("\n")
    sys.stdout.write(
        f"\n{count} environments: {lines} lines ({overlay.stat().st_size} bytes) of overlay, "
        f"{len(files) / count:.0f} manifests ({size / count / 1024:.1f} KiB) each; CPU unless wall is said.\n\n"
        "| what | measured | target |\n|---|---|---|\n"
    )
    row(
        "check and render, nothing written",
        cost["build"]["cpu"] / cost["parse"]["cpu"],
        "CSafeLoader of the input",
        "≤ 4",
    )
    row(
        "the same and write, nothing there before",
        cost["cold"]["cpu"] / cost["cp"]["cpu"],
        "`cp -r` of the output",
        "≤ 8",
    )
    row("the same, every file as it should be", cost["equal"]["cpu"] / cost["cp"]["cpu"], "`cp -r` of the output")
    row("worker processes, wall", cost["cold"]["wall"] / cost["parallel"]["wall"], "as fast as one process")
    reached = work("reach", folder)["cpu"]
    row(
        "who of 1,000 pods reaches ten of them, 200 policies",
        reached / cost["parse"]["cpu"] * count,
        "that of one file",
    )
    if program := shutil.which("kubeconform"):
        kubeconform(program, folder, cost["build"]["cpu"])
    milliseconds = {name: 1000 * cost[name]["cpu"] / count for name in ("parse", "build", "cold", "equal")}
    sys.stdout.write(
        "\nMilliseconds of CPU per environment: "
        + ", ".join(f"{name} {value:.2f}" for name, value in milliseconds.items())
        + ".\n"
    )


def unstored(folder: Path, count: int, times: int) -> None:
    """The same without External Secrets."""
    fleet.make(folder, count, stored=False)
    cost = medians({"parse": lambda: work("parse", folder), "build": lambda: work("build", folder)}, times)
    ratio = cost["build"]["cpu"] / cost["parse"]["cpu"]
    sys.stdout.write("\n| what | measured | target |\n|---|---|---|\n")
    row("check and render, Secrets not from a store", ratio, "CSafeLoader of the input", "≤ 4")


def kubeconform(program: str, folder: Path, ours: float) -> None:
    """The external validator on the same output, against all we do to make it."""
    kinds = fleet.ROOT / "schemas" / "kinds"
    locations = [
        "native/{{.ResourceKind}}{{.KindSuffix}}.json",
        "percona/3.0.0/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json",
        "custom/{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json",
    ]
    options = [option for location in locations for option in ("-schema-location", f"{kinds}/{location}")]
    cost = process([program, "-strict", "-n", "2", *options, "rendered"], folder)
    row("kubeconform on the output, validation alone", cost["cpu"] / ours, "check and render", "≥ 5")


def dearest(folder: Path, count: int, times: int) -> None:
    """The policies that cost most, and what a long report costs in each format; of the fleet that lies there."""
    totals = {"cpu", "wall", "peak"}
    spent = medians({"policies": lambda: work("policies", folder)}, times)["policies"]
    costs = sorted(((cost / count, name) for name, cost in spent.items() if name not in totals), reverse=True)
    total = 1e3 * sum(cost for cost, _ in costs)
    sys.stdout.write(
        f"\n{len(costs)} policies take {total:.2f} ms per environment; the ten dearest:\n\n"
        "| policy | microseconds per environment |\n|---|---|\n"
    )
    sys.stdout.writelines(f"| {name} | {1e6 * cost:.1f} |\n" for cost, name in costs[:10])
    report = medians({"report": lambda: work("report", folder)}, times)["report"]
    sys.stdout.write("\n| format | 10,000 findings, milliseconds of CPU |\n|---|---|\n")
    sys.stdout.writelines(f"| {name} | {1e3 * cost:.0f} |\n" for name, cost in report.items() if name not in totals)


def planning(folder: Path, count: int, times: int) -> None:
    """Plans of a committed fleet in which one environment has changed, and every one, beside checking it once."""
    fleet.make(folder, count)
    fleet.commit(folder)
    sys.stdout.write("\n| what | measured | target |\n|---|---|---|\n")
    for what, changes, target in (
        ("one changed environment", 1, "≤ 1.3"),
        ("every environment changed", count, "≤ 3"),
    ):
        pieces = {"build": lambda: work("build", folder), "plan": functools.partial(changed, folder, changes)}
        cost = medians(pieces, times)
        build, plan = cost["build"], cost["plan"]
        row(f"plan of {what}, of {count}", plan["cpu"] / build["cpu"], "check and render", target)
        row("its peak memory", plan["peak"] / build["peak"], f"that ({build['peak'] / 2**20:.0f} MiB)")


def changed(folder: Path, count: int) -> dict[str, float]:
    fleet.change(folder, count)
    return work("plan", folder)


def start(folder: Path, times: int) -> None:
    """Single commands, whole processes, beside a Python that does nothing."""
    fleet.make(folder, 1)
    cost = medians(
        {
            "pass": lambda: process([sys.executable, "-c", "pass"], folder),
            "render": lambda: process([*COMMAND, "render"], folder),
            "check": lambda: process([*COMMAND, "check"], folder),
            "help": lambda: process([*COMMAND, "--help"], folder),
            "version": lambda: process([*COMMAND, "--version"], folder),
        },
        times,
    )
    sys.stdout.write(
        f"\n`python -c pass` takes {1000 * cost['pass']['cpu']:.1f} ms of CPU.\n\n"
        "| what | measured | target |\n|---|---|---|\n"
    )
    for what, name, target in (
        ("one environment, `render`", "render", "≤ 12"),
        ("one environment, `check`", "check", "≤ 12"),
        ("`--help`", "help", "≤ 5"),
        ("`--version`", "version", "≤ 1.5"),
    ):
        row(what, cost[name]["cpu"] / cost["pass"]["cpu"], "`python -c pass`", target)


def memory(folder: Path) -> None:
    """Peak memory of a cold render, 1,000 environments against 10,000."""
    peaks = []
    for count in (1_000, 10_000):
        fleet.make(folder, count)
        peaks.append(cold(folder, "render")["peak"])
    sys.stdout.write("\n| what | measured | target |\n|---|---|---|\n")
    row("peak memory of 10,000 environments", peaks[1] / peaks[0], f"1,000 ({peaks[0] / 2**20:.0f} MiB)", "≤ 1.2")


def profile(folder: Path, count: int) -> None:
    """Where the time of checking and rendering goes."""
    fleet.make(folder, count)
    command = [sys.executable, "-m", "cProfile", "-s", "tottime", str(HERE / "work.py"), "build", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    sys.stdout.write("\n".join(done.stdout.splitlines()[:45]) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--environments", type=int, default=1000)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--memory", action="store_true", help="also 1,000 against 10,000 environments")
    parser.add_argument("--profile", action="store_true", help="only where the time goes")
    options = parser.parse_args()
    # as installed: with bytecode
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    compileall.compile_dir(str(HERE.parent / "src"), quiet=1)
    shared = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shared if shared.is_dir() else None) as scratch:
        folder = Path(scratch) / "repository"
        if options.profile:
            profile(folder, options.environments)
            return
        throughput(folder, options.environments, options.repeat)
        dearest(folder, options.environments, options.repeat)
        unstored(folder, options.environments, options.repeat)
        planning(folder, options.environments, options.repeat)
        start(folder, 3 * options.repeat)
        if options.memory:
            memory(folder)


if __name__ == "__main__":
    main()
