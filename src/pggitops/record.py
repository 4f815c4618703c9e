"""Dataclasses that are cheap to define; a run imports over a hundred of them before it reads its first file."""

from __future__ import annotations

import functools
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field
from operator import attrgetter
from types import MappingProxyType

_T = typing.TypeVar("_T")


@typing.dataclass_transform(eq_default=False, frozen_default=True, field_specifiers=(field,))
def record(cls: type[_T]) -> type[_T]:
    """A dataclass that the type checker holds frozen; two are equal only if they are the same.

    Frozen and compared at run time too, it would cost ten times as much to define and twice as much to make.
    """
    own = cls.__annotations__
    types: dict[str, typing.Any] = {}
    written: dict[str, typing.Any] = {}
    for base in reversed(cls.__bases__):
        types |= getattr(base, "__record_types__", {})
        written |= getattr(base, "__record_written__", {})
    body = {name: value for name, value in cls.__dict__.items() if name not in own and name not in _OF_INSTANCES}
    body["__slots__"] = tuple([name for name in own if name not in types])
    types |= own
    written |= {name: cls.__dict__[name] for name in own if name in cls.__dict__}
    body |= {"__record_types__": types, "__record_written__": written, "__match_args__": tuple(types)}
    body |= {"__dataclass_fields__": _FIELDS, "__init__": _first, "__repr__": _shown}
    make: Callable[..., type[_T]] = type(cls)
    return make(cls.__name__, cls.__bases__, body)


# a class with slots has neither
_OF_INSTANCES = ("__dict__", "__weakref__")


@typing.dataclass_transform(eq_default=False, field_specifiers=(field,))
def mutable(cls: type[_T]) -> type[_T]:
    """A record whose attributes change."""
    return record(cls)


@typing.dataclass_transform(eq_default=True, frozen_default=True, field_specifiers=(field,))
def value(cls: type[_T]) -> type[_T]:
    """A record that is what it holds: two that hold the same are equal."""
    made = record(cls)
    held = attrgetter(*made.__match_args__)  # type: ignore[attr-defined]  # a record has them

    def is_equal(self: typing.Any, other: typing.Any) -> bool:
        return bool(held(self) == held(other)) if type(other) is type(self) else NotImplemented

    made.__eq__ = is_equal  # type: ignore[method-assign]  # one for all, instead of one compiled for each
    made.__hash__ = lambda self: hash(held(self))  # type: ignore[method-assign]  # as for __eq__
    return made


def described(kind: typing.Any) -> list[tuple[str, typing.Any, Mapping[typing.Any, typing.Any]]]:
    """Each field of a class of records: its name, annotation and metadata; cheaper than `dataclasses.fields`."""
    written = kind.__record_written__
    return [(name, type, _metadata(written.get(name))) for name, type in kind.__record_types__.items()]


def _metadata(written: typing.Any) -> Mapping[typing.Any, typing.Any]:
    return written.metadata if written.__class__ is Field else _NOTHING


_NOTHING: Mapping[typing.Any, typing.Any] = MappingProxyType({})


def is_kind(value: typing.Any) -> bool:
    """Whether it is a class of records; cheaper than `dataclasses.is_dataclass`."""
    return hasattr(value, "__record_types__")


class _Fields:
    """What `dataclasses` wants to know of a record, worked out when it asks."""

    def __get__(self, instance: object, kind: type) -> dict[str, Field[typing.Any]]:
        return _fields(kind)


_FIELDS = _Fields()


@functools.cache
def _fields(kind: typing.Any) -> dict[str, Field[typing.Any]]:
    body = {"__module__": kind.__module__, "__annotations__": kind.__record_types__, **kind.__record_written__}
    known: typing.Any = dataclass(init=False, eq=False, repr=False)(type(kind.__name__, (), body))
    found: dict[str, Field[typing.Any]] = known.__dataclass_fields__
    return found


_FEW = 4
_made: dict[type, int] = {}


def _first(self: typing.Any, *args: typing.Any, **kwargs: typing.Any) -> None:
    """What makes the first few of a kind; to compile what makes the others takes as long as to make ten like this."""
    kind = type(self)
    made = _made[kind] = _made.get(kind, 0) + 1
    given = dict(zip(kind.__match_args__, args, strict=False)) | kwargs
    values = {**kind.__record_written__, **given}
    is_wrong = len(given) < len(args) + len(kwargs) or values.keys() != kind.__record_types__.keys()
    if is_wrong or made > _FEW or not all(_set(self, name, value) for name, value in values.items()):
        kind.__init__ = _initializer(kind)
        kind.__init__(self, *args, **kwargs)


def _set(record: typing.Any, name: str, value: typing.Any) -> bool:
    """Give an attribute its value, or what is written for it; False if there is none."""
    if value.__class__ is Field:
        value = value.default if value.default_factory is MISSING else value.default_factory()
    setattr(record, name, value)
    return value is not MISSING


def _initializer(kind: typing.Any) -> Callable[..., None]:
    """The `__init__` that dataclass would compile."""
    names: dict[str, typing.Any] = {"MISSING": MISSING}
    parameters, body = ["self"], [" pass"]
    for name in kind.__match_args__:
        value, default = name, kind.__record_written__.get(name, MISSING)
        factory = default.default_factory if default.__class__ is Field else MISSING
        if default.__class__ is Field:
            default = default.default
        if factory is not MISSING:
            names[f"make_{name}"] = factory
            parameters.append(f"{name}=MISSING")
            value = f"make_{name}() if {name} is MISSING else {name}"
        elif default is not MISSING:
            names[f"default_{name}"] = default
            parameters.append(f"{name}=default_{name}")
        else:
            parameters.append(name)
        body.append(f" self.{name} = {value}")
    exec("\n".join([f"def __init__({', '.join(parameters)}):", *body]), names)
    made: Callable[..., None] = names["__init__"]
    return made


def _shown(self: typing.Any) -> str:
    values = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__match_args__)
    return f"{type(self).__name__}({values})"
