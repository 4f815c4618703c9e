"""What an API server fills in before it looks at an object: the defaults its CustomResourceDefinition declares.

Source: k8s.io/apiextensions-apiserver 0.36.1, `pkg/apiserver/schema/defaulting`.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from pggitops.kinds import resolved

Schema = Mapping[str, Any]


def with_defaults(value: Any, schema: Schema, definitions: Mapping[str, Any]) -> Any:
    """A copy of a value with what its schema declares where nothing stands; what is declared is filled in as well.

    A null where none may be gives way to the default, if there is one.
    """
    schema = resolved(dict(schema), definitions)
    if isinstance(value, dict):
        return _map(value, schema, definitions)
    if isinstance(value, list):
        items = schema.get("items", {})
        return [with_defaults(_filled(each, items, definitions), items, definitions) for each in value]
    return value


def _map(value: dict[str, Any], schema: Schema, definitions: Mapping[str, Any]) -> dict[str, Any]:
    properties, others = schema.get("properties", {}), schema.get("additionalProperties")
    others = others if isinstance(others, dict) else {}
    result = {}
    for key, each in value.items():
        part = properties.get(key, others)
        result[key] = with_defaults(_filled(each, part, definitions), part, definitions)
    for key, part in properties.items():
        known = resolved(part, definitions)
        if key not in value and known.get("default") is not None:
            result[key] = with_defaults(copy.deepcopy(known["default"]), known, definitions)
    return result


def _filled(value: Any, schema: Schema, definitions: Mapping[str, Any]) -> Any:
    """The value, or, for a null that may not be, a copy of the default."""
    if value is not None:
        return value
    schema = resolved(dict(schema), definitions)
    return None if _takes_null(schema) else copy.deepcopy(schema.get("default"))


def _takes_null(schema: Schema) -> bool:
    types = schema.get("type", [])
    return "null" in types if isinstance(types, list) else types == "null"
