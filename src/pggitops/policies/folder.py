"""The folder as the registry: which policies there are is known without importing one."""

from __future__ import annotations

import functools
import os
import sys
from importlib.machinery import SourceFileLoader
from types import ModuleType

_FOLDER = os.path.dirname(__file__)


@functools.cache
def files() -> dict[str, tuple[str, str]]:
    """The family and the file of every policy, by its id."""
    found = {}
    for family in os.listdir(_FOLDER):
        folder = f"{_FOLDER}/{family}"
        for name in os.listdir(folder) if os.path.isdir(folder) else ():
            slug, _, ending = name.rpartition(".")
            if ending == "py" and not slug.startswith("_"):
                found[slug.replace("_", "-")] = family, f"{folder}/{name}"
    return dict(sorted(found.items()))


def module(id: str) -> ModuleType:
    """The module of a policy, as `import` would make it.

    That looks for each in every place where it is not, and takes two and a half times as long; a run needs hundreds.
    """
    family, file = files()[id]
    name = f"{__package__}.{family}.{id.replace('-', '_')}"
    if name not in sys.modules:
        loader = SourceFileLoader(name, file)
        made = sys.modules[name] = ModuleType(name)
        made.__file__, made.__loader__ = file, loader
        exec(loader.get_code(name) or "", made.__dict__)
    return sys.modules[name]
