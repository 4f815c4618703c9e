"""Every format, on the same reports: against golden files, and against what its reader demands."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import pggitops
from pggitops.errors import CannotGoOn
from pggitops.findings import Finding, ObjectRef, Place, Severity, State, order
from pggitops.output import FORMATS, Difference, PolicyInfo, Report, markdown, write
from pggitops.output.github import MAX_MESSAGE, MAX_SUMMARY
from pggitops.output.plain import plain
from pggitops.output.report import KINDS, fingerprints
from pggitops.output.sarif import MAX_RESULTS

PACKAGE = Path(pggitops.__file__).parent.parent
ROOT = Path(__file__).parent.parent
GOLDEN = Path(__file__).parent / "golden" / "output"
SOURCE = str(GOLDEN / "source")
SUFFIX = {"text": "txt", "json": "json", "sarif": "sarif", "junit": "xml", "github": "github", "gitlab": "gitlab"}
DEV = "environments/dev/environment.yaml"

POLICIES = {
    policy.id: policy
    for policy in (
        PolicyInfo(
            "backup-missing",
            "A cluster has no backup that survives it",
            "# backup-missing\n\nWithout a backup outside the cluster a lost volume is lost data.\n\nAdd a repository.",
            "backups",
            Severity.ERROR,
        ),
        PolicyInfo("direct-database-access", "Clients reach PostgreSQL past pgBouncer", "", "network", Severity.ERROR),
        PolicyInfo("memory-tight", "Parameters may need more memory than there is", "", "sizing", Severity.WARNING),
    )
}
MISSING = Finding(
    policy="backup-missing",
    severity=Severity.ERROR,
    message="cluster orders has no backups",
    fix="Set backups.enabled to true and add a repository with a full schedule.",
    place=Place(DEV, 11, 5),
    path="clusters.orders.backups.enabled",
    environment="dev",
    cluster="orders",
    object=ObjectRef("pgv2.percona.com/v2", "PerconaPGCluster", "orders-db", "orders", "spec.backups.enabled"),
    related=(Place("environments/bases/fleet.yaml", 3, 1),),
)
WRONG_UNIT = Finding(
    policy="schema-pattern",
    severity=Severity.ERROR,
    message='"8GB" is no memory size',
    fix='Write "8Gi".',
    place=Place(DEV, 10, 38),
    path="clusters.orders.instances.memory",
    environment="dev",
    cluster="orders",
)
TIGHT = Finding(
    policy="memory-tight",
    severity=Severity.WARNING,
    message="200 connections may need 9.1Gi of 8Gi",
    fix="Lower work_mem, or give more memory.",
    place=Place(DEV, 9, 37),
    path="clusters.orders.postgres.parameters",
    environment="staging",
    cluster="orders",
)
NOTE = replace(TIGHT, severity=Severity.INFO, message="huge_pages is off", fix="", cluster="billing")
WAIVED = replace(MISSING, environment="staging").waived_by("orders is read-only until June")
IN_BASELINE = replace(TIGHT, environment="prod-eu", state=State.BASELINE)
SHARED = Finding(
    policy="yaml-tab",
    severity=Severity.ERROR,
    message="the line is indented with a tab",
    fix="Indent with spaces.",
    place=Place("environments/bases/fleet.yaml", 7, 1),
)

# what a value could hold to break out of a line, a cell, an element, a command or a terminal
NASTY = (
    "a\nb\r\n::error::x %0A <b>&amp;</b> | `c` [d](https://e.invalid) @team #12 $x$ "
    "\x1b[31mred\x1b[0m \x9b \u202e \U0001d54a \ud800 ]]>"
)
HOSTILE = Finding(
    policy=f"schema-{NASTY}",
    severity=Severity.ERROR,
    message=NASTY,
    fix=NASTY,
    place=Place(f"environments/{NASTY}/environment.yaml", 0, 0),
    path=NASTY,
    environment=NASTY,
    cluster=NASTY,
    object=ObjectRef(NASTY, NASTY, NASTY, NASTY, NASTY),
    related=(Place(NASTY, 1, 1),),
)


def report(*findings: Finding, **more: object) -> Report:
    fields = {"environment_names": ("dev", "staging", "prod-eu"), "policies": POLICIES, "root": SOURCE} | more
    command = str(fields.pop("command", "check"))
    return Report(command, 3, tuple(sorted(findings, key=order)), **fields)  # type: ignore[arg-type]


DIFFERENCES = (
    Difference("dev", "rendered/dev/namespace.yaml", "missing"),
    Difference(
        "dev",
        "rendered/dev/orders/perconapgcluster-orders.yaml",
        "stale",
        "--- rendered/dev/orders/perconapgcluster-orders.yaml\n+++ now\n@@ -12,3 +12,3 @@\n   pause: false\n"
        '-  image: "a\x1b[2J"\n+  image: b\n   port: 5432\n',
    ),
    Difference("dev", "rendered/dev/orders/secret-x.yaml", "edited", "-a\n+b\n"),
    Difference("staging", "rendered/staging/notes.txt", "unexpected"),
    Difference("no; rm -rf /", "rendered/no/namespace.yaml", "removed"),
    Difference("", "rendered/gone/namespace.yaml", "removed"),
    Difference("", "rendered/targets/eu1/operator/SHA256SUMS", "sums"),
)
REPORTS = {
    "nothing": Report("check", 0),
    "clean": report(command="render", summary={"written": 2, "unchanged": 1_340, "folder": "rendered"}),
    "findings": report(MISSING, WRONG_UNIT, TIGHT, NOTE, WAIVED, IN_BASELINE, SHARED),
    "differences": report(NOTE, command="render --check", differences=DIFFERENCES),
    "hostile": report(
        HOSTILE,
        replace(HOSTILE, state=State.WAIVED, waiver=NASTY),
        command="render --check",
        environment_names=(NASTY, "dev"),
        policies={NASTY: PolicyInfo(NASTY, NASTY, NASTY, NASTY, Severity.ERROR)},
        summary={NASTY: NASTY},
        differences=(Difference(NASTY, NASTY, "stale", f"+{NASTY}"),),
        root="\0",
    ),
}


@pytest.fixture(autouse=True)
def _plain_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")


def written(format: str, given: Report) -> str:
    stream = io.StringIO()
    write(given, format, stream)
    return stream.getvalue()


@pytest.mark.parametrize("case", REPORTS)
@pytest.mark.parametrize("format", FORMATS)
def test_golden(format: str, case: str) -> None:
    text = written(format, REPORTS[case])
    file = GOLDEN / f"{case}.{SUFFIX.get(format, 'md')}"
    if os.environ.get("PGGITOPS_GOLDEN") == "write":
        file.write_text(text, encoding="utf-8", newline="")
    expected = file.read_bytes().decode("utf-8") if file.exists() else ""
    assert text == expected, f"{file.name} differs; if the new output is right, `make golden` writes it"


def test_no_golden_file_is_left_over() -> None:
    wanted = {f"{case}.{SUFFIX.get(format, 'md')}" for case in REPORTS for format in FORMATS}
    assert {path.name for path in GOLDEN.iterdir() if path.is_file()} == wanted


@pytest.mark.parametrize("case", REPORTS)
@pytest.mark.parametrize("format", FORMATS)
def test_nothing_in_a_value_reaches_the_reader_raw(format: str, case: str) -> None:
    text = written(format, REPORTS[case])
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\ud800-\udfff]", text)
    assert text.endswith("\n")
    text.encode("utf-8")


@pytest.mark.parametrize("text", ["\x1b[0m", "\x9b1m", "\u202e", "\u200b", "\ud800", "\n", "\ufeff", "\U000e0041"])
def test_plain_escapes(text: str) -> None:
    assert plain(text).isprintable()
    assert plain(f"a{text}b") == f"a{plain(text)}b" != f"a{text}b"


@pytest.mark.parametrize("text", ["", "a b", "é日本\U0001d54a", "\\x1b", "<&|`"])
def test_plain_keeps(text: str) -> None:
    assert plain(text) == text


def test_only_the_format_asked_for_is_imported() -> None:
    code = (
        "import sys; from pggitops import output; output.write(output.Report('check', 1), 'gitlab', sys.stdout);"
        "assert {m.split('.')[2] for m in sys.modules if m.startswith('pggitops.output.')}"
        " == {'report', 'plain', 'gitlab', 'json_'}"
    )
    done = subprocess.run([sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": str(PACKAGE)}, check=False)
    assert done.returncode == 0


# text


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "environment", "coloured"),
    [
        (io.StringIO, {}, False),
        (Terminal, {}, True),
        (Terminal, {"NO_COLOR": "1"}, False),
        (Terminal, {"NO_COLOR": ""}, True),
        (Terminal, {"TERM": "dumb"}, False),
        (io.StringIO, {"FORCE_COLOR": "1"}, True),
        (io.StringIO, {"FORCE_COLOR": "0"}, False),
        (io.StringIO, {"CLICOLOR_FORCE": "1"}, True),
        (io.StringIO, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_colour(
    stream: Callable[[], io.StringIO], environment: dict[str, str], coloured: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    target = stream()
    write(REPORTS["findings"], "text", target)
    assert ("\x1b[31merror\x1b[0m" in target.getvalue()) is coloured


def test_text_of_a_terminal_says_the_same() -> None:
    target = Terminal()
    write(REPORTS["differences"], "text", target)
    assert re.sub(r"\x1b\[\d+m", "", target.getvalue()) == written("text", REPORTS["differences"])


@pytest.mark.parametrize(
    ("line", "column", "expected"),
    [
        ("  key: value", 3, "      | " + "  ^"),
        ("\tkey", 2, "      | " + " ^"),
        ("日本: x", 5, "      | " + " " * 6 + "^"),
        ("a" * 500, 400, "      | " + " " * 62 + "^"),
        ("short", 99, "      | " + " " * 5 + "^"),
        ("\x1b[0m: x", 7, "      | " + " " * 9 + "^"),
    ],
)
def test_caret(line: str, column: int, expected: str, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(line, encoding="utf-8")
    text = written("text", report(replace(SHARED, place=Place("a.yaml", 1, column)), root=str(tmp_path)))
    lines = text.split("\n")
    assert lines[2] == expected
    assert len(lines[1]) < 140


def test_what_one_line_causes_in_many_environments_is_told_once() -> None:
    alike = [replace(TIGHT, environment=f"env-{number}") for number in range(8)]
    text = written("text", report(*alike, replace(TIGHT, message="another", environment="env-0")))
    assert text.count(TIGHT.message) == 1
    assert text.count("    in: env-") == 6
    assert "    in: … 3 more\n" in text
    assert "9 warnings in" in text


@pytest.mark.parametrize(("seconds", "said"), [(0.04, " (0.0 s)"), (1234.5, " (1,234.5 s)"), (None, "")])
def test_text_tells_how_long_it_took(seconds: float | None, said: str) -> None:
    assert written("text", report(seconds=seconds)).endswith(f"no problems in 3 environments{said}\n")


def test_a_secret_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("stringData: {a: tiger}\nuri: postgresql://app:hunter2@shop  # and hunter2\n")
    first, second = (
        replace(SHARED, place=Place("a.yaml", 1, 14), is_secret=True),
        replace(SHARED, place=Place("a.yaml", 2, 1)),
    )
    text = written("text", report(first, second, root=str(tmp_path)))
    assert "tiger" not in text
    assert "hunter2" not in text
    assert "    2 | uri: postgresql://app:…\n" in text


@pytest.mark.parametrize("file", ["none.yaml", "folder", "a.yaml", "\0"])
def test_what_cannot_be_read_has_no_excerpt(file: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "a.yaml").write_bytes(b"")
    text = written("text", report(replace(SHARED, place=Place(file, 7, 1)), root=str(tmp_path)))
    assert " | " not in text
    assert "yaml-tab" in text


def test_no_line_of_text_is_a_command_to_a_ci_system() -> None:
    difference = Difference("dev", "rendered/dev/a.yaml", "edited", " a\n ::stop-commands::x\n+::error::y\n")
    text = written("text", report(command="render --check", differences=(difference,)))
    assert "::stop-commands::x" in text
    assert not [line for line in text.splitlines() if line.lstrip().startswith(("::", "##["))]


def test_a_long_difference_is_cut() -> None:
    difference = Difference("dev", "rendered/dev/a.yaml", "stale", "+a\n" * 100)
    text = written("text", report(command="render --check", differences=(difference,)))
    assert text.count("    | +a\n") == 40
    assert "    | … 60 more lines" in text


# json


@pytest.mark.parametrize("case", REPORTS)
def test_json_has_the_stable_shape(case: str) -> None:
    given = REPORTS[case]
    read = json.loads(written("json", given))
    expected = ["version", "environments", "findings", "summary"]
    if given.command == "render --check":
        expected.insert(3, "differences")
        assert len(read["differences"]) == len(given.differences)
    assert list(read) == expected
    assert read["version"] == 1
    assert len(read["findings"]) == len(given.findings)
    keys = "policy, severity, message, fix, file, line, column, path, environment, cluster, object, related, state"
    assert {", ".join(finding) for finding in read["findings"]} <= {keys}


REPORT = json.loads((ROOT / "schemas" / "report.schema.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", REPORTS)
def test_json_is_what_its_schema_says(case: str) -> None:
    jsonschema.Draft7Validator(REPORT).validate(json.loads((GOLDEN / f"{case}.json").read_text(encoding="utf-8")))


def test_the_schema_of_json_knows_every_word() -> None:
    """It is strict: nothing beside what it names, all of that required, and of `differences` all kinds."""
    found, difference = REPORT["definitions"]["finding"], REPORT["definitions"]["difference"]
    for shape in (found, difference, found["properties"]["object"], REPORT["definitions"]["place"]):
        assert shape["additionalProperties"] is False
        assert set(shape["required"]) == set(shape["properties"])
    assert set(REPORT["properties"]) - set(REPORT["required"]) == {"differences"}
    assert difference["properties"]["kind"]["enum"] == list(KINDS)
    assert {str(severity) for severity in Severity} - {"off"} == set(found["properties"]["severity"]["enum"])
    assert {str(state) for state in State} == set(found["properties"]["state"]["enum"])
    validator = jsonschema.Draft7Validator(REPORT)
    good = json.loads(written("json", REPORTS["findings"]))
    for spoil in ({"severity": "fatal"}, {"line": 0}, {"more": 1}, {"object": {"kind": "a"}}, {"state": None}):
        spoilt = {**good, "findings": [{**good["findings"][0], **spoil}]}
        assert not validator.is_valid(spoilt), spoil


def test_json_keeps_values_as_they_are() -> None:
    read = json.loads(written("json", REPORTS["hostile"]))
    assert read["findings"][0]["message"] == NASTY
    assert read["findings"][0]["object"]["kind"] == NASTY
    assert read["summary"][NASTY] == NASTY


def test_json_has_a_finding_a_line() -> None:
    lines = written("json", REPORTS["findings"]).splitlines()
    assert [json.loads(line.rstrip(","))["policy"] for line in lines[1:-1]] == [
        finding.policy for finding in REPORTS["findings"].findings
    ]


# sarif

TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
LOCATION = {
    "type": "object",
    "required": ["physicalLocation"],
    "properties": {
        "physicalLocation": {
            "required": ["artifactLocation", "region"],
            "properties": {
                # relative, nothing unescaped
                "artifactLocation": {"properties": {"uri": {"pattern": r"^[A-Za-z0-9._~%-][A-Za-z0-9/._~%-]*$"}}},
                "region": {
                    "required": ["startLine", "startColumn", "endLine", "endColumn"],
                    "properties": {
                        "startLine": {"minimum": 1},
                        "startColumn": {"minimum": 1},
                        "endColumn": {"minimum": 2},
                    },
                },
            },
        },
        "message": TEXT,
    },
}
RULE = {
    "required": ["id", "shortDescription", "fullDescription", "help"],
    "properties": {
        "id": {"type": "string", "minLength": 1},
        "shortDescription": {**TEXT, "properties": {"text": {"minLength": 1, "maxLength": 1024}}},
        "fullDescription": {**TEXT, "properties": {"text": {"minLength": 1, "maxLength": 1024}}},
        "help": TEXT,
        "defaultConfiguration": {"required": ["level"], "properties": {"level": LEVEL}},
        "properties": {"properties": {"tags": {"type": "array", "maxItems": 10}}},
    },
}
RESULT = {
    "required": ["ruleId", "ruleIndex", "level", "message", "locations", "partialFingerprints"],
    "properties": {
        "message": TEXT,
        "level": LEVEL,
        "locations": {"type": "array", "minItems": 1, "maxItems": 1, "items": LOCATION},
        "relatedLocations": {"type": "array", "items": LOCATION},
        "partialFingerprints": {"required": ["pggitops/v1"], "additionalProperties": {"type": "string"}},
    },
    "not": {"required": ["suppressions"]},
}
SARIF = {
    "type": "object",
    "required": ["$schema", "version", "runs"],
    "properties": {
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "minItems": 1,
            "maxItems": 1,
            "items": {
                "required": ["tool", "results", "automationDetails"],
                "properties": {
                    "tool": {
                        "properties": {
                            "driver": {
                                "required": ["name", "semanticVersion", "rules"],
                                "properties": {"rules": {"type": "array", "items": RULE}},
                            }
                        }
                    },
                    "results": {"type": "array", "items": RESULT},
                    "automationDetails": {"properties": {"id": {"pattern": "^pggitops/[a-z-]+( [a-z-]+)?/$"}}},
                },
            },
        },
    },
}

PUBLISHED = jsonschema.Draft4Validator(
    json.loads((ROOT / "tests" / "cases" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
)


@pytest.mark.parametrize("case", REPORTS)
def test_sarif_is_what_code_scanning_reads(case: str) -> None:
    read = json.loads(written("sarif", REPORTS[case]))
    jsonschema.validate(read, SARIF)
    PUBLISHED.validate(read)
    run = read["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    assert len({rule["id"] for rule in rules}) == len(rules)


def test_sarif_leaves_out_what_is_accepted() -> None:
    results = json.loads(written("sarif", report(MISSING, WAIVED, IN_BASELINE)))["runs"][0]["results"]
    assert [result["ruleId"] for result in results] == ["backup-missing"]


def test_sarif_has_no_more_results_than_github_takes() -> None:
    many = [replace(TIGHT, place=Place(DEV, line)) for line in range(1, MAX_RESULTS + 5)]
    run = json.loads(written("sarif", report(*many, MISSING)))["runs"][0]
    assert len(run["results"]) == MAX_RESULTS
    assert run["results"][0]["ruleId"] == "backup-missing"
    assert run["properties"] == {"omittedResults": 5}


def test_fingerprints_stay_when_lines_move_and_differ_otherwise() -> None:
    moved = replace(MISSING, place=Place(DEV, 99, 1), message="said otherwise")
    assert fingerprints([MISSING]) == fingerprints([moved])
    others = [
        MISSING,
        replace(MISSING, policy="backup-weak"),
        replace(MISSING, environment="staging"),
        replace(MISSING, cluster="billing"),
        replace(MISSING, path="clusters.orders.backups"),
        replace(MISSING, object=None),
        replace(MISSING, environment=""),
        replace(SHARED, place=Place("environments/bases/a.yaml")),
        replace(SHARED, place=Place("environments/bases/b.yaml")),
        moved,
    ]
    assert len(set(fingerprints(others))) == len(others)


# junit


def suites(given: Report) -> dict[str, ElementTree.Element]:
    return {suite.attrib["name"]: suite for suite in ElementTree.fromstring(written("junit", given))}


@pytest.mark.parametrize("case", REPORTS)
def test_junit_counts_what_it_holds(case: str) -> None:
    found = suites(REPORTS[case])
    assert {plain(name) for name in REPORTS[case].environment_names} <= set(found)
    for suite in found.values():
        assert int(suite.attrib["tests"]) == len(suite.findall("testcase"))
        assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure"))
        assert int(suite.attrib["skipped"]) == len(suite.findall("testcase/skipped"))
        names = [case.attrib["name"] for case in suite]
        assert len(names) == len(set(names))


def test_junit_outcomes() -> None:
    found = suites(report(MISSING, TIGHT, WAIVED, SHARED, environment_names=("dev", "staging", "prod-eu")))
    outcomes = {
        (suite, case.attrib["name"]): case[0].tag if len(case) else "passed"
        for suite, element in found.items()
        for case in element
    }
    assert outcomes == {
        ("dev", "backup-missing orders"): "failure",
        ("dev", "direct-database-access"): "passed",
        ("dev", "memory-tight"): "passed",
        ("staging", "backup-missing orders"): "skipped",
        ("staging", "direct-database-access"): "passed",
        ("staging", "memory-tight orders"): "system-out",
        ("prod-eu", "backup-missing"): "passed",
        ("prod-eu", "direct-database-access"): "passed",
        ("prod-eu", "memory-tight"): "passed",
        ("the fleet", "yaml-tab"): "failure",
    }
    assert found["staging"].find("testcase/skipped").attrib["message"] == "waived: orders is read-only until June"  # type: ignore[union-attr]


def test_junit_does_not_call_passed_what_was_not_judged() -> None:
    dev = suites(report(WRONG_UNIT))["dev"]
    skipped = [case.attrib["name"] for case in dev if case.find("skipped") is not None]
    assert skipped == ["backup-missing", "direct-database-access", "memory-tight"]


# github


def test_github_shows_ten_of_each_kind_and_counts_the_rest() -> None:
    errors = [replace(MISSING, place=Place(DEV, line)) for line in range(1, 14)]
    warnings = [replace(TIGHT, place=Place(DEV, line)) for line in range(1, 12)]
    lines = written("github", report(*warnings, *errors, NOTE)).splitlines()
    kinds = [line.split(" ")[0] for line in lines]
    assert kinds == ["::error"] * 10 + ["3"] + ["::warning"] * 10 + ["1"] + ["::notice"] + ["13"]
    assert lines[10] == "3 more errors without annotation: see the summary of the job"


def test_github_messages_have_an_end() -> None:
    (line, _) = written("github", report(replace(MISSING, message="a" * 10_000))).splitlines()
    assert MAX_MESSAGE < len(line) < MAX_MESSAGE + 300
    assert line.endswith("a …")


def test_github_commands_cannot_be_forged() -> None:
    lines = written("github", REPORTS["hostile"]).splitlines()
    assert [line[:8] for line in lines[:2]] == ["::error "] * 2
    assert len(lines) == 3
    properties = lines[0].removeprefix("::error ").split("::")[0]
    assert [item.split("=")[0] for item in properties.split(",")] == ["file", "line", "col", "title"]


def test_github_appends_the_whole_table_to_the_summary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n", encoding="utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    many = [replace(MISSING, place=Place(DEV, line)) for line in range(1, 400)]
    written("github", report(*many))
    text = summary.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.count("| error |") == 399


def test_github_summary_stays_below_its_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    written(
        "github",
        report(*[replace(MISSING, message="\U0001d54a" * 2_000, place=Place(DEV, n)) for n in range(1, 1_000)]),
    )
    assert MAX_SUMMARY // 2 < (tmp_path / "summary.md").stat().st_size < MAX_SUMMARY


def test_github_says_that_the_summary_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path))
    with pytest.raises(CannotGoOn, match="step summary"):
        written("github", REPORTS["clean"])


def test_github_appends_the_counts_to_the_outputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outputs = tmp_path / "outputs"
    outputs.write_text("before=1\n", encoding="utf-8")
    monkeypatch.setenv("GITHUB_OUTPUT", str(outputs))
    written("github", replace(report(MISSING, TIGHT, NOTE, WAIVED), differences=DIFFERENCES))
    assert outputs.read_text(encoding="utf-8").splitlines() == [
        "before=1",
        "errors=1",
        "warnings=1",
        "infos=1",
        "waived=1",
        "baseline=0",
        f"out-of-date={len(DIFFERENCES)}",
    ]


# the formats whose reader counts from the top of the repository


@pytest.mark.parametrize("format", ["github", "gitlab", "sarif"])
@pytest.mark.parametrize(("root", "file"), [(".", DEV), ("databases/eu", f"databases/eu/{DEV}"), ("../eu", DEV)])
def test_places_count_from_where_the_tool_runs(format: str, root: str, file: str) -> None:
    text = written(format, replace(report(MISSING), root=root))
    assert re.findall(r"[\w/.]*environments/dev/environment\.yaml", text)[0] == file


# gitlab


@pytest.mark.parametrize("case", REPORTS)
def test_gitlab_issues_have_what_the_widget_needs(case: str) -> None:
    issues = json.loads(written("gitlab", REPORTS[case]))
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)
    for issue in issues:
        assert set(issue) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert issue["location"]["lines"]["begin"] >= 1
        assert not issue["location"]["path"].startswith((".", "/"))


def test_gitlab_puts_the_worst_first() -> None:
    issues = json.loads(written("gitlab", REPORTS["findings"]))
    assert [issue["severity"] for issue in issues] == ["major"] * 3 + ["minor", "info"]


# markdown


def test_markdown_is_cut_below_its_limit_and_says_so() -> None:
    many = [replace(MISSING, place=Place(DEV, line)) for line in range(1, 1_001)]
    text = written("markdown", report(*many, TIGHT))
    rows = text.count("\n| error |")
    assert 100 < rows < 1_000
    assert f"… and {1_001 - rows} more that did not fit: {1_000 - rows} errors, 1 warning." in text
    assert markdown.LIMIT - 1_000 < len(text) < markdown.LIMIT


def test_markdown_counts_bytes() -> None:
    many = [replace(MISSING, message="\U0001d54a" * 900, place=Place(DEV, line)) for line in range(1, 1_001)]
    assert markdown.LIMIT // 2 < len(written("markdown", report(*many)).encode()) < markdown.LIMIT


def test_markdown_puts_the_worst_first() -> None:
    rows = [line.split(" | ")[0] for line in written("markdown", REPORTS["findings"]).splitlines() if line[:3] != "|--"]
    assert [row for row in rows if row.startswith("| ")] == [
        "| severity",
        "| error",
        "| error",
        "| error",
        "| warning",
        "| info",
    ]


def test_markdown_values_are_no_markup() -> None:
    rows = [line for line in written("markdown", REPORTS["hostile"]).splitlines() if line.startswith("| error")]
    assert len(rows) == 2
    for row in rows:
        assert row.count("|") == 6
        assert set(re.findall("<[^>]*>", row)) == {"<code>", "</code>"}
        assert not re.search(r"[`*\[\]]|@team|#12\b|://", row)


# every format, whatever the values are

MARKUP = [
    "\n",
    "\r\n",
    "::error::",
    "%0A",
    "%",
    "]]>",
    "<![CDATA[",
    "&amp;",
    "</code>",
    "|",
    "\\|",
    "`",
    "```",
    "-->",
    "@team",
]
OTHERS = [
    "\x00",
    "\x1b[31m",
    "\x85",
    "\u2028",
    "\u202e",
    "\u2066",
    "\ufeff",
    "\ud800",
    "\U0001d54a",
    "a" * 10_000,
    '"',
    "'",
    ",",
]
SHARDS = st.sampled_from([*MARKUP, *OTHERS])
TEXTS = st.lists(SHARDS | st.text(max_size=5), max_size=4).map("".join)


@st.composite
def hostile_findings(draw: st.DrawFn) -> list[Finding]:
    found = []
    for number in range(draw(st.integers(1, 3))):
        reference = ObjectRef(*(draw(TEXTS) for _ in range(5))) if draw(st.booleans()) else None
        place = Place(f"environments/{draw(TEXTS)}", draw(st.integers(0, 3)), draw(st.integers(0, 3)))
        found.append(
            Finding(
                policy=f"p-{number}{draw(TEXTS)}",
                severity=draw(st.sampled_from([Severity.ERROR, Severity.WARNING, Severity.INFO])),
                message=draw(TEXTS),
                fix=draw(TEXTS),
                place=place,
                path=draw(TEXTS),
                environment=draw(TEXTS),
                cluster=draw(TEXTS),
                object=reference,
                related=(Place(draw(TEXTS)),) if draw(st.booleans()) else (),
            )
        )
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(hostile_findings())
def test_no_value_breaks_out_of_its_place(found: list[Finding]) -> None:
    given = report(*found, environment_names=(), policies={}, root="\0")
    texts = {format: written(format, given) for format in FORMATS}
    for text in texts.values():
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\ud800-\udfff]", text)
    read = json.loads(texts["json"])
    jsonschema.Draft7Validator(REPORT).validate(read)
    assert [one["message"] for one in read["findings"]] == [one.message for one in given.findings]
    sarif = json.loads(texts["sarif"])
    PUBLISHED.validate(sarif)
    jsonschema.validate(sarif, SARIF)
    assert len(sarif["runs"][0]["results"]) == len(found)
    cases = [case for suite in ElementTree.fromstring(texts["junit"]) for case in suite.findall("testcase")]
    assert len(cases) == len(found)
    lines = texts["github"].splitlines()
    assert len(lines) == len(found) + 1
    assert all(
        re.fullmatch(r"::(error|warning|notice) file=[^,:]*,line=\d+,col=\d+,title=[^,:]*::.*", line)
        for line in lines[:-1]
    )
    assert len(json.loads(texts["gitlab"])) == len(found)
    rows = [line for line in texts["markdown"].splitlines() if re.match(r"\| (error|warning|info) \|", line)]
    assert len(rows) == len(found)
    assert all(row.count("|") == 6 and len(re.findall("<[^>]*>", row)) == 4 for row in rows)
    assert len(texts["markdown"].encode()) < markdown.LIMIT
    assert not [line for line in texts["text"].splitlines() if line.lstrip().startswith("::")]


def test_one_of_a_thing_is_no_many() -> None:
    report = Report("render", 1, summary={"objects": 1, "written": 1, "outputs": 1, "stopped": 0, "not judged": "none"})
    assert written("text", report).splitlines()[0] == "1 object, 1 written, 1 output, 0 stopped, not judged: none"
