"""The plan on a pull request: what is checked out and what may write, with real git, bash and curl."""

from __future__ import annotations

import functools
import json
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from pggitops.cli import run
from runner import Job, Outputs, evaluated, interpolated, run_action, run_job
from test_ci import DEPENDABOT, FORK, INIT, OVERLAY, PULL_REQUEST, ROOT, VENV, a_job, git, gitlab, origins

__all__ = ["origins"]

REUSABLE = ROOT / ".github" / "workflows" / "pggitops-plan.yml"
INIT_MARK = "<!-- pggitops plan -->"


# a pull request


@pytest.fixture(scope="module")
def pulls(origins: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with a pull request that main has moved on from, as GitHub merges it: `refs/pull/7/merge`.

    `refs/pull/8/merge` is one that leaves the databases alone.
    """
    folder = tmp_path_factory.mktemp("pulls") / "origin"
    git(folder.parent, "clone", "--quiet", str(origins["github"]), str(folder))
    for number, change in ((7, raise_connections), (8, lambda folder: None)):
        git(folder, "switch", "--quiet", "--create", f"feature-{number}", "main")
        change(folder)
        (folder / "README.md").write_text("new\n")
        git(folder, "add", "--all")
        git(folder, "commit", "--quiet", "--message=a feature")
    git(folder, "switch", "--quiet", "main")
    (folder / "NOTES.md").write_text("meanwhile\n")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=meanwhile")
    for number in (7, 8):
        git(folder, "switch", "--quiet", "--detach", "main")
        git(folder, "merge", "--quiet", "--no-ff", "--message=merge", f"feature-{number}")
        git(folder, "update-ref", f"refs/pull/{number}/merge", "HEAD")
    git(folder, "switch", "--quiet", "main")
    return folder


def raise_connections(workspace: Path) -> None:
    path = workspace / OVERLAY
    said = "postgres: {version: 18}"
    assert said in path.read_text()
    path.write_text(path.read_text().replace(said, "postgres: {version: 18, parameters: {max_connections: 150}}"))
    assert run(["render", "--root", str(workspace)]) == 0


def checkout(origin: Path, workspace: Path, number: int, given: Mapping[str, str]) -> Outputs:
    """The merge of the pull request and as much history as is asked for, as actions/checkout has it."""
    assert given["persist-credentials"] == "false"
    if "repository" in given:
        (workspace / given["path"]).symlink_to(ROOT)
        return {}
    git(workspace.parent, "init", "--quiet", str(workspace))
    git(workspace, "remote", "add", "origin", f"file://{origin}")
    ref, depth = f"refs/pull/{number}/merge", given.get("fetch-depth", "1")
    git(workspace, "fetch", "--quiet", "--no-tags", f"--depth={depth}", "origin", f"+{ref}:refs/remotes/pull/merge")
    git(workspace, "checkout", "--quiet", "--detach", "refs/remotes/pull/merge")
    return {}


def a_pull(origin: Path, folder: Path, number: int = 7, event: dict[str, Any] = PULL_REQUEST) -> Job:
    job = a_job(origin, folder, **event, event_name="pull_request", workflow="databases")
    job.actions = {**job.actions, "actions/checkout": functools.partial(checkout, origin, job.workspace, number)}
    job.environment["PATH"] = f"{VENV / 'bin'}:{job.environment['PATH']}"
    return job


# GitHub's comments


@dataclass
class Comments:
    """Those of one pull request; `posted` and `changed` count what was written, with the one token that may."""

    address: str = ""
    all: list[dict[str, Any]] = field(default_factory=list)
    posted: int = 0
    changed: int = 0

    def add(self, body: str, author: str) -> None:
        self.all.append({"id": 1000 + len(self.all), "body": body, "user": {"login": author}})


@pytest.fixture
def comments() -> Iterator[Comments]:
    found = Comments()

    class Api(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            assert path == "/repos/acme/databases/issues/7/comments"
            words = dict(word.split("=") for word in query.split("&"))
            size, page = int(words.get("per_page", 30)), int(words.get("page", 1))
            self.answer(200, found.all[size * (page - 1) : size * page])

        def do_POST(self) -> None:
            assert self.path == "/repos/acme/databases/issues/7/comments"
            found.add(self.body(), "github-actions[bot]")
            found.posted += 1
            self.answer(201, found.all[-1])

        def do_PATCH(self) -> None:
            number = int(self.path.removeprefix("/repos/acme/databases/issues/comments/"))
            (one,) = [one for one in found.all if one["id"] == number]
            one["body"] = self.body()
            found.changed += 1
            self.answer(200, one)

        def body(self) -> str:
            return str(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["body"])

        def answer(self, status: int, document: Any) -> None:
            is_known = self.headers["Authorization"] == "Bearer t0ken"
            self.send_response(status if is_known else 403)
            self.end_headers()
            self.wfile.write(json.dumps(document if is_known else {"message": "not accessible"}).encode())

        def log_message(self, *words: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Api) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        found.address = f"http://127.0.0.1:{server.server_address[1]}"
        yield found
        server.shutdown()


def commented(job: Job, workflow: dict[str, Any], needs: str, plan: str, comments: Comments, **given: str) -> Job:
    """Run the job that comments, on a machine of its own, if its condition holds; the machine."""
    words = workflow["jobs"]["comment"]
    folder = job.temp.parent / f"comment-{len(list(job.temp.parent.iterdir()))}"
    for name in ("workspace", "temp"):
        (folder / name).mkdir(parents=True)
    github = {**job.contexts["github"], "token": "t0ken", "repository": "acme/databases", "api_url": comments.address}
    contexts = {"github": {**github, **given}, "needs": {needs: {"outputs": {"plan": plan}}}}
    own = Job(folder / "workspace", folder / "temp", {"PATH": job.environment["PATH"]}, contexts, {})
    assert words["needs"] == needs
    if evaluated(words["if"], contexts):
        run_job(own, words["steps"], {"root": "."})
    return own


# the workflow of init


@pytest.fixture(scope="module")
def written(origins: dict[str, Path]) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((origins["github"] / INIT["github"]).read_text())
    return found


def planned(job: Job, workflow: dict[str, Any], fail_on: str = "") -> str:
    """Run the job that plans; its output `plan`."""
    words = workflow["jobs"]["pggitops"]
    steps = [step for step in words["steps"] if "pip install" not in step.get("run", "")]
    if fail_on:
        steps[-1]["env"] = {"FAIL_ON": fail_on}
    contexts = {"steps": run_job(job, steps, {})}
    return interpolated(words["outputs"]["plan"], contexts)


def test_init_posts_the_plan_and_brings_it_up_to_date(
    pulls: Path, written: dict[str, Any], comments: Comments, tmp_path: Path
) -> None:
    for number in range(100):
        comments.add("ok", f"ann-{number}")
    comments.add("of another workflow", "github-actions[bot]")
    comments.add(f"{INIT_MARK}\nwritten by hand", "mallory")
    job = a_pull(pulls, tmp_path)
    plan = planned(job, written)
    assert job.failed == 0, job.log
    assert "max&#95;connections" in plan
    assert "pggitops plan" in job.summary
    assert "max&#95;connections" in job.summary
    # no more history than is needed
    assert git(job.workspace, "rev-list", "--count", "HEAD").strip() == "3"
    own = commented(job, written, "pggitops", plan, comments)
    assert own.failed == 0, own.log
    assert (comments.posted, comments.changed, comments.all[-1]["body"]) == (1, 0, f"{INIT_MARK}\n{plan}")
    own = commented(job, written, "pggitops", "**Plan: no changes**", comments)
    assert own.failed == 0, own.log
    assert (comments.posted, comments.changed) == (1, 1)
    assert comments.all[-1]["body"] == f"{INIT_MARK}\n**Plan: no changes**"
    assert comments.all[-2]["body"].endswith("by hand")


def test_init_says_nothing_of_a_pull_request_that_leaves_the_databases_alone(
    pulls: Path, written: dict[str, Any], comments: Comments, tmp_path: Path
) -> None:
    job = a_pull(pulls, tmp_path, 8)
    plan = planned(job, written)
    assert "no changes" in plan
    own = commented(job, written, "pggitops", plan, comments)
    assert (job.failed, own.failed, comments.all) == (0, 0, [])


def test_init_fails_for_what_it_is_told_to_and_posts_all_the_same(
    pulls: Path, written: dict[str, Any], comments: Comments, tmp_path: Path
) -> None:
    workflow = yaml.safe_load(json.dumps(written))
    job = a_pull(pulls, tmp_path)
    plan = planned(job, workflow, fail_on="low")
    assert job.failed == 1
    commented(job, workflow, "pggitops", plan, comments)
    assert comments.posted == 1


@pytest.mark.parametrize("event", [FORK, DEPENDABOT], ids=["fork", "dependabot"])
def test_where_the_token_may_only_read_the_summary_has_the_plan(
    event: dict[str, Any], pulls: Path, written: dict[str, Any], comments: Comments, tmp_path: Path
) -> None:
    job = a_pull(pulls, tmp_path, event=event)
    plan = planned(job, written)
    assert "max&#95;connections" in job.summary
    own = commented(job, written, "pggitops", plan, comments)
    assert (job.failed, own.failed, own.log, comments.all) == (0, 0, "", [])


def test_a_token_that_may_not_write_fails_the_job_that_comments(
    pulls: Path, written: dict[str, Any], comments: Comments, tmp_path: Path
) -> None:
    own = commented(a_pull(pulls, tmp_path), written, "pggitops", "**Plan: 1**", comments, token="wrong")
    assert own.failed
    assert "403" in own.log


def test_what_is_in_a_plan_is_not_run(pulls: Path, written: dict[str, Any], comments: Comments, tmp_path: Path) -> None:
    plan = "**Plan: $(touch pwned) `touch pwned` \"; touch pwned; # ' \\ **\n@/etc/passwd"
    own = commented(a_pull(pulls, tmp_path), written, "pggitops", plan, comments)
    assert own.failed == 0, own.log
    assert comments.all[-1]["body"] == f"{INIT_MARK}\n{plan}"
    assert not list(tmp_path.rglob("pwned"))


def test_init_plans_pull_requests_only(origins: dict[str, Path], written: dict[str, Any], tmp_path: Path) -> None:
    job = a_job(origins["github"], tmp_path)
    job.environment["PATH"] = f"{VENV / 'bin'}:{job.environment['PATH']}"
    steps = [step for step in written["jobs"]["pggitops"]["steps"] if step.get("id") == "plan"]
    assert run_job(job, steps, {}) == {}


# the reusable workflow and the action


def reusable() -> dict[str, Any]:
    workflow: dict[str, Any] = yaml.safe_load(REUSABLE.read_text())
    return workflow


def inputs_of(workflow: dict[str, Any]) -> dict[str, Any]:
    # YAML 1.1 reads the key `on` as true
    inputs: dict[str, Any] = workflow.get("on", workflow.get(True))["workflow_call"]["inputs"]
    return inputs


@pytest.mark.parametrize(("fail_on", "code"), [("critical", 0), ("", 0), ("outage low", 1)])
def test_the_reusable_workflow(fail_on: str, code: int, pulls: Path, comments: Comments, tmp_path: Path) -> None:
    workflow = reusable()
    inputs = {name: word["default"] for name, word in inputs_of(workflow).items()} | {"plan-fail-on": fail_on}
    job = a_pull(pulls, tmp_path)
    steps = run_job(job, workflow["jobs"]["plan"]["steps"], inputs)
    assert job.failed == code, job.log
    made = workflow["jobs"]["plan"]["outputs"]
    plan = interpolated(made["plan"], {"steps": steps})
    assert interpolated(made["exit-code"], {"steps": steps}) == str(code)
    assert "max&#95;connections" in plan
    assert "max&#95;connections" in job.summary
    assert "max_connections" in job.log
    own = commented(job, workflow, "plan", plan, comments)
    assert own.failed == 0, own.log
    assert comments.all[-1]["body"].startswith("<!-- pggitops plan of . -->\n<!-- pggitops plan -->\n**Plan:")
    # no kubeconform is built for it
    assert {name for name, _ in job.used} == {"actions/checkout", "actions/setup-python"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"base": "nowhere"}, 'the revision "nowhere" is not in this clone'),
        ({"base": "$(touch pwned)"}, 'the revision "$(touch pwned)"'),
        ({"base": "--live=x"}, 'the revision "--live=x"'),
        ({"plan-fail-on": "hihg"}, '--fail-on knows no "hihg" (did you mean "high"?)'),
        ({"plan-fail-on": "$(touch pwned)"}, '--fail-on knows no "$(touch"'),
        ({"environments": "dve"}, 'there is no environment "dve" (did you mean "dev"?)'),
    ],
)
def test_inputs_of_the_action_for_a_plan(given: dict[str, str], said: str, pulls: Path, tmp_path: Path) -> None:
    job = a_pull(pulls, tmp_path)
    checkout(pulls, job.workspace, 7, {"persist-credentials": "false", "fetch-depth": "2"})
    outputs = run_action(job, ROOT, {"command": "plan", **given})
    assert (job.failed, said in job.log) == (2, True), job.log
    assert (outputs["exit-code"], outputs["markdown"]) == ("2", "")
    assert not list(tmp_path.rglob("pwned"))


def test_the_reusable_workflow_passes_on_what_the_action_takes() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    inputs = inputs_of(reusable())
    own = {"runs-on"}
    (given,) = (step["with"] for step in reusable()["jobs"]["plan"]["steps"] if step.get("uses") == "./.pggitops")
    assert given == {"command": "plan"} | {name: f"${{{{ inputs.{name} }}}}" for name in inputs.keys() - own}
    for name in inputs.keys() - own:
        assert inputs[name]["default"] == action["inputs"][name]["default"]


def test_what_may_write_runs_nothing_of_the_pull_request(written: dict[str, Any]) -> None:
    for workflow in (written, reusable()):
        jobs = dict(workflow["jobs"])
        comment = jobs.pop("comment")
        assert comment["permissions"] == {"pull-requests": "write"}
        (step,) = comment["steps"]
        assert "uses" not in step
        assert not re.search("pggitops|git ", step["run"])
        assert [job["permissions"] for job in jobs.values()] == [{"contents": "read"}]
        assert "pull_request_target" not in str(workflow)


def test_both_comment_alike(written: dict[str, Any]) -> None:
    (ours,), (inits,) = (workflow["jobs"]["comment"]["steps"] for workflow in (reusable(), written))
    assert ours["run"] == inits["run"]
    assert ours["env"].keys() == inits["env"].keys()


# GitLab


@pytest.mark.parametrize("which", ["init", "include"])
def test_the_plan_of_gitlab(which: str, origins: dict[str, Path], tmp_path: Path) -> None:
    file = origins["gitlab"] / INIT["gitlab"] if which == "init" else ROOT / "ci" / "gitlab.yml"
    job = yaml.safe_load(file.read_text())["pggitops-plan"]
    assert job["variables"]["GIT_DEPTH"] == "0"
    workspace = tmp_path / "workspace"
    git(tmp_path, "clone", "--quiet", str(origins["gitlab"]), str(workspace))
    git(workspace, "switch", "--quiet", "--create", "feature")
    raise_connections(workspace)
    git(workspace, "commit", "--quiet", "--all", "--message=more")
    base = git(workspace, "rev-parse", "main").strip()
    done = gitlab(without_pip(job), workspace, CI_MERGE_REQUEST_DIFF_BASE_SHA=base)
    assert done.returncode == 0, done.stdout + done.stderr
    (shown,) = job["artifacts"]["paths"]
    assert "max_connections" in (workspace / shown).read_text()
    assert "max_connections" in done.stdout
    issues = json.loads((workspace / job["artifacts"]["reports"]["codequality"]).read_text())
    assert {issue["location"]["path"] for issue in issues} == {OVERLAY}
    assert job["artifacts"]["when"] == "always"


def without_pip(job: dict[str, Any]) -> dict[str, Any]:
    return {**job, "script": [line for line in job["script"] if not line.startswith("pip install")]}


@pytest.mark.parametrize(
    ("variables", "code", "said"),
    [
        ({"PGGITOPS_PLAN_FAIL_ON": "outage low"}, 1, "max_connections"),
        ({"PGGITOPS_PLAN_FAIL_ON": ""}, 0, "max_connections"),
        ({"PGGITOPS_PLAN_FAIL_ON": "$(touch pwned)"}, 2, '--fail-on knows no "$(touch"'),
        ({"PGGITOPS_ENVIRONMENTS": "* d?v"}, 0, "max_connections"),
        ({"PGGITOPS_ENVIRONMENTS": "dve"}, 2, 'there is no environment "dve"'),
        ({"PGGITOPS_ROOT": "elsewhere"}, 2, "elsewhere has no folder environments/"),
    ],
)
def test_variables_of_the_plan(
    variables: dict[str, str], code: int, said: str, origins: dict[str, Path], tmp_path: Path
) -> None:
    job = yaml.safe_load((ROOT / "ci" / "gitlab.yml").read_text())["pggitops-plan"]
    assert variables.keys() <= job["variables"].keys()
    workspace = tmp_path / "workspace"
    git(tmp_path, "clone", "--quiet", str(origins["gitlab"]), "workspace")
    raise_connections(workspace)
    base = git(workspace, "rev-parse", "main").strip()
    done = gitlab(without_pip(job), workspace, CI_MERGE_REQUEST_DIFF_BASE_SHA=base, **variables)
    assert (done.returncode, said in done.stdout + done.stderr) == (code, True), done.stdout + done.stderr
    assert not list(tmp_path.rglob("pwned"))
