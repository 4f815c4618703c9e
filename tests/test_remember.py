"""What several policies ask of a resource is worked out once, however many resources are judged together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pggitops.remember import forget, once


def test_each_of_many_resources_is_looked_at_once() -> None:
    seen: list[int] = []

    @once
    def number(resource: Mapping[str, Any]) -> int:
        seen.append(resource["number"])
        return seen[-1]

    resources = [{"number": each} for each in range(1_000)]
    for _ in range(3):
        assert [number(each) for each in resources] == list(range(1_000))
    assert len(seen) == 1_000
    forget()
    assert number(resources[7]) == 7
    assert len(seen) == 1_001


def test_equal_resources_are_not_the_same() -> None:
    seen: list[int] = []

    @once
    def identity(resource: Mapping[str, Any]) -> int:
        seen.append(id(resource))
        return id(resource)

    one, other = {"a": 1}, {"a": 1}
    assert identity(one) == id(one) != identity(other)
    assert len(seen) == 2
