"""The folder of the policies, which are found and imported without a search for each.

Which there are a run knows from `registry.py`, and imports those it asks.
"""

from __future__ import annotations

import os
import sys
from importlib.machinery import SourceFileLoader
from types import ModuleType
from typing import Any

from pggitops.policies.concern import About

Row = tuple[str, str, str, str, About | None, dict[str, Any] | None]
"""What the registry has of a policy: family, scope, severity, lenient severity, what it is about, settings."""

_FOLDER = os.path.dirname(__file__)


def families() -> dict[str, str]:
    """The family of every policy by its id, as the folder has it."""
    found = {}
    for family in os.listdir(_FOLDER):
        folder = f"{_FOLDER}/{family}"
        for name in os.listdir(folder) if os.path.isdir(folder) else ():
            slug, _, ending = name.rpartition(".")
            if ending == "py" and not slug.startswith("_"):
                found[slug.replace("_", "-")] = family
    return dict(sorted(found.items()))


def page(family: str, id: str) -> str:
    """A policy's page: its docstring."""
    return (module(family, id).__doc__ or "").strip()


def module(family: str, id: str) -> ModuleType:
    """The module of a policy, as `import` would make it.

    That looks for each in every place where it is not, and takes two and a half times as long; a run needs many.
    """
    slug = id.replace("-", "_")
    name = f"{__package__}.{family}.{slug}"
    if name not in sys.modules:
        file = f"{_FOLDER}/{family}/{slug}.py"
        loader = SourceFileLoader(name, file)
        made = sys.modules[name] = ModuleType(name)
        made.__file__, made.__loader__ = file, loader
        try:
            exec(loader.get_code(name) or "", made.__dict__)
        except BaseException:
            # half made it would be taken for whole by who asks next
            del sys.modules[name]
            raise
    return sys.modules[name]
