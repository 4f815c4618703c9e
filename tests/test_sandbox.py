"""A user's templates: what they can say, what they cannot, and that they never take more than they may."""

from __future__ import annotations

import contextlib
import copy
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies

import pggitops
from pggitops import yamlio
from pggitops.errors import CannotGoOn
from pggitops.sandbox import MAX_OBJECT, RenderedTemplate, Sandbox, TemplateFile, TemplateProblem, expressions, find

CASES = Path(__file__).parent / "cases" / "sandbox"
DOCUMENT = {
    "namespace": {"name": "payments-db"},
    "clusters": {
        "billing": {
            "owner": "team",
            "pause": False,
            "postgres": {"version": 18},
            "zones": ["a", "b"],
            "users": {"report": {"name": "r", "reads": True}, "app": {"name": "a", "reads": False}},
            "odd": {"items": 3, "_x": 4, "braces": "{{ omit }}"},
        },
        "orders": {"owner": "team"},
    },
}
ONE_CLUSTER = {**DOCUMENT, "clusters": {"billing": DOCUMENT["clusters"]["billing"]}}  # type: ignore[index]
PAUSED = {**DOCUMENT, "clusters": {"billing": {"owner": "team", "pause": True}}}
ENDLESS_UNLESS_PAUSED = "{{ 0 if cluster.pause else range(99999) | select('in', range(99999) | list) | list }}"
LONG = {"{long}": "0" * 5_000, "{longer}": "0" * 11_000, "{open}": "[" * 90, "{close}": "]" * 90}

Outcome = tuple[list[RenderedTemplate], list[TemplateProblem]]


def template(text: str, scope: str = "cluster", name: str = "x") -> TemplateFile:
    return TemplateFile(f"templates/{scope}/{name}.yaml", scope, text.encode())


def cases(name: str) -> dict[str, dict[str, Any]]:
    document, problems = yamlio.load((CASES / f"{name}.yaml").read_bytes())
    assert not problems
    return dict(document)


def outcomes(name: str) -> dict[str, Outcome]:
    """What becomes of all templates of a file, in one worker, by the name of the case."""
    files = []
    for case, words in cases(name).items():
        text = words["template"]
        for hole, filling in LONG.items():
            text = text.replace(hole, filling)
        files.append(template(text, words.get("scope", "cluster"), case))
    with Sandbox(files) as sandbox:
        rendered, problems = sandbox.render("prod", DOCUMENT)
    return {
        file.path.rpartition("/")[2].removesuffix(".yaml"): (
            [one for one in rendered if one.template == file.path],
            [one for one in problems if one.template == file.path],
        )
        for file in files
    }


@pytest.fixture(scope="module")
def good() -> dict[str, Outcome]:
    return outcomes("good")


@pytest.fixture(scope="module")
def bad() -> dict[str, Outcome]:
    return outcomes("bad")


@pytest.mark.parametrize("case", cases("good"))
def test_renders(case: str, good: dict[str, Outcome]) -> None:
    rendered, problems = good[case]
    assert [problem for problem in problems if problem.cluster == "billing"] == []
    documents = [one.document for one in rendered if one.cluster == "billing"]
    expected = cases("good")[case]["gives"]
    assert documents == ([] if expected is None else [expected])
    # True is 1 to Python, not to Kubernetes
    assert yamlio.dump(documents) == yamlio.dump([] if expected is None else [expected])


@pytest.mark.parametrize("case", cases("bad"))
def test_refuses(case: str, bad: dict[str, Outcome]) -> None:
    expected = cases("bad")[case]
    rendered, found = bad[case]
    problems = [problem for problem in found if problem.cluster in ("", "billing")]
    assert problems
    assert "billing" not in [one.cluster for one in rendered]
    first = problems[0]
    policy, line, column, message = expected["problem"]
    assert (first.policy, first.line, first.column) == (policy, line, column)
    assert message in first.message
    assert expected.get("fix", "") in first.fix
    assert first.fix


def test_every_complaint_of_a_template_is_made() -> None:
    text = 'kind: X\na: "{{ nothing }}"\nb: "{{ 1 ** 2 }}"\n"{{ c }}": "{% d %}"\n'
    with Sandbox([template(text)]) as sandbox:
        _, problems = sandbox.render("prod", DOCUMENT)
    assert [(problem.line, problem.policy) for problem in problems] == [
        (4, "template-syntax"),
        (2, "template-undefined"),
        (3, "template-forbidden"),
        (4, "template-syntax"),
    ]


def test_every_failure_of_a_template_is_told() -> None:
    with Sandbox([template('kind: X\na: "{{ cluster.a }}"\nb: "{{ 1 / 0 }}"\n')]) as sandbox:
        _, problems = sandbox.render("prod", ONE_CLUSTER)
    assert [(problem.line, problem.policy) for problem in problems] == [
        (2, "template-undefined"),
        (3, "template-failed"),
    ]


def test_scopes_and_their_order() -> None:
    files = [
        template('{kind: X, name: "{{ cluster.name }}"}', "cluster", "a"),
        template('{kind: X, name: "{{ environment.name }}"}', "environment", "b"),
    ]
    with Sandbox(files) as sandbox:
        rendered, problems = sandbox.render("prod", DOCUMENT)
    assert problems == []
    assert [(one.template, one.cluster, one.document["name"]) for one in rendered] == [
        ("templates/cluster/a.yaml", "billing", "billing"),
        ("templates/cluster/a.yaml", "orders", "orders"),
        ("templates/environment/b.yaml", "", "prod"),
    ]


def test_what_depends_on_the_environment_is_told_apart() -> None:
    files = [template('{kind: X, a: "{{ a }}"}', name="a"), template('{kind: X, a: "{{ cluster.pause }}"}', name="b")]
    with Sandbox(files) as sandbox:
        rendered, problems = sandbox.render("prod", DOCUMENT)
    assert [(problem.cluster, problem.is_general) for problem in problems] == [("", True), ("orders", False)]
    assert [one.cluster for one in rendered] == ["billing"]


def test_environments_do_not_see_each_other() -> None:
    with Sandbox([template('{kind: X, name: "{{ environment.name }}", owner: "{{ cluster.owner }}"}')]) as sandbox:
        first = sandbox.render("first", ONE_CLUSTER)
        second = sandbox.render("second", {**ONE_CLUSTER, "clusters": {"a": {"owner": "b"}}})
    assert [one.document for one in first[0] + second[0]] == [
        {"kind": "X", "name": "first", "owner": "team"},
        {"kind": "X", "name": "second", "owner": "b"},
    ]


def test_an_object_of_the_largest_size_is_rendered_and_a_larger_one_not() -> None:
    files = [
        template(f'{{kind: X, a: "{"a" * (MAX_OBJECT - size)}", b: "{{{{ [\'b\' * 99999] * 9 }}}}"}}', name=str(size))
        for size in (900_100, 900_000)
    ]
    with Sandbox(files) as sandbox:
        rendered, problems = sandbox.render("prod", ONE_CLUSTER)
    assert [one.template for one in rendered] == ["templates/cluster/900100.yaml"]
    assert [problem.policy for problem in problems] == ["template-too-large"]


def test_a_file_that_is_not_utf8_is_told() -> None:
    with Sandbox([TemplateFile("templates/cluster/x.yaml", "cluster", b"kind: \xff\n")]) as sandbox:
        _, problems = sandbox.render("prod", DOCUMENT)
    assert [(problem.policy, problem.line, problem.column) for problem in problems] == [("yaml-not-utf8", 1, 7)]


TOKENS = [
    *"()[]{}.,:|~+-*/%<>=",
    *("cluster", "environment", "namespace", "omit", "range", "none", "true", "self", "loop", "x", "1", "0", "2.5"),
    *("'a'", "'%s'", "'__class__'", "__class__", "items", "format", "join", "map", "attr", "tojson", "sort", "first"),
    *("if", "else", "is", "in", "not", "and", "or", "defined", "**", "//", "attribute=", "(1, 2)", "['a']", "{'a': 1}"),
]


@settings(deadline=None, max_examples=300)
@given(strategies.lists(strategies.sampled_from(TOKENS), max_size=12))
def test_whatever_is_written_gives_a_plain_value_or_is_refused(tokens: list[str]) -> None:
    environment: dict[str, Any] = copy.deepcopy(ONE_CLUSTER)
    cluster = environment["clusters"]["billing"]
    names = {"environment": environment, "cluster": cluster, "namespace": "n", "omit": expressions.OMIT}
    with contextlib.suppress(expressions.Refused):
        value = expressions.evaluated(expressions.compiled(" ".join(tokens)), names, expressions.Budget(10_000))
        assert value is expressions.OMIT or json.loads(json.dumps(value)) == value
    assert environment == ONE_CLUSTER


# the process


def children() -> set[int]:
    found = set()
    for task in Path("/proc/self/task").iterdir():
        with contextlib.suppress(FileNotFoundError):
            found |= {int(pid) for pid in (task / "children").read_text().split()}
    return found


@pytest.fixture
def before() -> set[int]:
    """The processes there were before the test."""
    return children()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_no_worker_without_templates(before: set[int]) -> None:
    with Sandbox([]) as sandbox:
        assert sandbox.render("prod", DOCUMENT) == ([], [])
        assert children() == before
    with Sandbox([template("kind: X")]):
        assert children() == before


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_one_worker_that_goes_with_the_sandbox(before: set[int]) -> None:
    with Sandbox([template("kind: X")]) as sandbox:
        sandbox.render("first", DOCUMENT)
        started = children() - before
        sandbox.render("second", DOCUMENT)
        assert children() - before == started
        assert len(started) == 1
    assert children() == before


def test_without_templates_nothing_is_imported() -> None:
    code = (
        "import sys; from pathlib import Path; from pggitops.sandbox import Sandbox, find; find(Path('/nowhere'));"
        "assert not {'jinja2', 'subprocess', 'threading'} & set(sys.modules)"
    )
    path = str(Path(pggitops.__file__).parent.parent)
    done = subprocess.run([sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": path}, check=False)
    assert done.returncode == 0


def test_a_template_that_never_ends_is_stopped_and_the_next_environment_rendered() -> None:
    quick = template('{kind: X, name: "{{ environment.name }}"}', "environment", "quick")
    slow = template(f'kind: X\nname: "{{{{ cluster.owner }}}}"\nslow: "{ENDLESS_UNLESS_PAUSED}"\n', "cluster", "slow")
    with Sandbox([quick, slow], seconds=1) as sandbox:
        started = time.monotonic()
        rendered, problems = sandbox.render("slow", DOCUMENT)
        assert time.monotonic() - started < 8
        after = sandbox.render("next", PAUSED)
    assert [one.document for one in rendered] == [{"kind": "X", "name": "slow"}]
    assert [(problem.template, problem.line, problem.column, problem.policy) for problem in problems] == [
        ("templates/cluster/slow.yaml", 3, 7, "template-timeout")
    ]
    assert "1 second" in problems[0].message
    assert [one.document for one in after[0]] == [
        {"kind": "X", "name": "next"},
        {"kind": "X", "name": "team", "slow": 0},
    ]
    assert after[1] == []


def test_a_template_that_always_hangs_is_given_up_after_three_times() -> None:
    files = [template(f'{{kind: X, a: "{ENDLESS_UNLESS_PAUSED}"}}', name="a"), template("{kind: X}", name="b")]
    with Sandbox(files, seconds=0.5) as sandbox:
        found = [sandbox.render(f"number-{number}", ONE_CLUSTER) for number in range(5)]
    # what is said of it is the same each time, so that it is reported once
    assert {tuple(problems) for _, problems in found} == {tuple(found[0][1])}
    assert found[0][1][0].policy == "template-timeout"
    assert [len(rendered) for rendered, _ in found] == [0, 0, 0, 1, 1]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_worker_that_dies_is_reported_once(before: set[int]) -> None:
    found: list[Outcome] = []
    with Sandbox([template(f'kind: X\na: "{ENDLESS_UNLESS_PAUSED}"\n')]) as sandbox:
        thread = threading.Thread(target=lambda: found.append(sandbox.render("dies", ONE_CLUSTER)))
        thread.start()
        for worker in wait_for_worker(before):
            # it has been asked when it uses time of its own
            while cpu_seconds(worker) < 0.5:
                time.sleep(0.01)
            os.kill(worker, signal.SIGKILL)
        thread.join()
        found.append(sandbox.render("next", PAUSED))
    assert found[0][0] == []
    assert [(problem.policy, problem.line, problem.column) for problem in found[0][1]] == [("template-failed", 2, 4)]
    assert "SIGKILL" in found[0][1][0].message
    assert [one.document for one in found[1][0]] == [{"kind": "X", "a": 0}]
    assert found[1][1] == []


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_worker_that_dies_while_idle_is_replaced(before: set[int]) -> None:
    with Sandbox([template("kind: X")]) as sandbox:
        sandbox.render("first", ONE_CLUSTER)
        for worker in wait_for_worker(before):
            os.kill(worker, signal.SIGKILL)
        time.sleep(0.2)
        rendered, problems = sandbox.render("second", ONE_CLUSTER)
    assert [one.document for one in rendered] == [{"kind": "X"}]
    assert problems == []


def wait_for_worker(before: set[int]) -> Iterator[int]:
    while not children() - before:
        time.sleep(0.01)
    yield from children() - before


def cpu_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_worker_is_limited_and_knows_no_secrets(before: set[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "tiger-4711")
    with Sandbox([template("kind: X")], memory=1 << 29) as sandbox:
        sandbox.render("prod", ONE_CLUSTER)
        (worker,) = children() - before
        limits = dict(line.rsplit(None, 3)[0:2] for line in limit_lines(worker))
        variables = Path(f"/proc/{worker}/environ").read_bytes()
    assert limits["Max address space"] == str(1 << 29)
    assert limits["Max file size"] == "0"
    assert b"tiger-4711" not in variables
    assert b"PYTHONHASHSEED=0" in variables


def limit_lines(process: int) -> list[str]:
    lines = Path(f"/proc/{process}/limits").read_text().splitlines()[1:]
    return [line for line in lines if line.split()[1] in ("address", "file") and "bytes" in line]


def test_a_module_in_the_working_folder_is_not_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("json", "yaml", "jinja2"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('imported')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with Sandbox([template("kind: X")]) as sandbox:
        assert len(sandbox.render("prod", ONE_CLUSTER)[0]) == 1


@pytest.mark.parametrize("python", ["/nowhere/python", "/bin/false", "/bin/echo"])
def test_a_worker_that_cannot_start_is_no_problem_of_the_templates(
    python: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", python)
    with Sandbox([template("kind: X")]) as sandbox, pytest.raises(CannotGoOn, match="worker"):
        sandbox.render("prod", DOCUMENT)


# which files are read


def test_finds_templates_in_both_folders(tmp_path: Path) -> None:
    for name in ("cluster/b.yaml", "cluster/a.yaml", "environment/c.yaml", "cluster/README.md", "chart/x.yaml"):
        (tmp_path / "templates" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "templates" / name).write_text(name, encoding="utf-8")
    assert find(tmp_path) == (
        [
            TemplateFile("templates/environment/c.yaml", "environment", b"environment/c.yaml"),
            TemplateFile("templates/cluster/a.yaml", "cluster", b"cluster/a.yaml"),
            TemplateFile("templates/cluster/b.yaml", "cluster", b"cluster/b.yaml"),
        ],
        [],
    )


def test_a_repository_without_templates(tmp_path: Path) -> None:
    assert find(tmp_path) == ([], [])


@pytest.mark.parametrize(
    ("name", "place", "policy", "message"),
    [
        ("clusters/a.yaml", "templates/clusters", "template-misplaced", 'did you mean "cluster"?'),
        ("a.yaml", "templates/a.yaml", "template-misplaced", "is not read"),
        ("cluster/a.yml", "templates/cluster/a.yml", "template-misplaced", "is not read"),
        ("cluster/deeper/a.yaml", "templates/cluster/deeper", "template-misplaced", "is not read"),
    ],
)
def test_tells_what_would_go_unread(name: str, place: str, policy: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "templates" / name).parent.mkdir(parents=True)
    (tmp_path / "templates" / name).write_text("kind: X", encoding="utf-8")
    files, problems = find(tmp_path)
    assert files == []
    assert [(problem.template, problem.policy) for problem in problems] == [(place, policy)]
    assert message in problems[0].message


@pytest.mark.parametrize(
    ("target", "policy"), [("../outside.yaml", "template-forbidden"), ("nowhere.yaml", "template-misplaced")]
)
def test_a_link_that_leads_out_or_nowhere(target: str, policy: str, tmp_path: Path) -> None:
    (tmp_path / "outside.yaml").write_text("kind: X", encoding="utf-8")
    root = tmp_path / "repository"
    (root / "templates/cluster").mkdir(parents=True)
    (root / "templates/cluster/a.yaml").symlink_to(root / target)
    files, problems = find(root)
    assert files == []
    assert [problem.policy for problem in problems] == [policy]


def test_a_file_too_large_to_be_a_template(tmp_path: Path) -> None:
    (tmp_path / "templates/cluster").mkdir(parents=True)
    (tmp_path / "templates/cluster/a.yaml").write_bytes(b"#" * (yamlio.MAX_BYTES + 1))
    assert [problem.policy for problem in find(tmp_path)[1]] == ["template-too-large"]
