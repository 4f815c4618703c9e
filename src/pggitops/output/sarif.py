"""SARIF 2.1.0, as GitHub code scanning reads it."""

from __future__ import annotations

import json
import urllib.parse
from collections.abc import Iterable
from typing import Any, TextIO

from pggitops import __version__
from pggitops.findings import Finding, Place, Severity
from pggitops.output.json_ import write_list
from pggitops.output.plain import plain
from pggitops.output.report import PolicyInfo, Report, fingerprints, from_here, object_name, problems, sentences

MAX_RESULTS = 25_000
"""GitHub refuses a run with more."""

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note", Severity.OFF: "none"}
_PROBLEMS = {Severity.ERROR: "error", Severity.WARNING: "warning"}
_MAX_DESCRIPTION = 1024
_STAGES = {
    "yaml": "the file can be read as strict YAML 1.2",
    "schema": "the document or object has the shape its schema asks for",
    "reference": "what is named exists",
    "template": "the template can be rendered",
    "policy": "a policy can judge, and is set as it can be",
    "output": "what is committed in rendered/ is what rendering gives",
}


def write(report: Report, stream: TextIO) -> None:
    """What is open, as one run; what is waived is left out, since GitHub would open alerts for it.

    Results come worst first, at most `MAX_RESULTS`; `properties.omittedResults` says how many are missing.
    """
    found = problems(report)
    shown = found[:MAX_RESULTS]
    rules = _rules(report, shown)
    index = {rule["id"]: position for position, rule in enumerate(rules)}
    prints = fingerprints(shown)
    stream.write('{"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [\n')
    stream.write(f'{{"tool": {{"driver": {{"name": "pggitops", "semanticVersion": "{__version__}", "rules": ')
    write_list(rules, stream)
    run: dict[str, Any] = {
        "automationDetails": {"id": f"pggitops/{report.command.replace(' --', '-')}/"},
        "columnKind": "unicodeCodePoints",
    }
    if len(found) > len(shown):
        run["properties"] = {"omittedResults": len(found) - len(shown)}
    stream.write(f'}}}}, {json.dumps(run)[1:-1]}, "results": ')
    write_list((_result(report, finding, index, name) for finding, name in zip(shown, prints, strict=True)), stream)
    stream.write("}]}\n")


def _rules(report: Report, shown: Iterable[Finding]) -> list[dict[str, Any]]:
    known = {policy.id: policy for policy in report.policies.values()}
    for finding in shown:
        if finding.policy not in known:
            known[finding.policy] = _of_a_stage(finding)
    return [_rule(known[id]) for id in sorted(known)]


def _of_a_stage(finding: Finding) -> PolicyInfo:
    """What there is to say of an id that belongs to no policy."""
    stage = finding.policy.partition("-")[0]
    summary = _STAGES.get(stage, finding.policy)
    return PolicyInfo(finding.policy, summary, "", stage, finding.severity)


def _rule(policy: PolicyInfo) -> dict[str, Any]:
    # an empty text counts as none, and every rule must have all three
    summary = plain(policy.summary) or plain(policy.id)
    page = "\n".join(plain(line) for line in policy.help.splitlines()).strip()
    # a link would have to be absolute, and the page is all here
    help = f"{page}\n\nIn a terminal: `pggitops policies {plain(policy.id)}`" if page else summary
    page = page or summary
    return {
        "id": plain(policy.id),
        "shortDescription": {"text": summary[:_MAX_DESCRIPTION]},
        "fullDescription": {"text": _first_paragraph(page, summary)[:_MAX_DESCRIPTION]},
        "help": {"text": help, "markdown": help},
        "defaultConfiguration": {"level": _LEVELS[policy.severity]},
        "properties": {
            "tags": [plain(policy.family)] if policy.family else [],
            "precision": "high",
            "problem.severity": _PROBLEMS.get(policy.severity, "recommendation"),
        },
    }


def _first_paragraph(page: str, otherwise: str) -> str:
    paragraphs = (paragraph.strip() for paragraph in page.split("\n\n"))
    return next((paragraph for paragraph in paragraphs if paragraph and not paragraph.startswith("#")), otherwise)


def _result(report: Report, finding: Finding, index: dict[str, int], fingerprint: str) -> dict[str, Any]:
    id = plain(finding.policy)
    result: dict[str, Any] = {
        "ruleId": id,
        "ruleIndex": index[id],
        "level": _LEVELS[finding.severity],
        "message": {"text": sentences(finding) or id},
        "locations": [_location(report, finding.place) | _logical(finding)],
        "partialFingerprints": {"pggitops/v1": fingerprint},
    }
    if finding.related:
        result["relatedLocations"] = [
            {"id": number, **_location(report, place), "message": {"text": f"see also {plain(str(place))}"}}
            for number, place in enumerate(finding.related, 1)
        ]
    return result


def _location(report: Report, place: Place) -> dict[str, Any]:
    line, column = max(place.line, 1), max(place.column, 1)
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(from_here(report, place.file)), "uriBaseId": "%SRCROOT%"},
            # a line of the overlay and no more: an annotation needs every line of its region in the pull request
            "region": {"startLine": line, "startColumn": column, "endLine": line, "endColumn": column + 1},
        }
    }


def _uri(file: str) -> str:
    return urllib.parse.quote(file or ".", safe="/", errors="surrogatepass")


def _logical(finding: Finding) -> dict[str, Any]:
    """The object and the place in the overlay's own terms, for viewers that show them."""
    named = []
    if finding.path:
        named.append({"fullyQualifiedName": plain(finding.path), "kind": "member"})
    if finding.object:
        named.append({"fullyQualifiedName": plain(object_name(finding.object)), "kind": "object"})
    return {"logicalLocations": named} if named else {}
