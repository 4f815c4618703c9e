"""Documents that hold every word of the overlay, made from the schemas' own examples."""

from __future__ import annotations

from typing import Any

from pggitops import schema, vocabulary

LEAST: dict[str, Any] = {
    "namespace": {"name": "payments-db"},
    "target": {"name": "gke-eu1"},
    "operator": {"version": "3.0.0"},
    "clusters": {
        "payments": {
            "owner": "team-payments",
            "postgres": {"version": 18},
            "instances": {"replicas": 3, "storage": "100Gi"},
            "backups": {"repos": {"repo1": {"s3": {"bucket": "acme-pg", "region": "eu-central-1"}}}},
        }
    },
}
"""The least that is an environment."""


def filled(form: str, pick: int) -> dict[str, Any]:
    """A valid document of a form with every word in it; `pick` chooses among words that exclude each other."""
    whole = schema.runtime_schema(form)
    document: dict[str, Any] = _value(whole, whole["$defs"], pick)
    if form == "environment":
        document["kind"] = "Environment"
    return document


def _value(part: dict[str, Any], definitions: dict[str, Any], pick: int) -> Any:
    part = vocabulary.resolved(part, definitions)
    kinds = [part["type"]] if isinstance(part.get("type"), str) else part.get("type", [])
    if "object" in kinds and part.get("properties"):
        left_out = _left_out(part, pick)
        words = {word: each for word, each in part["properties"].items() if word not in left_out}
        return {word: _value(each, definitions, pick) for word, each in words.items()}
    if "object" in kinds and isinstance(part.get("additionalProperties"), dict):
        names = part.get("propertyNames", {}).get("examples", ["some"])
        return {name: _value(part["additionalProperties"], definitions, pick) for name in names}
    if "array" in kinds and "items" in part and "examples" not in part:
        return [_value(part["items"], definitions, pick)]
    for word in ("examples", "enum"):
        if part.get(word):
            values = [value for value in part[word] if value is not None]
            return values[pick % len(values)]
    if "const" in part:
        return part["const"]
    return True if "boolean" in kinds else part.get("default", {})


def _left_out(part: dict[str, Any], pick: int) -> set[str]:
    """The words that would exclude the chosen one."""
    names = [branch["required"][0] for branch in part.get("oneOf", ())]
    names = names or [name for name in ("volume", "s3", "gcs", "azure") if name in part["properties"]]
    return set(names) - {names[pick % len(names)]} if names else set()
