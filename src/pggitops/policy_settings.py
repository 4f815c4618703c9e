"""Settings of policies: what may be written for one, by the value it has if nobody says otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pggitops import units
from pggitops.findings import Path, Violation, did_you_mean

Settings = Mapping[str, Any]
"""A policy's settings by name, each with its default."""


def check(policy: str, given: Mapping[str, Any], settings: Settings, path: Path) -> Iterator[Violation]:
    """What is wrong with the settings that an overlay gives a policy at a path; its severity is none."""
    for name, value in given.items():
        if name == "severity" or (name in settings and _fits(value, settings[name])):
            continue
        from pggitops.schema.repair import flow, show  # only a mistake needs it

        if name not in settings:
            message = f'{policy} has no setting "{name}"{did_you_mean(name, (*settings, "severity"))}'
            listed = ", ".join(f"`{one}: {flow(default)}`" for one, default in settings.items())
            fix = f"It has {listed}." if listed else "It has none: only `severity` can be set."
            yield Violation(message, fix, (*path, name), "policy-setting-unknown", at_key=True)
        else:
            message = f"`{name}` of {policy} is {show(value)}, and should be {kind(settings[name])}"
            fix = f"Write it like the default: `{name}: {flow(settings[name])}`."
            yield Violation(message, fix, (*path, name), "policy-setting-wrong")


def kind(default: Any) -> str:
    """What a value must be that stands for this default, in words."""
    if isinstance(default, bool):
        return "true or false"
    if isinstance(default, int):
        return "a whole number from 0"
    if isinstance(default, float):
        return "a number from 0"
    if isinstance(default, list):
        return "a list of texts"
    if _is_duration(default):
        return "a duration like 12h"
    return "a quantity like 8Gi" if _is_quantity(default) else "a text"


def _fits(value: Any, default: Any) -> bool:
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(default, bool) and isinstance(value, bool)
    if isinstance(default, int | float):
        return isinstance(value, int if isinstance(default, int) else (int, float)) and value >= 0
    if isinstance(default, list):
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    if _is_duration(default):
        return _is_duration(value)
    return _is_quantity(value) if _is_quantity(default) else isinstance(value, str)


def _is_duration(value: Any) -> bool:
    try:
        return isinstance(value, str) and units.seconds(value) >= 0
    except ValueError:
        return False


def _is_quantity(value: Any) -> bool:
    try:
        return isinstance(value, str | int | float) and units.quantity(value) >= 0
    except ValueError:
        return False
