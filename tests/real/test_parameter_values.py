"""What a real server says to each value of `tests/cases/parameters.yaml`, of a major that is installed here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import postgres
import pytest
import unprivileged

from pggitops import guc, parameters, yamlio

pytestmark = pytest.mark.real

CASES = yamlio.load((Path(__file__).parents[1] / "cases" / "parameters.yaml").read_bytes())[0]
# a server without the extension takes any value; what Patroni refuses the server may take
JUDGED_BY_THE_SERVER = [case for case in CASES if not case.get("patroni") and "." not in case["name"]]
DEBIAN = 15


def bin_of(major: int) -> Path | None:
    return postgres.programs(None) if major == DEBIAN else postgres.programs(major)


@pytest.mark.parametrize("major", parameters.MAJORS)
def test_the_server_agrees(major: int) -> None:
    bin = bin_of(major)
    if bin is None:
        pytest.skip(f"PostgreSQL {major} is not installed here")
    with unprivileged.folder() as home:
        disagreements = [
            case for case in JUDGED_BY_THE_SERVER if case["major"] == major and not agrees(bin, home, case)
        ]
    assert disagreements == []


def agrees(bin: Path, home: Path, case: dict[str, Any]) -> bool:
    """Whether the server takes a value as we do, and reads the same number in it."""
    name, value = case["name"], parameters.text(case["value"])
    (home / "postgresql.conf").write_text(f"{name} = '{value.replace(chr(39), chr(39) * 2)}'\n")
    answer = unprivileged.run([bin / "postgres", "-C", name, "-D", home], home)
    if answer.returncode != 0 or "kind" in case:
        return (answer.returncode != 0) == ("kind" in case)
    known = parameters.parameter(name, case["major"])
    assert known is not None
    if known.type == "integer":
        return int(answer.stdout) == guc.integer(value, known.unit)
    return known.type != "real" or float(answer.stdout) == pytest.approx(guc.real(value, known.unit))
