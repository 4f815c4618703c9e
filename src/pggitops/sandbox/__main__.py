"""The worker: `python -m pggitops.sandbox SECONDS MEMORY`, which `process` starts and may kill.

JSON lines. In: the templates; then the document of one environment a line. Out, for each environment: `at` before each
hole that could take long, so that the other side knows where it was; `rendered` for each object; `problem` for each
complaint; then `done`, which also says that the templates have arrived.
"""

from __future__ import annotations

import contextlib
import json
import signal
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from pggitops.sandbox import MAX_OBJECT, findings
from pggitops.sandbox.files import POLICY
from pggitops.sandbox.holes import Complaint, Template, read, render

_GRACE = 5
"""Seconds after which the worker ends itself if nobody has killed it: the other side may be gone."""


def main() -> None:
    """Serve until standard input ends."""
    seconds, memory = float(sys.argv[1]), int(sys.argv[2])
    _limit(memory)
    files = json.loads(sys.stdin.buffer.readline())
    templates: dict[str, Template] = {}
    policies: dict[str, findings.OwnPolicy] = {}
    _send({"done": True})
    for line in sys.stdin.buffer:
        signal.setitimer(signal.ITIMER_REAL, seconds + _GRACE)
        request = json.loads(line)
        for file in files:
            if file["path"] in request["skip"]:
                continue
            if file["scope"] != POLICY:
                _one(file, templates, request["environment"])
            elif file["path"] in request["policies"]:
                _judge(file, policies, request)
        _send({"done": True})
        signal.setitimer(signal.ITIMER_REAL, 0)


def _limit(memory: int) -> None:
    import resource

    for limit, size in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        # not every system has every limit
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(limit, (size, size))


def _one(file: dict[str, Any], templates: dict[str, Template], environment: dict[str, Any]) -> None:
    """One template for all that it is rendered for."""
    path = file["path"]
    if path not in templates:
        data = file["data"].encode("utf-8", "surrogateescape")
        templates[path] = read(path, file["scope"], data, _announce)
    template = templates[path]
    if template.complaints:
        _complain(path, template.complaints, "", is_general=True)
        return
    for cluster, variables in _variables(template.scope, environment):
        document, complaints = render(template, variables, MAX_OBJECT, _announce)
        if complaints:
            _complain(path, complaints, cluster, is_general=False)
        elif document is not None:
            _send({"rendered": [path, cluster, document]})


def _judge(file: dict[str, Any], policies: dict[str, findings.OwnPolicy], request: dict[str, Any]) -> None:
    """One policy for all that it judges."""
    path = file["path"]
    if path not in policies:
        policies[path] = findings.read(path, file["data"].encode("utf-8", "surrogateescape"), _announce)
    policy = policies[path]
    if policy.complaints:
        _complain(path, policy.complaints, "", is_general=True)
        return
    for subject, cluster, where, variables in findings.subjects(policy, request):
        found, complaints = findings.find(policy, variables, MAX_OBJECT, _announce)
        _complain(path, complaints, cluster, is_general=False, where=where)
        for one in found:
            _send({"rendered": [path, subject, one]})


def _variables(scope: str, environment: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What expressions see: once, or for each cluster by its name."""
    variables = {"environment": environment, "namespace": environment["namespace"]["name"]}
    if scope == "environment":
        yield "", variables
        return
    for name, cluster in environment["clusters"].items():
        yield name, {**variables, "cluster": cluster}


def _complain(path: str, complaints: Iterable[Complaint], cluster: str, is_general: bool, where: str = "") -> None:
    for one in complaints:
        place = [path, one.line, one.column]
        _send({"problem": [*place, one.policy, one.message, one.fix, cluster, is_general, where]})


def _announce(where: list[Any]) -> None:
    _send({"at": where})


def _send(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
