"""One piece of work, run in a process of its own: `python bench/work.py WHAT FOLDER` prints its cost as JSON.

The cost is CPU seconds of the work alone, without the start of Python and imports, and the peak memory of the process.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path


def parse(folder: Path) -> Callable[[], None]:
    """What any tool has to do: read the input with PyYAML's C loader."""
    import yaml

    files = sorted((folder / "environments").rglob("*.yaml"))

    def work() -> None:
        for file in files:
            with file.open("rb") as stream:
                yaml.load(stream, Loader=yaml.CSafeLoader)

    return work


def build(folder: Path) -> Callable[[], None]:
    """Check and render everything, and write nothing."""
    from pggitops.compose import Sources, environment_names
    from pggitops.pipeline import Settings, build_environment
    from pggitops.sandbox import Sandbox

    def work() -> None:
        settings, sources = Settings(folder), Sources(folder)
        with Sandbox([]) as sandbox:
            for name in environment_names(folder):
                built = build_environment(settings, sources, sandbox, name)
                assert built.outputs is not None
                assert not built.stops, built.findings

    return work


def render(folder: Path) -> Callable[[], None]:
    """All that `pggitops render` does, in one process."""
    from pggitops import fleet

    fleet.WORKERS_FROM = sys.maxsize
    return lambda: _render(folder)


def _render(folder: Path) -> None:
    from pggitops import fleet
    from pggitops.compose import environment_names
    from pggitops.pipeline import Settings

    names = environment_names(folder)
    with fleet.spool() as spool:
        found = fleet.run(Settings(folder), names, names, spool, lambda: None)
        assert not found.stopped, found.findings
        fleet.store(found, prune=False)


def parallel(folder: Path) -> Callable[[], None]:
    """The same, with worker processes."""
    import pggitops.fleet

    pggitops.fleet.WORKERS_FROM = 1
    return lambda: _render(folder)


def reach(folder: Path) -> Callable[[], None]:
    """Who reaches whom among 1,000 pods of 20 namespaces, under 200 NetworkPolicies."""
    from pggitops.network.engine import Pod, network
    from pggitops.network.rules import network_policy

    pods = [
        Pod(f"pod-{number}", f"ns-{number % 20}", {"app": f"app-{number % 50}", "tier": f"tier-{number % 3}"})
        for number in range(1000)
    ]
    documents = [
        {
            "metadata": {"name": f"policy-{number}", "namespace": f"ns-{number % 20}"},
            "spec": {
                "podSelector": {"matchLabels": {"app": f"app-{number % 50}"}},
                "ingress": [
                    {
                        "from": [
                            {"namespaceSelector": {"matchLabels": {"team": f"team-{number % 4}"}}},
                            {
                                "podSelector": {
                                    "matchExpressions": [{"key": "tier", "operator": "In", "values": ["tier-1"]}]
                                }
                            },
                        ],
                        "ports": [{"port": 5000, "endPort": 6000}],
                    }
                ],
            },
        }
        for number in range(200)
    ]
    namespaces = {f"ns-{number}": {"team": f"team-{number % 4}"} for number in range(20)}

    def work() -> None:
        policies = [network_policy(document["metadata"]["name"], document, "") for document in documents]
        connected = network(policies, namespaces)
        for target in pods[:10]:
            sum(connected.connects(source, target, (5432, "TCP")) for source in pods)

    return work


WORK = {"reach": reach, "parse": parse, "build": build, "render": render, "parallel": parallel}


def main() -> None:
    what, folder = sys.argv[1], Path(sys.argv[2])
    work = WORK[what](folder)
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    cost = {
        "cpu": time.process_time() - cpu,
        "wall": time.perf_counter() - wall,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }
    sys.stdout.write(json.dumps(cost) + "\n")


if __name__ == "__main__":
    main()
