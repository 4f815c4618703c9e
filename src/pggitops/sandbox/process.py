"""The worker seen from outside: started when the first environment needs it, killed when it takes too long."""

from __future__ import annotations

import contextlib
import json
import os
import select
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from pggitops.errors import CannotGoOn
from pggitops.record import mutable, value
from pggitops.sandbox.files import POLICY, TemplateFile, TemplateProblem

if TYPE_CHECKING:
    # what a process needs is imported when there is one
    import subprocess

SECONDS = 10.0
"""How long the templates of one environment may take."""
MEMORY = 1 << 30
"""Bytes of address space the worker may have."""
MAX_OBJECT = 1 << 20
"""Bytes of JSON one object may have."""
MAX_DEATHS = 3
"""How often a template may bring the worker down before it is no longer run."""
_START_SECONDS = 60.0
# JSON in ASCII takes at most six bytes for one
_MAX_LINE = 8 * MAX_OBJECT
_KEPT = ("DYLD_LIBRARY_PATH", "HOME", "LD_LIBRARY_PATH", "PYTHONHOME", "PYTHONPATH")
_PACKAGES = str(Path(__file__).parent.parent.parent)


@value
class RenderedTemplate:
    """One object: the template it came from, the cluster it was made for or nothing, and its document."""

    template: str
    cluster: str
    document: dict[str, Any]


class Sandbox:
    """A context in which templates are rendered, one environment at a time and by one thread.

    No process is started without templates, nor before the first environment.
    """

    def __init__(self, templates: Sequence[TemplateFile], seconds: float = SECONDS, memory: int = MEMORY) -> None:
        self._templates = tuple(templates)
        self._seconds = seconds
        self._memory = memory
        self._process: subprocess.Popen[bytes] | None = None
        self._deaths: Counter[str] = Counter()
        self._last: dict[str, TemplateProblem] = {}

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def render(self, name: str, document: Mapping[str, Any]) -> tuple[list[RenderedTemplate], list[TemplateProblem]]:
        """The objects of an environment, in the order of the templates and its clusters, and what is wrong with them.

        `name` is the environment's, `document` its composed document. A template that takes too long, or ends the
        worker, is one problem, and those behind it are not rendered for this environment; the next one has a new
        worker. CannotGoOn if no worker can be started.
        """
        if all(file.scope == POLICY for file in self._templates):
            return [], []
        answers = self._asked({"environment": _named(name, document), "policies": {}}, ())
        return answers.rendered, answers.problems

    def judge(
        self,
        environment: Mapping[str, Any],
        policies: Mapping[str, Mapping[str, Any]],
        manifests: Sequence[tuple[str, Mapping[str, Any]]],
        today: str,
    ) -> tuple[list[RenderedTemplate], list[TemplateProblem]]:
        """What policies find, by their files, each with its settings; the `document` of one has the finding's texts.

        `environment` is the model in the overlay's words, `manifests` are the objects with what they are called; what
        an answer calls its cluster is what was judged. As for `render`, one that takes too long is a problem; those
        behind it are asked all the same, unless several do.
        """
        request = {"environment": environment, "policies": policies, "manifests": manifests, "today": today}
        left_out = [file.path for file in self._templates if file.scope != POLICY]
        paths = [file.path for file in self._templates]
        rendered, problems = list[RenderedTemplate](), dict[TemplateProblem, None]()
        for _ in range(MAX_DEATHS):
            answers = self._asked(request, left_out)
            rendered += answers.rendered
            problems.update(dict.fromkeys(answers.problems))
            # one that ended before it came to any policy would do so again
            if answers.is_done or not answers.at:
                break
            left_out += paths[: paths.index(answers.problems[-1].template) + 1]
        return rendered, list(problems)

    def _asked(self, request: dict[str, Any], left_out: Sequence[str]) -> _Answers:
        mine = {file.path for file in self._templates} - set(left_out)
        skipped = [path for path, deaths in self._deaths.items() if deaths >= MAX_DEATHS]
        answers = _Answers([], [self._last[path] for path in skipped if path in mine])
        request["skip"] = [*skipped, *left_out]
        if mine.issubset(skipped):
            answers.is_done = True
            return answers
        if self._process is not None and self._process.poll() is not None:
            self._stop()
        self._exchange(self._process or self._start(), request, answers)
        return answers

    def _start(self) -> subprocess.Popen[bytes]:
        import subprocess

        # -P: a module in the working folder must not stand in for one of ours
        command = [sys.executable, "-P", "-m", "pggitops.sandbox", str(self._seconds), str(self._memory)]
        environment = {key: os.environ[key] for key in _KEPT if key in os.environ}
        path = os.pathsep.join(filter(None, (environment.get("PYTHONPATH"), _PACKAGES)))
        environment |= {"PYTHONPATH": path, "PYTHONHASHSEED": "0", "PYTHONUTF8": "1"}
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
                start_new_session=True,
            )
        except OSError as error:
            raise CannotGoOn(f"the worker for expressions cannot be started: {error}") from error
        self._process = process
        answers = _Answers([], [])
        _converse(process, [_transported(file) for file in self._templates], answers, _START_SECONDS)
        if not answers.is_done:
            self._stop()
            fix = "Is there enough memory? Without templates/ and policies/ no worker is needed."
            raise CannotGoOn(f"the worker for expressions ended at once ({_ending(process)})", fix)
        return process

    def _exchange(self, process: subprocess.Popen[bytes], request: dict[str, Any], answers: _Answers) -> None:
        is_late = _converse(process, request, answers, self._seconds)
        if is_late or not answers.is_done:
            self._stop()
        if not answers.is_done:
            first = next(file.path for file in self._templates if file.path not in request["skip"])
            problem = self._death(answers.at, first, "" if is_late else _ending(process))
            # one that came to no template is not to be held against any
            if answers.at:
                self._deaths[problem.template] += 1
                self._last[problem.template] = problem
            answers.problems.append(problem)

    def _death(self, at: bytes, first: str, ending: str) -> TemplateProblem:
        """What is said of the template at which the worker ended, the first one if it came to none."""
        template, line, column = json.loads(at)["at"] if at else (first, 1, 1)
        if ending and not at:
            message, fix = f"the worker ended before it came to it ({ending})", "Is the environment very large?"
            return TemplateProblem(template, line, column, "template-failed", message, fix, is_general=False)
        if ending:
            message, fix = f"it ended the worker ({ending})", "Make the expression simpler."
            return TemplateProblem(template, line, column, "template-failed", message, fix)
        message = f"the expressions took more than {self._seconds:g} seconds and were stopped here"
        fix = "Make the expression simpler, or loop over less."
        return TemplateProblem(template, line, column, "template-timeout", message, fix)

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            # what was not sent to a worker that has died stays unsent
            with contextlib.suppress(BrokenPipeError):
                if pipe is not None:
                    pipe.close()


@mutable
class _Answers:
    """What the worker has said so far; `at` is the last line that told where it was."""

    rendered: list[RenderedTemplate]
    problems: list[TemplateProblem]
    at: bytes = b""
    is_done: bool = False


def _converse(process: subprocess.Popen[bytes], request: Any, answers: _Answers, seconds: float) -> bool:
    """Send a request and take the answers; the worker is killed after so many seconds. Whether it was.

    No thread and no alarm watches the time: an interruption that comes while one is set up could not be answered.
    """
    deadline = time.monotonic() + seconds
    is_late = not (_send(process, request, deadline) and _receive(process, answers, deadline))
    if is_late:
        process.kill()
    return is_late


def _send(process: subprocess.Popen[bytes], request: Any, deadline: float) -> bool:
    """Whether the request was sent in time; a worker that has died is noticed when it answers nothing."""
    assert process.stdin is not None
    pipe = process.stdin.fileno()
    os.set_blocking(pipe, False)
    left = memoryview(json.dumps(request).encode() + b"\n")
    while left:
        if not select.select([], [pipe], [], max(0.0, deadline - time.monotonic()))[1]:
            return False
        try:
            left = left[os.write(pipe, left[:65536]) :]
        except BrokenPipeError:
            break
    return True


def _receive(process: subprocess.Popen[bytes], answers: _Answers, deadline: float) -> bool:
    """Take answers until the worker is done with the request, or has ended; whether that was in time."""
    assert process.stdout is not None
    pipe = process.stdout.fileno()
    pending = b""
    while len(pending) <= _MAX_LINE:
        if not select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))[0]:
            return False
        chunk = os.read(pipe, 65536)
        if not chunk:
            break
        *lines, pending = (pending + chunk).split(b"\n")
        for line in lines:
            if not _take(line, answers):
                return True
    _await_end(process)
    return True


def _await_end(process: subprocess.Popen[bytes]) -> None:
    import subprocess

    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=1)


def _take(line: bytes, answers: _Answers) -> bool:
    """Note one answer; whether more are to come."""
    if line.startswith(b'{"at"'):
        answers.at = line
        return True
    try:
        message = json.loads(line)
    except ValueError:
        return True
    if "done" in message:
        answers.is_done = True
        return False
    if "rendered" in message:
        answers.rendered.append(RenderedTemplate(*message["rendered"]))
    else:
        answers.problems.append(TemplateProblem(*message["problem"]))
    return True


def _ending(process: subprocess.Popen[bytes]) -> str:
    """How a process that has ended did so."""
    import signal

    code = process.wait()
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


def _transported(file: TemplateFile) -> dict[str, str]:
    return {"path": file.path, "scope": file.scope, "data": file.data.decode("utf-8", "surrogateescape")}


def _named(name: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """The composed document as expressions see it: every environment and cluster knows its name."""
    clusters = {key: {**cluster, "name": key} for key, cluster in document.get("clusters", {}).items()}
    return {**document, "name": name, "clusters": clusters}
