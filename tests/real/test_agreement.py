"""The tool's verdict on an object is the API server's, over thousands of objects with one thing wrong."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import corpus
import yaml
from api_server import OPERATOR, OPERATORS, Server, structural_files
from corpus import Case

from pggitops.schema import check_manifest

HERE = Path(__file__).parent
NOTES = yaml.safe_load((HERE / "agreement.yaml").read_bytes())
GOOD = {document["kind"]: document for document in yaml.safe_load_all((HERE / "good.yaml").read_bytes())}


def accepted_by_us(document: dict[str, Any], operator: str) -> bool:
    return not check_manifest(document, operator, None)


def accepted_by(server: Server, document: dict[str, Any]) -> bool:
    return server.apply(json.dumps(document).encode(), document, dry_run=True).accepted


def structural(operator: str) -> Iterator[dict[str, Any]]:
    """The kinds of this operator version, and on the newest also everybody else's."""
    for file in structural_files(operator):
        if operator == OPERATORS[-1] or file.parent.name.startswith(OPERATOR):
            yield json.loads(file.read_bytes())


def cases(server: Server) -> Iterator[Case]:
    """Every good object, and it spoilt; where the good one breaks a rule, spoiling it would teach nothing."""
    for kind in structural(server.operator):
        schema, good = kind["schema"], GOOD[kind["kind"]]
        yield Case("good", (), good)
        for place in corpus.places(schema, good):
            if accepted_by(server, place.control):
                yield from corpus.spoilt(place, schema)
            else:
                yield Case("rule", place.path, place.control)
        yield from corpus.combined(schema, good)
        yield from corpus.with_metadata(good, NOTES["metadata"])


def test_the_verdicts_agree(api: Server) -> None:
    verdicts: Counter[bool] = Counter()
    differences: list[str] = []
    stricter = set()
    for case in cases(api):
        theirs, ours = accepted_by(api, case.document), accepted_by_us(case.document, api.operator)
        verdicts[theirs] += 1
        if theirs and not ours and case.word in NOTES["stricter"]:
            stricter.add(case.word)
        elif theirs != ours:
            value = json.dumps(corpus.at(case.document, case.path))[:200]
            verdict = f"the server {'takes' if theirs else 'refuses'} it"
            differences.append(f"{case.word}: {verdict}: {case.document['kind']}.{case.path}: {value}")
    assert differences == []
    assert min(verdicts.values()) > 300
    assert sum(verdicts.values()) > 2000
    if api.operator == OPERATORS[-1]:
        assert stricter == set(NOTES["stricter"])
