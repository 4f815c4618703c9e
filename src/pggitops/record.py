"""Dataclasses that are cheap to make: a run imports a hundred of them before it reads its first file."""

from __future__ import annotations

import typing
from dataclasses import dataclass, field, fields

_T = typing.TypeVar("_T")


@typing.dataclass_transform(eq_default=False, frozen_default=True, field_specifiers=(field,))
def record(cls: type[_T]) -> type[_T]:
    """A dataclass that the type checker holds frozen; two are equal only if they are the same.

    Frozen and compared at run time too, it would cost three times as much to define and twice as much to make.
    """
    # without a text, dataclass would work out the signature to make one
    cls.__doc__ = cls.__doc__ or cls.__name__
    made = dataclass(slots=True, eq=False, repr=False)(cls)
    made.__repr__ = _shown  # type: ignore[method-assign]  # one function for all, instead of one compiled for each
    return made


def _shown(self: typing.Any) -> str:
    values = ", ".join(f"{each.name}={getattr(self, each.name)!r}" for each in fields(self))
    return f"{type(self).__name__}({values})"
