"""Objects that stand in one file, or one stream, more than once."""

from __future__ import annotations

from collections.abc import Iterator

from pggitops.findings import Finding, ObjectRef, Place, Severity
from pggitops.unrendered.files import Read, Source
from pggitops.unrendered.groups import is_cluster
from pggitops.unrendered.known import NO_NAMESPACE

_FIX = "Remove one of them, or give it another name."


def repeated(read: Read) -> Iterator[Finding]:
    """Each object that its file holds already, by group, kind, namespace and name.

    Files are told apart: they may be meant for different clusters of Kubernetes.
    """
    first: dict[tuple[str, ...], Source] = {}
    for source in read.objects:
        metadata = source.document["metadata"]
        named = str(metadata.get("namespace") or ""), str(metadata["name"])
        group = source.document["apiVersion"].rpartition("/")[0]
        above = first.setdefault((source.file, group, source.document["kind"], *named), source)
        if above is not source:
            yield _finding(source, _place(read, source), _place(read, above).line, *named)


def _place(read: Read, source: Source) -> Place:
    mark = read.marks(source).get((*source.prefix, "metadata", "name"))
    return Place(source.file, *mark.value) if mark else Place(source.file, source.line)


def _finding(source: Source, place: Place, line: int, namespace: str, name: str) -> Finding:
    document = source.document
    message = f"the {document['kind']} {name} stands at line {line} already: what is applied last replaces the other"
    about = ObjectRef(document["apiVersion"], document["kind"], namespace, name, "metadata.name")
    cluster = name if is_cluster(document) else ""
    words = "manifest-repeated", Severity.ERROR, message, _FIX
    return Finding(*words, place, "", namespace or NO_NAMESPACE, cluster, about)
