"""`omit`: the value that makes its key go."""

from __future__ import annotations

from typing import Any


class _Omit:
    """The one value of its kind."""

    def __repr__(self) -> str:
        return "omit"


omit = _Omit()


def or_omit(value: Any) -> Any:
    """The value, or `omit` for nothing: None, an empty map. An empty list says something: no rule, no egress."""
    return omit if value is None or value == {} else value


def without_omitted(mapping: dict[str, Any]) -> dict[str, Any]:
    """The map without the keys whose value is `omit`."""
    return {key: value for key, value in mapping.items() if value is not omit}
