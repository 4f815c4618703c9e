"""Names that must name something: `tests/cases/references.yaml`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pggitops import modelling, policies, references, schema, yamlio
from pggitops.compose.merge import merge
from pggitops.findings import dotted
from samples import LEAST

CASES = yamlio.load((Path(__file__).parent / "cases" / "references.yaml").read_bytes())[0]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case(case: dict[str, Any]) -> None:
    document = merge(LEAST, case["document"])
    assert not schema.check(document, "composed")
    found = list(references.check(modelling.build("prod", document), policies.ids(), ()))
    expected = case.get("expected", [])
    assert [(each.policy, dotted(each.path)) for each in found] == [(each["policy"], each["path"]) for each in expected]
    for violation, each in zip(found, expected, strict=True):
        assert each["says"] in violation.message
        assert each.get("fix", "") in violation.fix
