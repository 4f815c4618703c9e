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
    return omit if value is None or (not value and isinstance(value, dict)) else value


def without_omitted(mapping: dict[str, Any], *optional: str) -> dict[str, Any]:
    """The map itself without those of its optional keys whose value is `omit`."""
    for key in optional:
        if mapping[key] is omit:
            del mapping[key]
    return mapping
