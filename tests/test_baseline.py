"""The baseline: what it lets pass, what it does not, and what is said of a file that is none."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from pggitops import baseline
from pggitops.cli import run
from pggitops.errors import CannotGoOn
from pggitops.findings import Finding, Place, Severity
from test_waivers import OVERLAY

ROOT = Path(__file__).parent.parent
SCHEMA = json.loads((ROOT / "schemas" / "baseline.schema.json").read_text())
OLD = OVERLAY.partition("waivers:")[0]


@pytest.fixture(autouse=True)
def overlay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "environments" / "shop" / "environment.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(OLD)
    monkeypatch.chdir(tmp_path)
    return file


def check(capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, list[dict[str, Any]]]:
    capsys.readouterr()
    code = run(["check", "--today", "2026-11-25", "--format", "json", "--kubeconform", "never", *more])
    return code, json.loads(capsys.readouterr().out)["findings"]


def states(found: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
    return {(one["policy"], one["cluster"], one["state"]) for one in found}


BOTH = {("backup-missing", "one", "baseline"), ("backup-missing", "two", "baseline")}


def test_what_is_written_passes_from_then_on(overlay: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(capsys)[0] == 1
    code, found = check(capsys, "--write-baseline", "known.json")
    assert (code, states(found)) == (0, BOTH)
    jsonschema.validate(json.loads(Path("known.json").read_text()), SCHEMA)
    assert len(Path("known.json").read_text().splitlines()) == 4, "one entry a line"

    overlay.write_text("# a line above\n\n" + OLD)
    assert check(capsys)[0] == 1
    code, found = check(capsys, "--baseline", "known.json")
    assert (code, states(found)) == (0, BOTH)
    assert run(["render", "--baseline", "known.json", "--kubeconform", "never"]) == 0
    assert Path("rendered/shop/SHA256SUMS").is_file()
    assert "2 in the baseline" in capsys.readouterr().out


def test_what_is_new_stops(overlay: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check(capsys, "--write-baseline", "known.json")
    overlay.write_text(OLD.replace("  two:", "  three:"))
    code, found = check(capsys, "--baseline", "known.json")
    assert code == 1
    assert ("backup-missing", "three", "open") in states(found)
    assert ("backup-missing", "one", "baseline") in states(found)


def test_what_no_longer_occurs_is_said_at_its_line(overlay: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check(capsys, "--write-baseline", "known.json")
    lines = Path("known.json").read_text().splitlines()
    overlay.write_text(OLD.replace(*[line for line in OLD.splitlines(keepends=True) if "  two:" in line], ""))
    code, found = check(capsys, "--baseline", "known.json")
    (gone,) = [one for one in found if one["policy"] == "baseline-unused"]
    assert (code, gone["severity"], gone["file"]) == (0, "warning", "known.json")
    assert '"two"' in lines[gone["line"] - 1]

    code, found = check(capsys, "--baseline", "known.json", "--write-baseline", "known.json")
    assert states(found) == {("backup-missing", "one", "baseline")}
    assert "two" not in Path("known.json").read_text()


def test_entries_stay_that_were_not_judged(overlay: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = overlay.parent.parent / "other" / "environment.yaml"
    other.parent.mkdir()
    other.write_text(OLD.replace("shop-db", "other-db"))
    check(capsys, "--write-baseline", "known.json")
    before = Path("known.json").read_text()
    assert check(capsys, "shop", "--write-baseline", "known.json")[0] == 0
    assert Path("known.json").read_text() == before

    other.write_text(OLD.replace("shop-db", "other-db").replace("owner", "ovner"))
    code, found = check(capsys, "--baseline", "known.json")
    assert code == 1
    assert not [one for one in found if one["policy"] == "baseline-unused"], "nobody knows"
    check(capsys, "--write-baseline", "known.json")
    assert Path("known.json").read_text() == before


def test_what_nobody_can_waive_nobody_gets_used_to(overlay: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check(capsys, "--write-baseline", "known.json")
    base = overlay.parent.parent / "bases" / "strict.yaml"
    base.parent.mkdir()
    base.write_text("apiVersion: pggitops/v1\nkind: Base\nwaiverRules: {unwaivable: [backup-missing]}\n")
    overlay.write_text(OLD.replace("\nnamespace:", "\nbases: [strict]\nnamespace:"))
    code, found = check(capsys, "--baseline", "known.json")
    assert code == 1
    assert ("backup-missing", "one", "open") in states(found)
    code, found = check(capsys, "--write-baseline", "known.json")
    assert (code, "backup-missing" in Path("known.json").read_text()) == (1, False)


def test_what_is_no_policy_is_not_written(overlay: Path, capsys: pytest.CaptureFixture[str]) -> None:
    overlay.write_text(OLD.replace("owner: a", "ovner: a"))
    assert check(capsys, "--write-baseline", "known.json")[0] == 1
    assert json.loads(Path("known.json").read_text()) == {"version": 1, "entries": []}


def test_between_environments(overlay: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = overlay.parent.parent / "zoo" / "environment.yaml"
    other.parent.mkdir()
    other.write_text(OLD)
    check(capsys, "--write-baseline", "known.json")
    assert "namespace-shared" in Path("known.json").read_text()
    code, found = check(capsys, "--baseline", "known.json")
    assert (code, {one["state"] for one in found}) == (0, {"baseline"})


def test_what_is_between_environments_while_one_cannot_be_read(
    overlay: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = overlay.parent.parent / "aaa" / "environment.yaml"
    other.parent.mkdir()
    other.write_text(OLD)
    check(capsys, "--write-baseline", "known.json")
    before = Path("known.json").read_text()
    other.write_text("kind: [")
    _, found = check(capsys, "--baseline", "known.json")
    assert "namespace-shared" not in {one["policy"] for one in found}
    assert "baseline-unused" not in {one["policy"] for one in found}
    check(capsys, "--write-baseline", "known.json")
    assert Path("known.json").read_text() == before


def test_how_often_counts(overlay: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check(capsys, "--write-baseline", "known.json")
    text = Path("known.json").read_text()
    Path("known.json").write_text(text.replace('"cluster": "two"', '"cluster": "two", "count": 2'))
    _code, found = check(capsys, "--baseline", "known.json")
    (gone,) = [one for one in found if one["policy"] == "baseline-unused"]
    assert "2 times, but 1" in gone["message"]


def test_one_more_of_the_same_stops() -> None:
    first = Finding("a", Severity.ERROR, "one", "", Place("f", 1), "clusters.one", "shop", "one")
    entries = {"shop": {baseline.key_of(first): 1}}
    found = baseline.applied(baseline.Baseline("known.json", entries), [first, replace(first, message="two")], ())
    assert [str(one.state) for one in found] == ["baseline", "open"]


def test_an_unknown_policy_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    check(capsys, "--write-baseline", "known.json")
    text = Path("known.json").read_text()
    Path("known.json").write_text(text.replace("backup-missing", "backup-misssing", 1))
    code, found = check(capsys, "--baseline", "known.json")
    (unknown,) = [one for one in found if one["policy"] == "reference-no-policy"]
    assert (code, unknown["file"], unknown["line"]) == (1, "known.json", 2)
    assert 'did you mean "backup-missing"?' in unknown["message"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "known.json:1:1: the baseline is no JSON"),
        ('{"version": 1,\n<<<<<<< ours\n"entries": []}', "known.json:2:1: the baseline is no JSON"),
        ("[" * 100_000, "the baseline is no JSON"),
        ("[]", "no map"),
        ('{"version": 2, "entries": []}', "version 2; this pggitops reads version 1"),
        ('{"version": 1, "entries": {}}', "without a list"),
        ('{"version": 1, "entries": [\n{"policy": "a"},\n{"polcy": "a"}]}', 'known.json:3:1: .*"polcy".*"policy"'),
        ('{"version": 1, "entries": [{"policy": "a", "count": true}]}', "no number from 1"),
        ('{"version": 1, "entries": [{"policy": 1}]}', "no text"),
        ('{"version": 1, "entries": [{}]}', "names no `policy`"),
        ('{"version": 1, "entries": [1]}', "no map"),
    ],
)
def test_a_file_that_is_none(text: str, says: str) -> None:
    Path("known.json").write_text(text)
    with pytest.raises(CannotGoOn, match=says):
        run(["check", "--baseline", "known.json"])


def test_a_file_that_cannot_be_had(tmp_path: Path) -> None:
    Path("latin.json").write_bytes(b'{"version": 1, "entries": ["\xe9"]}')
    for file, says in (("no.json", "cannot be read"), (".", "cannot be read"), ("latin.json", "no JSON")):
        with pytest.raises(CannotGoOn, match=says):
            run(["check", "--baseline", file])
    with pytest.raises(CannotGoOn, match="cannot be written"):
        run(["check", "--write-baseline", "no/known.json", "--kubeconform", "never"])


def test_what_stands_in_a_base_passes_in_every_environment(overlay: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base = Path("environments/bases/all.yaml")
    base.parent.mkdir()
    base.write_text("apiVersion: pggitops/v1\nkind: Base\n# password: hunter2\n")
    overlay.write_text(OLD + "bases: [all]\n")
    other = Path("environments/other/environment.yaml")
    other.parent.mkdir()
    other.write_text(OLD.replace("namespace: ", "namespace: other-") + "bases: [all]\n")
    code, found = check(capsys, "--write-baseline", "known.json")
    assert [one["file"] for one in found if one["policy"] == "password-in-text"] == [str(base)]
    code, found = check(capsys, "--baseline", "known.json")
    assert (code, {one["state"] for one in found}) == (0, {"baseline"})
