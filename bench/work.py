"""One piece of work, run in a process of its own: `python bench/work.py WHAT FOLDER` prints its cost as JSON.

The cost is CPU seconds of the work alone, without the start of Python and imports, and the peak memory of the process;
some add what parts of it took.
"""

from __future__ import annotations

import gc
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

from pggitops.__main__ import OBJECTS_BETWEEN_COLLECTIONS


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
    from pggitops import remember
    from pggitops.compose import Sources, environment_names
    from pggitops.pipeline import TOGETHER, Settings
    from pggitops.pipeline import build as build_some
    from pggitops.sandbox import Sandbox
    from pggitops.schema.verdict import expect

    def work() -> None:
        settings, sources = Settings(folder), Sources(folder)
        with Sandbox([]) as sandbox:
            names = environment_names(folder)
            expect(len(names))
            for begin in range(0, len(names), TOGETHER):
                for built in build_some(settings, sources, sandbox, names[begin : begin + TOGETHER]):
                    assert built.outputs is not None
                    assert not built.findings, built.findings[:3]  # else places are looked for
                remember.forget()

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


def policies(folder: Path) -> Callable[[], dict[str, float]]:
    """Check and render everything, with a watch on each policy; who asks first for what several share pays for it."""
    import functools
    from dataclasses import replace

    from pggitops import policies as engine

    spent: dict[str, float] = {}
    of_scope = engine._of_scope

    def watched(policy: engine.Policy) -> engine.Policy:
        def check(*given: object) -> list[object]:
            start = time.perf_counter()
            found = list(policy.check(*given))
            spent[policy.id] = spent.get(policy.id, 0.0) + time.perf_counter() - start
            return found

        return replace(policy, check=check)

    engine._of_scope = functools.cache(lambda scope: tuple(watched(policy) for policy in of_scope(scope)))
    run = build(folder)

    def work() -> dict[str, float]:
        run()
        return spent

    return work


FINDINGS = 10_000


def report(folder: Path) -> Callable[[], dict[str, float]]:
    """10,000 findings in every format: CPU seconds by format."""
    import io

    from pggitops import output, own_policies
    from pggitops.cli.reporting import policy_infos
    from pggitops.compose import environment_names
    from pggitops.findings import Finding, ObjectRef, Place, Severity

    infos = policy_infos(own_policies.OwnPolicies())
    ids, names = sorted(infos), environment_names(folder)[:100]
    found = [
        Finding(
            ids[number % len(ids)],
            Severity(1 + number % 3),
            f"the cluster orders asks for {number}Gi of memory, and the largest node has 16Gi",
            "Write at most 14Gi, or give the target larger nodes.",
            Place(f"environments/{names[number * len(names) // FINDINGS]}/environment.yaml", 1 + number % 60, 3),
            "clusters.orders.instances.memory",
            names[number * len(names) // FINDINGS],
            "orders",
            ObjectRef("pgv2.percona.com/v2", "PerconaPGCluster", "orders-db", "orders", "spec.instances[0].resources"),
        )
        for number in range(FINDINGS)
    ]
    said = output.Report(
        "check", len(names), tuple(found), environment_names=tuple(names), policies=infos, root=str(folder)
    )

    def work() -> dict[str, float]:
        costs = {}
        for name in output.FORMATS:
            start = time.process_time()
            output.write(said, name, io.StringIO())
            costs[name] = time.process_time() - start
        return costs

    return work


def plan(folder: Path) -> Callable[[], None]:
    """All that `pggitops plan HEAD` does before it prints, in one process."""
    import contextlib

    from pggitops import fleet
    from pggitops.pipeline import Settings
    from pggitops.plan import opening

    fleet.WORKERS_FROM = sys.maxsize

    def work() -> None:
        silent = contextlib.nullcontext(lambda: None)
        found = opening.planned(Settings(folder), opening.wanted("HEAD"), list, lambda count: silent)
        assert not found.findings, found.findings[:3]

    return work


WORK: dict[str, Callable[[Path], Callable[[], dict[str, float] | None]]] = {
    "reach": reach,
    "parse": parse,
    "build": build,
    "render": render,
    "parallel": parallel,
    "policies": policies,
    "report": report,
    "plan": plan,
}


def _processor() -> float:
    """CPU seconds, with those of the programs that were waited for."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def main() -> None:
    what, folder = sys.argv[1], Path(sys.argv[2])
    work = WORK[what](folder)
    if what != "parse":
        gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)  # as the command does
    wall, cpu = time.perf_counter(), _processor()
    details = work() or {}
    cost = {
        **details,
        "cpu": _processor() - cpu,
        "wall": time.perf_counter() - wall,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }
    sys.stdout.write(json.dumps(cost) + "\n")


if __name__ == "__main__":
    main()
