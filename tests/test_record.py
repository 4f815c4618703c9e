"""Records: the first few are made in another way than those after them."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import field, replace
from typing import Any

import pytest

from pggitops.record import mutable, record, value

MANY = 10


def kinds() -> Iterator[Any]:
    @record
    class Recorded:
        name: str
        size: int = 3
        parts: list[str] = field(default_factory=list)

    @mutable
    class Mutable:
        name: str
        size: int = 3
        parts: list[str] = field(default_factory=list)

    @value
    class Valued:
        name: str
        size: int = 3
        parts: list[str] = field(default_factory=list)

    yield from (Recorded, Mutable, Valued)


@value
class Point:
    x: int
    y: int = 0


@pytest.mark.parametrize("kind", list(kinds()), ids=lambda kind: kind.__name__)
def test_each_is_made_as_the_first(kind: Any) -> None:
    seen = []
    for _ in range(MANY):
        one, other = kind("a"), kind("b", parts=["c"], size=4)
        assert (one.name, one.size, one.parts) == ("a", 3, [])
        assert (other.name, other.size, other.parts) == ("b", 4, ["c"])
        assert (
            repr(replace(other, name="d")) == f"{kind.__qualname__.rpartition('.')[2]}(name='d', size=4, parts=['c'])"
        )
        seen.append(one.parts)
    assert len({id(parts) for parts in seen}) == MANY


@pytest.mark.parametrize("before", [0, MANY])
@pytest.mark.parametrize(
    ("args", "kwargs", "says"),
    [
        ((), {}, "missing 1 required positional argument: 'name'"),
        (("a",), {"name": "b"}, "multiple values for argument 'name'"),
        (("a",), {"nane": "b"}, "unexpected keyword argument 'nane'"),
        (("a", 1, [], 2), {}, "takes from 2 to 4 positional arguments but 5 were given"),
    ],
)
def test_wrong_arguments(before: int, args: tuple[Any, ...], kwargs: dict[str, Any], says: str) -> None:
    for kind in kinds():
        for _ in range(before):
            kind("a")
        with pytest.raises(TypeError, match=says):
            kind(*args, **kwargs)


def test_values_are_what_they_hold() -> None:
    points = {Point(1), Point(1, 0), Point(0, 1)}
    assert points == {Point(x=1), Point(0, y=1)}
    assert Point(1) != (1, 0)
    assert pickle.loads(pickle.dumps(Point(1, 2))) == Point(1, 2)


def test_records_are_equal_only_to_themselves() -> None:
    kind = next(kinds())
    one = kind("a")
    assert one == one
    assert one != kind("a")
