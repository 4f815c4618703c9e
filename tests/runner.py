"""What GitHub's runner does with an action's or a job's steps, as far as ours need it; scripts go to real bash."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Outputs = dict[str, str]
Action = Callable[[Mapping[str, str]], Outputs]
"""An action that is not ours: its inputs, and the outputs that it is known to have."""

_HOLE = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_TOKEN = re.compile(r"\s*('(?:[^']|'')*'|&&|\|\||!=|==|!|\(|\)|always\(\)|cancelled\(\)|[A-Za-z_][\w.-]*)")
_OPERATORS = {"&&": " and ", "||": " or ", "!": " not ", "always()": "True", "cancelled()": "False"}
_SHELL = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail"]


@dataclass
class Job:
    """One machine: `workspace` is what the job works on, `temp` outlives a step; `used` notes foreign actions."""

    workspace: Path
    temp: Path
    environment: dict[str, str]
    contexts: dict[str, Any]
    actions: Mapping[str, Action]
    skipped: tuple[str, ...] = ()
    failed: int = 0
    log: str = ""
    used: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @property
    def summary(self) -> str:
        return "".join(file.read_text() for file in sorted(self.temp.glob("summary.*")))


def run_action(job: Job, folder: Path, given: Mapping[str, str]) -> Outputs:
    """Run a composite action; its outputs, which it has also where it fails."""
    import yaml

    action = yaml.safe_load((folder / "action.yml").read_text())
    assert given.keys() <= action["inputs"].keys(), "the runner only warns of an input that there is not"
    inputs = {name: given.get(name, words["default"]) for name, words in action["inputs"].items()}
    contexts = {**job.contexts, "inputs": inputs, "steps": {}}
    for step in action["runs"]["steps"]:
        assert "run" not in step or step["shell"] == "bash"
        _step(job, step, contexts, folder)
    return {name: interpolated(words["value"], contexts) for name, words in action["outputs"].items()}


def run_job(job: Job, steps: list[dict[str, Any]], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Run a job's steps; the context `steps` that its outputs are made from."""
    contexts = {**job.contexts, "inputs": inputs, "steps": {}}
    for step in steps:
        _step(job, step, contexts, None)
    return dict(contexts["steps"])


def _step(job: Job, step: dict[str, Any], contexts: dict[str, Any], action: Path | None) -> None:
    condition = step.get("if", "true")
    if job.failed and "always()" not in condition and "cancelled()" not in condition:
        return
    if not evaluated(condition, contexts) or step.get("name") in job.skipped:
        return
    outputs = _uses(job, step, contexts) if "uses" in step else _run(job, step, contexts, action)
    contexts["steps"][step.get("id", "")] = {"outputs": outputs}


def _uses(job: Job, step: dict[str, Any], contexts: dict[str, Any]) -> Outputs:
    given = {name: interpolated(_as_text(value), contexts) for name, value in step.get("with", {}).items()}
    name = step["uses"].partition("@")[0]
    if name.startswith("./"):
        return run_action(job, job.workspace / name, given)
    job.used.append((name, given))
    return job.actions[name](given)


def _run(job: Job, step: dict[str, Any], contexts: dict[str, Any], action: Path | None) -> Outputs:
    assert "${{" not in step["run"], "a value pasted into a script is run as code"
    number = len(list(job.temp.glob("script.*")))
    script, output, summary = (job.temp / f"{what}.{number:03}" for what in ("script", "output", "summary"))
    script.write_text(step["run"])
    output.touch()
    summary.touch()
    environment = {
        **job.environment,
        **{name: interpolated(_as_text(value), contexts) for name, value in step.get("env", {}).items()},
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_WORKSPACE": str(job.workspace),
        "GITHUB_OUTPUT": str(output),
        "GITHUB_STEP_SUMMARY": str(summary),
        "RUNNER_TEMP": str(job.temp),
        **({"GITHUB_ACTION_PATH": str(action)} if action else {}),
    }
    done = subprocess.run(
        [*_SHELL, str(script)],
        cwd=job.workspace,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )
    job.log += done.stdout
    job.failed = job.failed or done.returncode
    return _outputs(output.read_text())


def _outputs(text: str) -> Outputs:
    """`name=value` lines, and `name<<END`, whose value are the lines up to END."""
    found: Outputs = {}
    lines = iter(text.splitlines())
    for line in lines:
        name, is_short, value = line.partition("=")
        if not is_short or "<<" in name:
            name, _, end = line.partition("<<")
            value = "\n".join(iter(lines.__next__, end))
        found[name] = value
    return found


def interpolated(text: str, contexts: Mapping[str, Any]) -> str:
    """The text with each `${{ expression }}` replaced by its value."""
    return _HOLE.sub(lambda match: _as_text(evaluated(match[1], contexts)), text)


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def evaluated(expression: str, contexts: Mapping[str, Any]) -> Any:
    """The value of an expression of names, texts and logic; what is not there is None."""
    code, position, names = "", 0, dict[str, Any]()
    whole = _HOLE.fullmatch(expression.strip())
    expression = (whole[1] if whole else expression).strip()
    while position < len(expression):
        token = _TOKEN.match(expression, position)
        assert token, f"{expression[position:]!r} is beyond what this understands"
        position = token.end()
        word = token[1]
        if word[0] == "'" or word in ("==", "!=", "(", ")"):
            code += word
        elif word in _OPERATORS:
            code += _OPERATORS[word]
        else:
            code += f" v{len(names)} "
            names[f"v{len(names)}"] = word == "true" or (word != "false" and _looked_up(word, contexts))
    return eval(code.strip(), {"__builtins__": {}}, names)


def _looked_up(name: str, contexts: Mapping[str, Any]) -> Any:
    value: Any = contexts
    for step in name.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value
