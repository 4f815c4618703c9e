"""Policies of a repository's own: what they find, what is refused, and that they never take more than they may."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from pggitops import own_policies, yamlio
from pggitops.cli import run
from pggitops.compose.merge import merge
from pggitops.errors import CannotGoOn
from pggitops.findings import Finding
from pggitops.model import Manifest
from pggitops.modelling import build
from pggitops.sandbox import Sandbox, TemplateFile
from test_policies import STANDARD

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "own-policies.md").read_text()
SHOWN = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)

POLICY: dict[str, Any] = {
    "id": "owner-unknown",
    "severity": "error",
    "page": "Nobody owns it.\n\n## Why\n\nSo.\n\n## How to fix\n\nSo.\n",
    "appliesTo": "cluster",
    "finds": "cluster.owner != 'team-known'",
    "message": "{{ cluster.owner }} is unknown",
    "fix": "Write team-known.",
    "place": "owner",
    "cases": [{"bad": {"owner": "x"}}, {"good": {"owner": "team-known"}}],
}

Said = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one environment."""
    monkeypatch.chdir(tmp_path)
    environment({})
    return tmp_path


def environment(more: dict[str, Any], name: str = "env") -> None:
    file = Path("environments") / name / "environment.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(yamlio.dump(merge({**STANDARD, "namespace": f"{name}-db"}, more)))


def base(policies: dict[str, Any]) -> None:
    """Write a base that sets policies."""
    Path("environments/bases").mkdir()
    document = {"apiVersion": "pggitops/v1", "kind": "Base", "policies": policies}
    Path("environments/bases/acme.yaml").write_text(yamlio.dump(document))


def policy(more: dict[str, Any], name: str = "one") -> str:
    """Write a policy; its text."""
    Path("policies").mkdir(exist_ok=True)
    text = yamlio.dump(merge(POLICY, more))
    Path(f"policies/{name}.yaml").write_text(text)
    return text


@pytest.fixture
def check(here: Path, capsys: pytest.CaptureFixture[str]) -> Said:
    def said(*more: str, code: int | None = None) -> list[dict[str, Any]]:
        capsys.readouterr()
        given = run(["check", "--format", "json", "--kubeconform", "never", *more])
        assert code in (None, given)
        return list(json.loads(capsys.readouterr().out)["findings"])

    return said


def at(found: dict[str, Any]) -> str:
    """What stands where a finding points."""
    return Path(found["file"]).read_text().splitlines()[found["line"] - 1][found["column"] - 1 :]


def test_it_is_found_at_the_overlays_line(check: Said) -> None:
    policy({})
    (found,) = check(code=1)
    assert (found["policy"], found["message"], found["fix"]) == (
        "owner-unknown",
        "team-shop is unknown",
        "Write team-known.",
    )
    assert (found["environment"], found["cluster"], found["path"]) == ("env", "shop", "clusters.shop.owner")
    assert at(found) == "team-shop"


FOUND = """
- name: of an environment
  policy: {appliesTo: environment, finds: "environment.clusters | length < 2", message: few, place: clusters}
  expected: [[few, clusters]]
- name: of objects
  policy:
    appliesTo: {kind: PerconaPGCluster}
    finds: manifest.spec.instances | selectattr('replicas', 'lt', 5) | list
    message: "{{ item.name }} of {{ manifest.metadata.name }} has {{ item.replicas }}"
    place: spec.instances[0].replicas
  expected: [[instance1 of shop has 3, clusters.shop.instances.replicas]]
- name: of objects of another apiVersion
  policy: {appliesTo: {kind: PerconaPGCluster, apiVersion: acme.example/v1}, finds: "true", message: all of them}
- name: a list is one finding each
  policy: {finds: "['a', 'b']", message: "{{ item }}", place: null}
  expected: [[a, clusters.shop], [b, clusters.shop]]
- name: an empty list is none
  policy: {finds: "[]"}
- name: what nobody wrote has its default
  policy: {finds: "cluster.pgbouncer.replicas == 2 and cluster.standby is none and cluster.labels == {}"}
  expected: [[team-shop is unknown, clusters.shop.owner]]
- name: settings
  policy: {settings: {known: [team-shop]}, finds: cluster.owner not in settings.known}
- name: settings of a base
  policy: {settings: {known: [team-shop]}, finds: cluster.owner not in settings.known}
  base: {policies: {owner-unknown: {known: [others]}}}
  expected: [[team-shop is unknown, clusters.shop.owner]]
- name: tier, namespace and day
  policy: {finds: "true", message: "{{ tier }} {{ namespace }} {{ today }}"}
  expected: [[production env-db 2026-11-26, clusters.shop.owner]]
- name: less in development
  policy: {lenient: info}
  overlay: {tier: development}
  expected: [[team-shop is unknown, clusters.shop.owner, info]]
- name: less by a base
  policy: {}
  base: {policies: {owner-unknown: warning}}
  expected: [[team-shop is unknown, clusters.shop.owner, warning]]
- name: off is not run
  policy: {finds: cluster.nothing.at.all}
  base: {policies: {owner-unknown: off}}
- name: waived
  policy: {}
  overlay: {waivers: {old: {policy: owner-unknown, reason: they leave, owner: team-shop, expires: 2026-12-24}}}
  expected: [[team-shop is unknown, clusters.shop.owner]]
  state: waived
"""


@pytest.mark.parametrize("case", yamlio.load(FOUND.encode())[0], ids=lambda case: case["name"])
def test_what_is_found(case: dict[str, Any], check: Said) -> None:
    text = policy(case["policy"])
    assert an_editor_accepts(text)
    if "base" in case:
        base(case["base"]["policies"])
    environment({**case.get("overlay", {}), **({"bases": ["acme"]} if "base" in case else {})})
    found = check("--today", "2026-11-26")
    expected = case.get("expected") or []
    assert [one["policy"] for one in found] == ["owner-unknown"] * len(expected)
    for one, (message, path, *severity) in zip(found, expected, strict=True):
        assert (one["message"], one["path"]) == (message, path)
        assert one["severity"] == (severity or ["error"])[0]
        assert one["state"] == case.get("state", "open")


def an_editor_accepts(text: str) -> bool:
    """Whether an editor would."""
    schema = json.loads((ROOT / "schemas/policy.schema.json").read_text())
    return Draft202012Validator(schema).is_valid(yamlio.load(text.encode())[0])


REFUSED = """
- {policy: {id: Owner}, id: schema-, at: Owner}
- {policy: {id: backup-missing}, id: own-policy-id-taken, at: backup-missing}
- {policy: {sevrity: error}, id: schema-unknown-, says: 'did you mean "severity"', at: sevrity}
- {policy: {severity: off}, id: schema-, at: off}
- {policy: {lenient: error, severity: warning}, id: own-policy-severity, at: error}
- {policy: {page: "No stop\\n\\n## Why\\n\\n## How to fix\\n"}, id: own-policy-page}
- {policy: {page: "A stop.\\n\\n## How to fix\\n"}, id: own-policy-page, says: no `## Why`}
- {policy: {appliesTo: clusters}, id: schema-, at: clusters}
- {policy: {appliesTo: {kind: [a]}}, id: schema-}
- {policy: {finds: null}, id: schema-, says: finds}
- {policy: {cases: []}, id: schema-, at: "[]"}
- {policy: {cases: [{good: {}}, {good: {}}]}, id: own-policy-case, says: there is no bad case}
- {policy: {cases: [{good: {}, bad: {}}, {bad: {}}, {good: {}}]}, id: own-policy-case, says: either bad or good}
- {policy: {cases: [{bad: {}}, {good: {}, says: x}]}, id: own-policy-case, says: no message}
- {policy: {settings: {severity: 1}}, id: schema-}
- {policy: {finds: cluster.owner ==}, id: own-policy-syntax, at: cluster.owner ==, says: end of the expression}
- {policy: {finds: "cluster.labels["}, id: own-policy-syntax, says: unexpected 'end of the expression'}
- {policy: {finds: "(cluster.owner"}, id: own-policy-syntax, says: "unexpected end of the expression, expected ')'"}
- {policy: {finds: "cluster.owner cluster"}, id: own-policy-syntax, says: "'cluster' stands after its end"}
- {policy: {finds: "{{ true }}"}, id: own-policy-syntax, says: an expression already}
- {policy: {place: "labels..x["}, id: own-policy-place, says: no dotted path, at: labels}
- {policy: {place: "labels.{{ cluster.owner }}["}, id: own-policy-place, says: no dotted path}
- {policy: {finds: environmnt.name}, id: own-policy-undefined, says: 'did you mean "environment"', at: environmnt}
- {policy: {appliesTo: environment, finds: cluster.owner}, id: own-policy-undefined, says: '"cluster" is not defined'}
- {policy: {message: "{{ itme }}"}, id: own-policy-undefined, says: 'did you mean "item"'}
- {policy: {message: "{% if a %}"}, id: own-policy-syntax}
- {policy: {finds: "cluster.__class__.__mro__"}, id: own-policy-forbidden}
- {policy: {finds: "cluster.keys.__globals__"}, id: own-policy-forbidden}
- {policy: {finds: "().__class__"}, id: own-policy-forbidden}
- {policy: {finds: "2 ** 99"}, id: own-policy-forbidden}
"""


@pytest.mark.parametrize("case", yamlio.load(REFUSED.encode())[0], ids=lambda case: json.dumps(case["policy"]))
def test_what_is_refused_is_told_in_the_file(case: dict[str, Any], check: Said) -> None:
    policy(case["policy"])
    found = check(code=1)
    assert [one["file"] for one in found] == ["policies/one.yaml"] * len(found)
    one = found[0]
    assert one["policy"].startswith(case["id"])
    assert case.get("says", "") in one["message"]
    assert one["fix"]
    if "at" in case:
        assert at(one).lstrip("\"'").startswith(case["at"])


FAILING = """
- {policy: {finds: cluster.ownr == 1}, says: 'did you mean "owner"', at: cluster.ownr}
- {policy: {finds: cluster.owner}, says: 'neither true, false nor a list', at: cluster.owner}
- {policy: {finds: cluster.owner < 3}, says: not supported, at: cluster.owner}
- {policy: {finds: "'true'", message: "{{ item.name }}"}, says: 'neither true, false nor a list'}
- {policy: {message: "{{ cluster.labels.team }}"}, says: 'there is no "team"', at: "{{ cluster.labels"}
- {policy: {finds: "range(101) | list"}, says: it finds 101 things, at: range}
- {policy: {finds: "range(9999999) | list"}, says: more than 100, fix: Make the value smaller., at: range}
- {policy: {finds: "'x' * 99999999999 == ''"}, says: more than 100}
- {policy: {finds: "cluster.owner.format(1)"}, says: '"format" of a text is not allowed'}
- {policy: {finds: "range(3) | map('attr', '__class__') | list"}, says: attr}
- policy: {appliesTo: environment, finds: environment.ownr, message: m, place: null}
  on: the environment
  says: no "ownr"
- policy: {appliesTo: {kind: PerconaPGCluster}, finds: manifest.spec.nothing, message: m, place: null}
  on: PerconaPGCluster shop
  says: no "nothing"
"""


@pytest.mark.parametrize("case", yamlio.load(FAILING.encode())[0], ids=lambda case: json.dumps(case["policy"]))
def test_a_policy_that_fails_while_it_runs(case: dict[str, Any], check: Said) -> None:
    policy({**case["policy"], "id": "fails-always"}, "a")
    policy({}, "b")
    failed, other = sorted(check(code=2), key=lambda one: one["file"], reverse=True)
    assert (failed["policy"], failed["severity"], failed["file"]) == ("own-policy-failed", "error", "policies/a.yaml")
    assert f"the policy fails-always failed on {case.get('on', 'cluster shop')}: " in failed["message"]
    assert case["says"] in failed["message"]
    assert "`policies: {fails-always: off}`" in failed["fix"]
    assert failed["fix"].startswith(case.get("fix", ""))
    assert at(failed).lstrip("\"'").startswith(case.get("at", ""))
    assert other["policy"] == "owner-unknown", "it stops no other policy"


def test_a_file_that_is_broken_beside_one_that_fails(check: Said) -> None:
    policy({"id": "fails-always", "finds": "cluster.ownr"}, "a")
    policy({"id": "cannot-be-read", "finds": "cluster.owner =="}, "b")
    assert {one["policy"] for one in check("--fail-on", "never", code=2)} == {"own-policy-failed", "own-policy-syntax"}
    base({"fails-always": "off"})
    environment({"bases": ["acme"]})
    assert {one["policy"] for one in check(code=1)} == {"own-policy-syntax"}


def test_what_is_wrong_everywhere_is_told_once(check: Said) -> None:
    environment({}, "two")
    policy({"finds": "environmnt"})
    assert len(check(code=1)) == 1
    policy({"finds": "cluster.ownr"})
    assert {one["environment"] for one in check(code=2)} == {"env", "two"}


def test_a_policy_that_never_ends_is_stopped_and_the_others_go_on(here: Path) -> None:
    endless = "range(99999) | select('in', range(99999) | list) | list"
    policy({"id": "endless-loop", "finds": endless}, "a")
    policy({"id": "endless-memory", "finds": "true", "message": "{{ ('x' * 90000) * 1 }}"}, "b")
    policy({}, "c")
    own = own_policies.load(here)
    model = build("env", {**STANDARD, "namespace": {"name": "env-db"}})
    with Sandbox(own.files, seconds=1.0) as worker:
        first = own_policies.judge(own, worker, model, {}, "2026-11-26")
        second = own_policies.judge(own, worker, model, {}, "2026-11-26")
    for found, problems in (first, second):
        (problem,) = [own_policies.problem_finding(own, one, "env") for one in problems]
        assert (problem.policy, problem.place.file) == ("own-policy-failed", "policies/a.yaml")
        assert problem.message.startswith("the policy endless-loop failed: the expressions took more than 1 seconds")
        assert (problem.environment, at_place(problem)[:12]) == ("", "range(99999)")
        assert [one.own.policy.id for one in found] == ["endless-memory", "owner-unknown"]


def test_policies_that_never_end_are_not_all_waited_for(here: Path) -> None:
    endless = "range(99999) | select('in', range(99999) | list) | list"
    for name in "abcd":
        policy({"id": f"endless-{name}", "finds": endless}, name)
    own = own_policies.load(here)
    model = build("env", {**STANDARD, "namespace": {"name": "env-db"}})
    with Sandbox(own.files, seconds=0.5) as worker:
        found, problems = own_policies.judge(own, worker, model, {}, "2026-11-26")
    assert [one.template for one in problems] == ["policies/a.yaml", "policies/b.yaml", "policies/c.yaml"]
    assert not found


def test_what_is_too_much_for_the_worker_is_no_fault_of_a_template(here: Path) -> None:
    policy({"appliesTo": {"kind": "ConfigMap"}, "finds": "false"})
    own = own_policies.load(here)
    template = TemplateFile("templates/environment/a.yaml", "environment", b"kind: X\n")
    model = build("env", {**STANDARD, "namespace": {"name": "env-db"}})
    document = {"kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"a": "x" * (40 << 20)}}
    large = {"a": Manifest("a.yaml", document, "", "", "a.yaml")}
    with Sandbox([template, *own.files], memory=1 << 27) as worker:
        found, problems = own_policies.judge(own, worker, model, large, "2026-11-26")
    failed = [own_policies.problem_finding(own, one, "env") for one in problems]
    assert {(one.policy, one.place.file) for one in failed} == {("own-policy-failed", "policies/one.yaml")}
    assert not found


def test_an_environment_too_large_for_the_worker_takes_no_policy_from_others(here: Path) -> None:
    policy({"appliesTo": {"kind": "ConfigMap"}, "finds": "true", "message": "m"})
    own = own_policies.load(here)
    model = build("env", {**STANDARD, "namespace": {"name": "env-db"}})

    def asked(size: int) -> int:
        document = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"a": "x" * size}}
        objects = {"a": Manifest("a.yaml", document, "", "", "a.yaml")}
        return len(own_policies.judge(own, worker, model, objects, "2026-11-26")[0])

    with Sandbox(own.files, memory=1 << 28) as worker:
        assert [asked(size) for size in (100 << 20, 100 << 20, 100 << 20, 10)] == [0, 0, 0, 1]


def at_place(finding: Finding) -> str:
    text = Path(finding.place.file).read_text()
    return text.splitlines()[finding.place.line - 1][finding.place.column - 1 :].lstrip("\"'")


def test_templates_and_policies_share_a_worker(check: Said) -> None:
    policy({"appliesTo": {"kind": "ConfigMap"}, "finds": "true", "message": "{{ manifest.data.a }}", "place": "data.a"})
    Path("templates/environment").mkdir(parents=True)
    Path("templates/environment/map.yaml").write_text(
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: env-db}\ndata: {a: "{{ namespace }}"}\n'
    )
    (found,) = check(code=1)
    assert (found["message"], found["file"], found["object"]["kind"]) == (
        "env-db",
        "templates/environment/map.yaml",
        "ConfigMap",
    )


def test_objects_that_nobody_rendered(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy(
        {"appliesTo": {"kind": "ConfigMap"}, "finds": "tier == 'production'", "message": "m", "place": "data.a"}, "a"
    )
    policy(
        {"id": "asks-for-more", "appliesTo": {"kind": "ConfigMap"}, "finds": "environment.labels", "message": "m"}, "b"
    )
    policy({"id": "of-clusters"}, "c")
    Path("map.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: b}\n")
    assert run(["check", "--manifests", "map.yaml", "--format", "json"]) == 1
    said = json.loads(capsys.readouterr().out)
    (found,) = said["findings"]
    assert (found["policy"], at(found)) == ("owner-unknown", "b}")
    assert "2: they need words of an overlay" in said["summary"]["not judged"]
    assert run(["check", "--manifests", "map.yaml", "--tier", "staging"]) == 0


def test_files_beside_policies(check: Said, here: Path) -> None:
    policy({})
    Path("policies/two.yml").write_text("a: b\n")
    Path("policies/broken.yaml").write_text("a: [\n")
    Path("policies/of-kyverno.yaml").write_text("apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nspec: {}\n")
    Path("policies/README.md").write_text("# Ours\n")
    Path("policies/again.yaml").write_text(Path("policies/one.yaml").read_text())
    (here.parent / "elsewhere.yaml").write_text("a: b\n")
    Path("policies/out.yaml").symlink_to(here.parent / "elsewhere.yaml")
    Path("policies/evil.py").write_text("raise SystemExit(9)\n")
    found = {one["file"]: one["policy"] for one in check(code=1)}
    fixes = {one["file"]: one["fix"] for one in check()}
    assert fixes["policies/one.yaml"] == "Give it another id."
    assert found == {
        "policies/two.yml": "own-policy-misplaced",
        "policies/broken.yaml": "yaml-syntax",
        "policies/one.yaml": "own-policy-id-taken",
        "policies/out.yaml": "own-policy-misplaced",
        "environments/env/environment.yaml": "owner-unknown",
    }


@pytest.mark.parametrize(
    ("words", "id", "in_base"),
    [
        ({"owner-unknown": "warning"}, "policy-lowered", False),
        ({"owner-unknown": {"known": ["team-shop"]}}, "policy-lowered", False),
        ({"owner-unknwon": "error"}, "reference-no-policy", False),
        ({"owner-unknown": {"known": "x"}}, "policy-setting-wrong", True),
        ({"owner-unknown": {"knwon": ["x"]}}, "policy-setting-unknown", True),
    ],
)
def test_it_is_configured_like_ours(words: dict[str, Any], id: str, in_base: bool, check: Said) -> None:
    policy({"settings": {"known": ["team-known"]}})
    if in_base:
        base(words)
    environment({"bases": ["acme"]} if in_base else {"policies": words})
    assert [one["policy"] for one in check(code=1)] == [id]


def test_it_is_in_every_report_and_in_a_baseline(check: Said, capsys: pytest.CaptureFixture[str]) -> None:
    policy({"family": "acme"})
    assert run(["check", "--kubeconform", "never", "--format", "sarif"]) == 1
    driver = json.loads(capsys.readouterr().out)["runs"][0]["tool"]["driver"]
    (rule,) = [rule for rule in driver["rules"] if rule["id"] == "owner-unknown"]
    assert rule["shortDescription"]["text"] == "Nobody owns it."
    assert rule["properties"]["tags"] == ["acme"]
    environment({"clusters": {"shop": {"owner": "team-known"}}})
    assert run(["check", "--kubeconform", "never", "--format", "junit"]) == 0
    assert 'name="owner-unknown" time="0"/>' in capsys.readouterr().out
    environment({})
    assert run(["check", "--kubeconform", "never", "--write-baseline", "baseline.json"]) == 0
    assert [one["state"] for one in check("--baseline", "baseline.json", code=0)] == ["baseline"]


def test_it_is_listed(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy({"settings": {"known": ["team-known"]}})
    assert run(["policies"]) == 0
    listed = capsys.readouterr().out
    assert re.search(r"^own +owner-unknown +error +Nobody owns it\.$", listed, re.MULTILINE)
    assert re.search(r"^backup +backup-missing ", listed, re.MULTILINE)
    assert run(["policies", "owner-unknown"]) == 0
    assert "| `known` | a list of texts | `[team-known]` |" in capsys.readouterr().out
    with pytest.raises(CannotGoOn, match=r'"owner-unkown" \(did you mean "owner-unknown"'):
        run(["policies", "owner-unkown"])
    with pytest.raises(CannotGoOn, match="one name too many"):
        run(["policies", "a", "b"])


CASES = """
- {case: {bad: {owner: x}, says: x is unknown, at: owner}}
- {case: {bad: {owner: team-known}}, fails: nothing is found}
- {case: {good: {owner: x}}, fails: 'nothing should be found, and this is: "x is unknown" at owner'}
- {case: {bad: {owner: x}, says: y is}, fails: no finding says y is; there is "x is unknown"}
- {case: {bad: {owner: x}, at: labels}, fails: no finding at labels}
- {case: {bad: {ownr: x}}, fails: 'the case itself is wrong at ownr'}
- {case: {bad: {instances: null}}, fails: 'the case itself is wrong at clusters.case.instances'}
- {case: {bad: {owner: x}, settings: {knwon: 1}}, fails: 'the case itself is wrong at settings.knwon'}
- {case: {bad: {owner: x}}, policy: {finds: cluster.ownr}, fails: 'the policy cannot judge it: there is no "ownr"'}
- {case: {good: {owner: x}, tier: development}, policy: {finds: tier == "production"}}
- {case: {bad: {}, today: 2026-11-26}, policy: {finds: today == "2026-11-26"}}
- case: {bad: {clusters: {b: {}}}}
  policy: {appliesTo: environment, finds: environment.clusters | length > 1, place: null, message: m}
"""


@pytest.mark.parametrize("case", yamlio.load(CASES.encode())[0], ids=lambda case: json.dumps(case["case"]))
def test_cases_are_run(case: dict[str, Any], here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    more = {"bad": {"owner": "zz"}} if "good" in case["case"] else {"good": {"owner": "team-known"}}
    policy({**case.get("policy", {}), "cases": [case["case"], more]})
    run(["policies", "test", "owner-unknown"])
    out = capsys.readouterr().out
    mine = [line for line in out.splitlines() if "case 1" in line]
    if "fails" not in case:
        assert not mine
        return
    assert case["fails"] in mine[0]
    assert mine[0].startswith("policies/one.yaml:")


def test_the_exit_code_of_cases(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy({})
    assert run(["policies", "test"]) == 0
    assert "2 cases of 1 policy, 0 failed" in capsys.readouterr().out
    policy({"cases": [{"bad": {"owner": "team-known"}}, {"good": {"owner": "team-known"}}]})
    assert run(["policies", "test"]) == 1
    policy({"finds": None})
    assert run(["policies", "test"]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "0 cases of 0 policies, 0 failed, 1 file broken"
    assert run(["policies", "test", "owner-unknown"]) == 1
    assert "policies/one.yaml:1:1: schema-missing-key" in capsys.readouterr().out
    Path("policies/two.yaml").write_text("a: [\n")
    assert run(["policies", "test", "two"]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "0 cases of 0 policies, 0 failed, 2 files broken"
    policy({"page": "Nothing.", "severity": "warning", "lenient": "error"})
    assert run(["policies", "test"]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "0 cases of 0 policies, 0 failed, 2 files broken"
    with pytest.raises(CannotGoOn, match='no policy "none-such" in policies/'):
        run(["policies", "test", "none-such"])


def blocks() -> Iterator[Any]:
    for text in [*SHOWN, *(path.read_text() for path in sorted((ROOT / "policies").glob("*.yaml")))]:
        yield pytest.param(text, id=yaml.safe_load(text)["id"])


def test_the_page_shows_three() -> None:
    assert len(SHOWN) == 3


@pytest.mark.parametrize("text", list(blocks()))
def test_what_is_shown_passes_its_cases(text: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("policies").mkdir()
    Path("policies/shown.yaml").write_text(text)
    assert an_editor_accepts(text)
    assert run(["policies", "test"]) == 0, capsys.readouterr().out


def test_every_word_is_in_the_page() -> None:
    words = json.loads((ROOT / "schemas" / "policy.schema.json").read_text())["properties"]
    for word in words:
        assert re.search(rf"^\|.*`{word}`.*\|", PAGE, re.MULTILINE), word
