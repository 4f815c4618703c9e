"""Objects that environments have alike, but for their metadata: what of one was good is not judged again.

A fleet has the same Role and the same Deployment of its operator hundreds of times. That they are the same is seen in
their texts, which are written anyway: the emitter writes different things differently, a number and a text as well.
Metadata has a verdict of its own. This is for the kinds of Kubernetes itself: nothing they are held against looks at
metadata and something else at once, and all of them have the same metadata, but for how they may be called.
"""

from __future__ import annotations

from dataclasses import field
from typing import Any

from pggitops.record import record
from pggitops.schema import beyond, native
from pggitops.schema.syntax import Syntax
from pggitops.schema.verdict import Verdict, verdict_of

Schema = dict[str, Any]

_HEAD = ["apiVersion", "kind", "metadata"]
# each is some hundred to some thousand bytes
_MOST = 64


@record
class Bodies:
    """What was good of a kind's objects beside their metadata: by length, the last one of each.

    `metadata` is what the schema says of that, `names` how an object may be called.
    """

    metadata: Schema
    names: Syntax
    good: dict[int, bytes] = field(default_factory=dict)


def bodies(schema: Schema) -> Bodies:
    """Of the kind with that schema, and none yet."""
    return Bodies(schema["properties"]["metadata"], native.names_of(*beyond.group_and_kind(schema)))


def body(document: dict[str, Any], text: bytes) -> bytes | None:
    """What an object's text says after its metadata; None where something else stands before that."""
    words = [*document]
    if words[:3] != _HEAD:
        return None
    if len(words) == 3:
        return b""
    # at the beginning of a line there are only the words of the object itself
    at = text.find(f"\n{words[3]}:".encode())
    return text[at:] if at >= 0 else None


def is_good(known: Bodies, body: bytes, metadata: Any) -> bool:
    """Whether an object is surely good; no is no answer."""
    return known.good.get(len(body)) == body and _verdict(known)(metadata)


def remember(known: Bodies, body: bytes) -> None:
    """That an object with this body was good."""
    if len(known.good) < _MOST or len(body) in known.good:
        known.good[len(body)] = body


_verdicts: dict[Syntax, Verdict] = {}


def _verdict(known: Bodies) -> Verdict:
    """Of the metadata of an object; what it refuses may still be good."""
    verdict = _verdicts.get(known.names)
    if verdict is None:
        schema = beyond.quick(beyond.metadata(known.names), known.metadata)
        verdict = _verdicts[known.names] = verdict_of(schema)
    return verdict
