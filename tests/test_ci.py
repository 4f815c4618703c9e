"""What users put into their CI: valid by its published schema, and its scripts do what they say, run by real bash."""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

import pggitops
from pggitops.cli import run
from runner import Job, Outputs, interpolated, run_action, run_job
from test_init import FILLED, PLATFORM_TEAM

ROOT = Path(__file__).parent.parent
VENV = Path(sys.prefix)
OVERLAY = "environments/dev/environment.yaml"
INIT = {"github": ".github/workflows/pggitops.yml", "gitlab": ".gitlab-ci.yml"}
SCHEMAS = {
    "action.yml": "vendor.github-actions",
    ".github/workflows/": "vendor.github-workflows",
    "gitlab": "vendor.gitlab-ci",
    ".github/dependabot.yml": "vendor.dependabot",
}
PINNED = re.compile(r"\./\S*|[\w-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
UPLOAD = "github/codeql-action/upload-sarif"


def git(folder: Path, *arguments: str, check: bool = True) -> str:
    command = ["git", "-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgSign=false", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=check)
    return done.stdout + ("" if check else done.stderr)


@pytest.fixture(scope="module")
def origins(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A repository as `init` begins it for each forge, filled in, rendered and committed."""
    made = {}
    filled = {**FILLED, PLATFORM_TEAM: "@acme/platform"}
    for forge in INIT:
        made[forge] = tmp_path_factory.mktemp(forge)
        assert run(["init", "--engine", "none", "--ci", forge, "--root", str(made[forge])]) == 0
        for path in [*made[forge].rglob("*.yaml"), *made[forge].rglob("CODEOWNERS")]:
            text = re.sub("# (apiServer|cni):", r"\1:", path.read_text())
            path.write_text(re.sub(r"REPLACE-[\w@/-]+", lambda match: filled[match[0]], text))
        assert run(["render", "--root", str(made[forge])]) == 0
        git(made[forge], "init", "--quiet", "--initial-branch=main")
        git(made[forge], "add", ".")
        git(made[forge], "commit", "--quiet", "--message=begin")
    return made


def spoil(workspace: Path) -> None:
    path = workspace / OVERLAY
    path.write_text(path.read_text().replace("postgres: {version: 18}", "postgres: {version: 18, paramters: {}}"))


def outdate(workspace: Path) -> None:
    path = workspace / OVERLAY
    path.write_text(path.read_text().replace("postgres: {version: 18}", "postgres: {version: 17}"))


# what the schemas say


@pytest.mark.parametrize(
    "name",
    [
        "action.yml",
        ".github/workflows/pggitops.yml",
        ".github/workflows/pggitops-plan.yml",
        ".github/workflows/ci.yml",
        ".github/dependabot.yml",
        "ci/gitlab.yml",
    ],
)
def test_the_published_schema_agrees(name: str) -> None:
    checked(ROOT / name, name)


@pytest.mark.parametrize("forge", INIT)
def test_the_published_schema_agrees_with_what_init_writes(forge: str, origins: dict[str, Path]) -> None:
    checked(origins[forge] / INIT[forge], INIT[forge])


def checked(file: Path, name: str) -> None:
    schema = next(schema for part, schema in SCHEMAS.items() if part in name)
    command = [VENV / "bin" / "check-jsonschema", "--builtin-schema", schema, "--force-filetype", "yaml", file]
    if "gitlab" in name:
        command += ["--data-transform", "gitlab-ci"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_hooks_are_a_valid_manifest() -> None:
    command = [VENV / "bin" / "pre-commit", "validate-manifest", ".pre-commit-hooks.yaml"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout


def test_foreign_actions_are_pinned_and_everywhere_to_the_same(origins: dict[str, Path]) -> None:
    files = [ROOT / "action.yml", *(ROOT / ".github" / "workflows").iterdir(), origins["github"] / INIT["github"]]
    uses = [line for file in files for line in re.findall(r"uses: (.*)", file.read_text())]
    assert len(uses) > 10
    assert [line for line in uses if not PINNED.fullmatch(line)] == []
    foreign = {line for line in uses if not line.startswith("./")}
    assert len({line.partition("@")[0] for line in foreign}) == len(foreign)


def test_versions_that_stand_in_several_places_are_one(origins: dict[str, Path]) -> None:
    (kubeconform,) = re.findall(r"^KUBECONFORM := (\S+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert set(re.findall(r"kubeconform[@-](v[\d.]+)", (ROOT / "action.yml").read_text())) == {kubeconform}
    for file in (ROOT / "ci" / "gitlab.yml", *(origins[forge] / name for forge, name in INIT.items())):
        assert set(re.findall(r"pggitops==(\S+)", file.read_text())) == {pggitops.__version__}


def test_the_action_installs_what_is_developed_with() -> None:
    everything = pins("requirements-dev.lock")
    assert len(pins("requirements.lock")) > 10
    assert pins("requirements.lock").items() <= everything.items()


def pins(name: str) -> dict[str, str]:
    return dict(re.findall(r"^(\S+)==(\S+)", (ROOT / name).read_text(), re.MULTILINE))


# GitHub


def a_job(origin: Path, folder: Path, **github: Any) -> Job:
    """A job whose actions are those of GitHub: Python is there, the cache has kubeconform, check-out is a clone."""
    workspace, temp = folder / "workspace", folder / "temp"
    (temp / "pggitops" / "venv" / "bin").mkdir(parents=True)
    (temp / "pggitops" / "venv" / "bin" / "pggitops").symlink_to(VENV / "bin" / "pggitops")
    if not github:
        git(folder, "clone", "--quiet", str(origin), str(workspace))
    job = {"workflow_repository": "acme/pggitops", "workflow_sha": "5ca1e"}
    contexts = {"github": github, "job": job, "runner": {"temp": str(temp), "os": "Linux", "arch": "X64"}}
    actions = {
        "actions/checkout": functools.partial(checkout, origin, workspace),
        "actions/setup-python": lambda given: {"python-path": sys.executable},
        "actions/cache": cached,
        UPLOAD: lambda given: {},
    }
    return Job(workspace, temp, {"PATH": os.environ["PATH"]}, contexts, actions, skipped=("Install pggitops",))


def checkout(origin: Path, workspace: Path, given: Mapping[str, str]) -> Outputs:
    assert given["persist-credentials"] == "false"
    if "repository" not in given:
        git(origin, "clone", "--quiet", str(origin), str(workspace))
        return {}
    assert (given["repository"], given["ref"]) == ("acme/pggitops", "5ca1e")
    (workspace / given["path"]).symlink_to(ROOT)
    return {}


def cached(given: Mapping[str, str]) -> Outputs:
    assert given["key"] == "kubeconform-v0.7.0-Linux-X64"
    Path(given["path"]).mkdir(parents=True)
    found = shutil.which("kubeconform", path=f"{ROOT / '.tools' / 'bin'}:{os.environ['PATH']}")
    assert found, "kubeconform is missing; `make kubeconform` installs it"
    (Path(given["path"]) / "kubeconform").symlink_to(found)
    return {"cache-hit": "true"}


def test_the_action_on_a_good_repository(origins: dict[str, Path], tmp_path: Path) -> None:
    job = a_job(origins["github"], tmp_path)
    outputs = run_action(job, ROOT, {})
    assert job.failed == 0, job.log
    counts = {"exit-code": "0", "errors": "0", "warnings": "0", "out-of-date": "0"}
    assert {name: outputs[name] for name in counts} == counts
    assert "**pggitops render --check: no problems in 1 environment**" in job.summary
    assert json.loads(Path(outputs["sarif"]).read_text())["runs"][0]["results"] == []
    assert json.loads(Path(outputs["json"]).read_text())["findings"] == []
    assert 'name="dev"' in Path(outputs["junit"]).read_text()
    assert "no problems" in Path(outputs["markdown"]).read_text()
    assert git(job.workspace, "status", "--porcelain") == ""


def test_the_action_on_a_mistake(origins: dict[str, Path], tmp_path: Path) -> None:
    job = a_job(origins["github"], tmp_path)
    spoil(job.workspace)
    outputs = run_action(job, ROOT, {})
    assert job.failed == 1
    assert (outputs["exit-code"], outputs["errors"]) == ("1", "1")
    assert f"::error file={OVERLAY},line=10,col=29,title=schema-unknown-key%3A dev/app::" in job.log
    assert "schema-unknown-key" in job.summary
    (result,) = json.loads(Path(outputs["sarif"]).read_text())["runs"][0]["results"]
    assert result["ruleId"] == "schema-unknown-key"


def test_the_action_on_files_out_of_date(origins: dict[str, Path], tmp_path: Path) -> None:
    job = a_job(origins["github"], tmp_path)
    outdate(job.workspace)
    outputs = run_action(job, ROOT, {"kubeconform": "never"})
    assert job.failed == 1
    assert (outputs["exit-code"], outputs["errors"], outputs["out-of-date"]) == ("1", "0", "1")
    assert "output-stale" in job.summary
    # the log shows what differs
    assert "-  postgresVersion: 18" in job.log
    assert "+  postgresVersion: 17" in job.log
    assert [name for name, _ in job.used] == ["actions/setup-python"]


def commands(log: str) -> list[str]:
    """What the runner takes for commands: `::name` at the beginning of a line, `##[name` anywhere, until it is stopped.

    actions/runner: src/Runner.Common/ActionCommand.cs, src/Runner.Worker/ActionCommandManager.cs.
    """
    found, stop = [], ""
    for line in log.splitlines():
        command = re.match(r"\s*::([\w.-]+)[^:]*::(.*)", line) or re.search(r"##\[([\w-]+)[^]]*\](.*)", line)
        if command and stop:
            stop = "" if command[1] == stop else stop
        elif command:
            stop = command[2] if command[1] == "stop-commands" else ""
            found.append(command[1])
    assert not stop
    return found


def test_what_a_report_quotes_is_no_command(origins: dict[str, Path], tmp_path: Path) -> None:
    job = a_job(origins["github"], tmp_path)
    outdate(job.workspace)
    overlay = job.workspace / OVERLAY
    evil = '    description: "##[add-mask]dev"\n    annotations: {a: "##[error]fine", b: "x"}\n    owner: '
    overlay.write_text(overlay.read_text().replace("    owner: ", evil))
    run_action(job, ROOT, {"kubeconform": "never"})
    assert "##[add-mask]dev" in job.log
    assert set(commands(job.log)) <= {"error", "warning", "notice", "group", "stop-commands", "endgroup"}
    assert commands(job.log).count("error") == len(re.findall("^::error", job.log, re.MULTILINE))


def test_the_action_renders(origins: dict[str, Path], tmp_path: Path) -> None:
    job = a_job(origins["github"], tmp_path)
    outdate(job.workspace)
    outputs = run_action(job, ROOT, {"command": "render"})
    assert (job.failed, outputs["exit-code"]) == (0, "0")
    changed = git(job.workspace, "diff", "--name-only").split()
    assert changed == [OVERLAY, "rendered/dev/SHA256SUMS", "rendered/dev/app/perconapgcluster-app.yaml"]


def test_the_action_in_a_subfolder_points_at_files_from_the_top(origins: dict[str, Path], tmp_path: Path) -> None:
    job = a_job(origins["github"], tmp_path)
    (job.workspace / "db").mkdir()
    for name in ("environments", "rendered"):
        (job.workspace / name).rename(job.workspace / "db" / name)
    spoil(job.workspace / "db")
    outputs = run_action(job, ROOT, {"root": "db", "kubeconform": "never"})
    assert f"::error file=db/{OVERLAY},line=10" in job.log
    (result,) = json.loads(Path(outputs["sarif"]).read_text())["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == f"db/{OVERLAY}"


@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        ({"environments": "*"}, 0, "no problems in 1 environment"),
        ({"environments": "d*"}, 0, "no problems in 1 environment"),
        ({"environments": "dev\n dev "}, 0, "no problems in 1 environment"),
        ({"environments": "dve"}, 2, 'there is no environment "dve" (did you mean "dev"?)'),
        ({"environments": "--prune"}, 2, 'there is no environment "--prune"'),
        ({"environments": '"; touch pwned; $(touch pwned) `touch pwned`'}, 2, "there is no environment"),
        ({"root": "$(touch pwned)"}, 2, "$(touch pwned) has no folder environments/"),
        ({"fail-on": "always"}, 2, "'always' is not one of"),
        ({"command": "check"}, 0, "no problems in 1 environment"),
        ({"command": "check; touch pwned"}, 2, 'there is no command "check; touch pwned" in this action'),
        ({"command": "init"}, 2, 'there is no command "init" in this action'),
    ],
)
def test_inputs_of_the_action(
    given: dict[str, str], code: int, said: str, origins: dict[str, Path], tmp_path: Path
) -> None:
    job = a_job(origins["github"], tmp_path)
    outputs = run_action(job, ROOT, {"kubeconform": "never", **given})
    assert job.failed == code, job.log
    assert said in job.log
    assert not list(tmp_path.rglob("pwned"))
    assert ("::error title=pggitops::" in job.log) == (code == 2)
    assert bool(outputs["sarif"]) == (code < 2)


def begin_with(workspace: Path) -> str:
    """A fault that was there before, and what to call the file that says so."""
    path = workspace / OVERLAY
    moving = "postgres: {version: 18, image: percona/percona-distribution-postgresql:latest}"
    path.write_text(path.read_text().replace("postgres: {version: 18}", moving))
    name = "$(touch pwned) line.json"
    assert run(["check", "--root", str(workspace), "--write-baseline", str(workspace / name)]) == 0
    assert run(["render", "--root", str(workspace)]) == 0
    return name


@pytest.mark.parametrize("command", ["check", "render --check", "render"])
def test_the_action_with_a_baseline(command: str, origins: dict[str, Path], tmp_path: Path) -> None:
    job = a_job(origins["github"], tmp_path)
    given = {"command": command, "fail-on": "warning", "kubeconform": "never"}
    name = begin_with(job.workspace)
    assert run_action(job, ROOT, {**given, "baseline": name})["exit-code"] == "0"
    assert run_action(job, ROOT, given)["exit-code"] == "1"
    assert "image-tag-moving" in job.summary
    assert not list(tmp_path.rglob("pwned"))


PULL_REQUEST = {"event": {"pull_request": {"number": 7, "head": {"repo": {"fork": False}}}}, "actor": "ann"}
FORK = {"event": {"pull_request": {"number": 7, "head": {"repo": {"fork": True}}}}, "actor": "ann"}
DEPENDABOT = {**PULL_REQUEST, "actor": "dependabot[bot]"}
QUEUE = {"event": {"merge_group": {}}, "actor": "ann", "run_id": 12}


@functools.cache
def reusable() -> dict[str, Any]:
    workflow: dict[str, Any] = yaml.safe_load((ROOT / ".github" / "workflows" / "pggitops.yml").read_text())
    return workflow


@pytest.mark.parametrize(
    ("event", "sarif", "uploads"),
    [
        (PULL_REQUEST, True, True),
        (PULL_REQUEST, False, False),
        (FORK, True, False),
        (DEPENDABOT, True, False),
        (QUEUE, True, True),
    ],
)
def test_the_reusable_workflow(
    event: dict[str, Any], sarif: bool, uploads: bool, origins: dict[str, Path], tmp_path: Path
) -> None:
    """On a mistake, so that the upload comes in spite of it; a fork's run ends the same without the upload."""
    origin = tmp_path / "origin"
    git(tmp_path, "clone", "--quiet", str(origins["github"]), str(origin))
    spoil(origin)
    git(origin, "commit", "--quiet", "--all", "--message=a mistake")
    workflow = reusable()
    # YAML 1.1 reads the key `on` as true
    words = workflow.get("on", workflow.get(True))["workflow_call"]
    inputs = {name: word["default"] for name, word in words["inputs"].items()} | {"sarif": sarif}
    job = a_job(origin, tmp_path, **event)
    steps = run_job(job, workflow["jobs"]["gate"]["steps"], inputs)
    assert job.failed == 1
    assert "schema-unknown-key" in job.summary
    made = {name: interpolated(value, {"steps": steps}) for name, value in workflow["jobs"]["gate"]["outputs"].items()}
    assert made == {"exit-code": "1", "errors": "1", "warnings": "0", "out-of-date": "0"}
    assert made.keys() == words["outputs"].keys()
    files = [given["sarif_file"] for name, given in job.used if name == UPLOAD]
    assert len(files) == uploads
    assert all("schema-unknown-key" in Path(file).read_text() for file in files)


def test_the_reusable_workflow_passes_on_what_the_action_takes() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    workflow = reusable()
    inputs = workflow.get("on", workflow.get(True))["workflow_call"]["inputs"]
    assert inputs.keys() - {"sarif", "runs-on"} == action["inputs"].keys() - {"command", "base", "plan-fail-on"}
    (given,) = (step["with"] for step in workflow["jobs"]["gate"]["steps"] if step["uses"] == "./.pggitops")
    assert given == {name: f"${{{{ inputs.{name} }}}}" for name in inputs.keys() - {"sarif", "runs-on"}}
    for name in inputs.keys() & action["inputs"].keys():
        assert inputs[name]["default"] == action["inputs"][name]["default"]
    assert "permissions" not in workflow
    assert "permissions" not in workflow["jobs"]["gate"]


@pytest.mark.parametrize("name", ["reusable", "init"])
def test_runs_of_one_pull_request_replace_each_other_and_those_of_a_queue_do_not(
    name: str, origins: dict[str, Path]
) -> None:
    written = yaml.safe_load((origins["github"] / INIT["github"]).read_text())
    group = (written if name == "init" else reusable()["jobs"]["gate"])["concurrency"]["group"]

    def of(event: dict[str, Any], run_id: int) -> str:
        github = {**event, "workflow": "databases", "run_id": run_id}
        return interpolated(group, {"github": github, "inputs": {"root": "."}})

    assert of(PULL_REQUEST, 1) == of(PULL_REQUEST, 2)
    assert of(QUEUE, 1) != of(QUEUE, 2)


def test_the_workflow_of_init(origins: dict[str, Path], tmp_path: Path) -> None:
    workflow = yaml.safe_load((origins["github"] / INIT["github"]).read_text())
    assert {"pull_request", "merge_group", "push"} == workflow.get("on", workflow.get(True)).keys()
    for name, change, code, said in MISTAKES:
        folder = tmp_path / name
        job = a_job(origins["github"], folder)
        job.environment["PATH"] = f"{VENV / 'bin'}:{job.environment['PATH']}"
        change(job.workspace)
        # checked out already, and changed since
        steps = [step for step in workflow["jobs"]["pggitops"]["steps"] if "checkout" not in step.get("uses", "")]
        run_job(job, steps, {})
        assert job.failed == code, job.log
        assert said in job.summary


MISTAKES = [
    ("good", lambda workspace: None, 0, "no problems"),
    ("mistake", spoil, 1, "schema-unknown-key"),
    ("stale", outdate, 1, "output-stale"),
]


# GitLab


@pytest.mark.parametrize("which", ["init", "include"])
@pytest.mark.parametrize(("name", "change", "code", "said"), MISTAKES, ids=[case[0] for case in MISTAKES])
def test_the_job_of_gitlab(
    which: str, name: str, change: Any, code: int, said: str, origins: dict[str, Path], tmp_path: Path
) -> None:
    file = origins["gitlab"] / INIT["gitlab"] if which == "init" else ROOT / "ci" / "gitlab.yml"
    job = yaml.safe_load(file.read_text())["pggitops"]
    workspace = tmp_path / "workspace"
    git(tmp_path, "clone", "--quiet", str(origins["gitlab"]), str(workspace))
    change(workspace)
    done = gitlab(job, workspace)
    assert done.returncode == code, done.stdout + done.stderr
    reports = {kind: (workspace / path).read_text() for kind, path in job["artifacts"]["reports"].items()}
    assert reports.keys() == {"codequality", "junit"}
    issues = json.loads(reports["codequality"])
    assert [issue["check_name"] for issue in issues] == ([said] if code else [])
    assert (said in reports["junit"]) == bool(code)
    assert job["artifacts"]["when"] == "always"


def gitlab(job: dict[str, Any], workspace: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": f"{VENV / 'bin'}:{os.environ['PATH']}", "CI": "true", "GITLAB_CI": "true"}
    environment |= job.get("variables", {}) | variables
    script = "set -eo pipefail\n" + "\n".join(job["script"])
    return subprocess.run(
        ["bash", "-c", script], cwd=workspace, env=environment, capture_output=True, text=True, timeout=120
    )


@pytest.mark.parametrize(
    ("variables", "code", "said"),
    [
        ({"PGGITOPS_ENVIRONMENTS": "* d?v"}, 0, "no problems in 1 environment"),
        ({"PGGITOPS_ENVIRONMENTS": "$(touch pwned);touch pwned"}, 2, 'there is no environment "$(touch"'),
        ({"PGGITOPS_ROOT": "elsewhere"}, 2, "elsewhere has no folder environments/"),
        ({"PGGITOPS_FAIL_ON": "info", "PGGITOPS_KUBECONFORM": "never"}, 0, "no problems"),
    ],
)
def test_variables_of_the_job(
    variables: dict[str, str], code: int, said: str, origins: dict[str, Path], tmp_path: Path
) -> None:
    job = yaml.safe_load((ROOT / "ci" / "gitlab.yml").read_text())["pggitops"]
    assert variables.keys() <= job["variables"].keys()
    git(tmp_path, "clone", "--quiet", str(origins["gitlab"]), "workspace")
    done = gitlab(job, tmp_path / "workspace", **variables)
    assert (done.returncode, said in done.stdout + done.stderr) == (code, True), done.stdout + done.stderr
    assert not list(tmp_path.rglob("pwned"))


def test_the_job_with_a_baseline(origins: dict[str, Path], tmp_path: Path) -> None:
    job = yaml.safe_load((ROOT / "ci" / "gitlab.yml").read_text())["pggitops"]
    workspace = tmp_path / "workspace"
    git(tmp_path, "clone", "--quiet", str(origins["gitlab"]), str(workspace))
    name = begin_with(workspace)
    assert gitlab(job, workspace, PGGITOPS_FAIL_ON="warning").returncode == 1
    done = gitlab(job, workspace, PGGITOPS_FAIL_ON="warning", PGGITOPS_BASELINE=name)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not list(tmp_path.rglob("pwned"))


# git


def test_what_init_says_of_merges_holds(origins: dict[str, Path], tmp_path: Path) -> None:
    """What git leaves in rendered/ does not matter, conflict marks in SHA256SUMS included."""
    workspace = tmp_path / "workspace"
    git(tmp_path, "clone", "--quiet", str(origins["github"]), str(workspace))
    for branch, version in (("one", 17), ("two", 16)):
        git(workspace, "switch", "--quiet", "--create", branch, "main")
        overlay = workspace / OVERLAY
        overlay.write_text(overlay.read_text().replace("postgres: {version: 18}", f"postgres: {{version: {version}}}"))
        assert run(["render", "--root", str(workspace)]) == 0
        git(workspace, "commit", "--quiet", "--all", "--message=a version")
    assert "CONFLICT" in git(workspace, "merge", "one", check=False)
    assert "<<<<<<<" in (workspace / "rendered" / "dev" / "SHA256SUMS").read_text()
    git(workspace, "checkout", "--quiet", "--ours", OVERLAY)
    assert run(["render", "--root", str(workspace)]) == 0
    git(workspace, "add", OVERLAY, "rendered")
    git(workspace, "commit", "--quiet", "--message=merge")
    assert run(["render", "--check", "--root", str(workspace)]) == 0
    assert git(workspace, "status", "--porcelain") == ""


def test_what_init_says_of_bytes_holds(origins: dict[str, Path]) -> None:
    attributes = ["text", "linguist-generated", "gitlab-generated"]
    paths = ["rendered/dev/namespace.yaml", "environments/dev/manifests/a.yaml", OVERLAY]
    told = git(origins["github"], "check-attr", *attributes, "--", *paths).splitlines()
    assert [line.rpartition(": ")[2] for line in told] == [
        *("unset", "true", "set"),
        *("unset", "unspecified", "unspecified"),
        *("set", "unspecified", "unspecified"),
    ]
