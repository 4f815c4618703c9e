"""What nobody told the tool: a stand-in for a value that raises as soon as somebody looks at it."""

from __future__ import annotations

from typing import Any, NoReturn


class NotKnown(Exception):
    """A policy needs what is not known here; the text says what."""


class Unknown:
    """Stands for a value that is not known; asked for anything, it raises NotKnown with what it stands for."""

    __slots__ = ("_what",)

    def __init__(self, what: str) -> None:
        object.__setattr__(self, "_what", what)

    def _raise(self, *given: Any) -> NoReturn:
        raise NotKnown(object.__getattribute__(self, "_what"))

    def __getattr__(self, name: str) -> NoReturn:
        self._raise()

    def __eq__(self, other: object) -> bool:
        self._raise()

    __bool__ = __iter__ = __len__ = __contains__ = __getitem__ = __str__ = __hash__ = __lt__ = __gt__ = _raise

    def __repr__(self) -> str:
        return f"Unknown({object.__getattribute__(self, '_what')!r})"


def unknown(what: str) -> Any:
    """A stand-in of whatever type is asked for; `what` says why it is not known: "they need …"."""
    return Unknown(what)
