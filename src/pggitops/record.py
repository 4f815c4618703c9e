"""Dataclasses that are cheap to define: a run imports over a hundred of them before it reads its first file."""

from __future__ import annotations

import typing
from collections.abc import Callable
from dataclasses import MISSING, Field, dataclass, field, fields
from operator import attrgetter

_T = typing.TypeVar("_T")


@typing.dataclass_transform(eq_default=False, frozen_default=True, field_specifiers=(field,))
def record(cls: type[_T]) -> type[_T]:
    """A dataclass that the type checker holds frozen; two are equal only if they are the same.

    Frozen and compared at run time too, it would cost ten times as much to define and twice as much to make.
    """
    # without a text, dataclass would work out the signature to make one
    cls.__doc__ = cls.__doc__ or cls.__name__
    made = dataclass(slots=True, init=False, eq=False, repr=False)(cls)
    made.__init__ = _first  # type: ignore[method-assign]  # compiled later, and only if there are several
    made.__repr__ = _shown  # type: ignore[method-assign]  # one function for all, instead of one compiled for each
    return made


@typing.dataclass_transform(eq_default=False, field_specifiers=(field,))
def mutable(cls: type[_T]) -> type[_T]:
    """A record whose attributes change."""
    return record(cls)


@typing.dataclass_transform(eq_default=True, frozen_default=True, field_specifiers=(field,))
def value(cls: type[_T]) -> type[_T]:
    """A record that is what it holds: two that hold the same are equal."""
    made = record(cls)
    held = attrgetter(*made.__match_args__)  # type: ignore[attr-defined]  # dataclass has made them

    def is_equal(self: typing.Any, other: typing.Any) -> bool:
        return bool(held(self) == held(other)) if type(other) is type(self) else NotImplemented

    made.__eq__ = is_equal  # type: ignore[method-assign]  # as for __repr__
    made.__hash__ = lambda self: hash(held(self))  # type: ignore[method-assign]  # as for __repr__
    return made


_FEW = 4
_made: dict[type, int] = {}


def _first(self: typing.Any, *args: typing.Any, **kwargs: typing.Any) -> None:
    """What makes the first few of a kind; to compile what makes the others takes as long as to make ten like this."""
    kind = type(self)
    _made[kind] = _made.get(kind, 0) + 1
    given = dict(zip(kind.__match_args__, args, strict=False)) | kwargs
    is_wrong = len(given) < len(args) + len(kwargs)
    values = [(each.name, given.pop(each.name) if each.name in given else _default(each)) for each in fields(kind)]
    if is_wrong or given or _made[kind] > _FEW or any(value is MISSING for _, value in values):
        kind.__init__ = _initializer(kind)
        kind.__init__(self, *args, **kwargs)
        return
    for name, value in values:
        setattr(self, name, value)


def _default(each: Field[typing.Any]) -> typing.Any:
    return each.default if each.default_factory is MISSING else each.default_factory()


def _initializer(kind: typing.Any) -> Callable[..., None]:
    """The `__init__` that dataclass would compile."""
    names: dict[str, typing.Any] = {"MISSING": MISSING}
    parameters, body = ["self"], [" pass"]
    for each in fields(kind):
        name, value = each.name, each.name
        if each.default_factory is not MISSING:
            names[f"make_{name}"] = each.default_factory
            parameters.append(f"{name}=MISSING")
            value = f"make_{name}() if {name} is MISSING else {name}"
        elif each.default is not MISSING:
            names[f"default_{name}"] = each.default
            parameters.append(f"{name}=default_{name}")
        else:
            parameters.append(name)
        body.append(f" self.{name} = {value}")
    exec("\n".join([f"def __init__({', '.join(parameters)}):", *body]), names)
    made: Callable[..., None] = names["__init__"]
    return made


def _shown(self: typing.Any) -> str:
    values = ", ".join(f"{each.name}={getattr(self, each.name)!r}" for each in fields(self))
    return f"{type(self).__name__}({values})"
