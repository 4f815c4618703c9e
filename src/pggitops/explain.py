"""Where the values of a composed environment come from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from pggitops import compose, parameters, pooler
from pggitops.compose import Layer, Origin
from pggitops.compose.merge import value
from pggitops.model import word
from pggitops.record import record

Steps = tuple[str | int, ...]

_NOTES = {
    "postmaster": "a change restarts the server",
    "superuser-backend": "a change is for new connections only",
    "backend": "a change is for new connections only",
    "internal": "cannot be set",
}
_PATH = re.compile(r'(?:"[^"]*"|[^.\[\]"]+)(?:\.(?:"[^"]*"|[^.\[\]"]+)|\[\d+\])*')
_STEP = re.compile(r'"([^"]*)"|([^.\[\]"]+)|\[(\d+)\]')


@record
class Explained:
    """A value of the composed document with the layers that speak of it, the one that gave it first.

    Without origins it is a default of the format; where the first origin is null, that layer removes it. `note` is what
    its value does not show, or empty.
    """

    path: Steps
    value: Any
    origins: tuple[Origin, ...]
    note: str = ""


def parse(text: str) -> Steps:
    """A dotted path as people write it: `clusters.payments.labels."a.b"[0]`."""
    return tuple(
        int(match[3]) if match[3] is not None else match[1] if match[1] is not None else match[2]
        for match in _STEP.finditer(text)
    )


def is_path(text: str) -> bool:
    """Whether a text is a dotted path as a whole."""
    return bool(_PATH.fullmatch(text))


def explain(
    root: Path, layers: tuple[Layer, ...], document: Mapping[str, Any], environment: object, path: Steps
) -> list[Explained]:
    """Each scalar at or below a path with its origins; a default where no layer gives it. KeyError if nothing is there.

    `environment` is the model, which knows the defaults; None where the document is not valid.
    """
    try:
        found = value(document, path)
    except (KeyError, IndexError, TypeError):
        said = tuple(compose.origins(root, layers, path))
        if said and said[0].value is None:
            return [Explained(path, None, said)]
        return [Explained(path, default(environment, path), ())]
    explained = []
    for at, leaf in leaves(found, path):
        # what no layer says is the key that its map stands under: an instance set's name
        by = compose.origins(root, layers, at) or [Origin(compose.locate(root, layers, at), leaf)]
        # the bases that a base lists join those of the overlay
        by = by[:1] if at == ("bases",) else by
        explained.append(Explained(at, leaf, tuple(by), note(document, at)))
    return explained


def note(document: Mapping[str, Any], path: Steps) -> str:
    """What changing a parameter takes, where that is more than a reload; empty for anything else."""
    if path[:1] != ("clusters",) or path[3:4] != ("parameters",) or len(path) != 5:
        return ""
    if path[2] == "pgbouncer":
        return "a change waits for new pods" if pooler.needs_restart(str(path[4])) else ""
    major = document["clusters"][path[1]]["postgres"].get("version")
    known = parameters.parameter(str(path[4]), major) if major in parameters.MAJORS else None
    if known is None or known.context not in _NOTES:
        return ""
    return _NOTES[known.context]


def leaves(document: Any, path: Steps = ()) -> Iterator[tuple[Steps, Any]]:
    """The scalars of a document with their paths; a list is one value, since layers replace it whole."""
    if isinstance(document, dict) and document:
        for key, item in document.items():
            if path[:1] == ("clusters",) and len(path) == 2 and key == "patch":
                for layer in item:
                    yield from leaves(layer, (*path, key))
            else:
                yield from leaves(item, (*path, key))
    else:
        yield path, document


def default(environment: object, path: Steps) -> Any:
    """The format's default for a word that no layer says. KeyError if there is no such word."""
    here: Any = environment
    for step in path:
        if is_dataclass(here):
            names = {word(f.name): f.name for f in fields(here)}
            here = getattr(here, names[str(step)])
        elif isinstance(here, Mapping):
            here = here[step]
        else:
            raise KeyError(step)
    if is_dataclass(here) or isinstance(here, Mapping):
        raise KeyError(path)
    return list(here) if isinstance(here, tuple) else here


def known(document: Mapping[str, Any], path: Steps) -> list[str]:
    """The words at the deepest level of a path that exists: what could have been meant."""
    here: Any = document
    for step in path:
        if not isinstance(here, Mapping) or step not in here:
            break
        here = here[step]
    return [str(key) for key in here] if isinstance(here, Mapping) else []
