"""What Pod Security admission refuses of the containers that other people bring.

The rules are those of kubernetes.io, "Pod Security Standards", as far as a container or its pod says them: privilege,
capabilities, users, seccomp, host paths. The operator's own containers and pods are left out: what it makes is
admitted as `restricted`, and the pods it makes say neither user nor seccomp (percona-postgresql-operator 3.0.0:
internal/initialize/security.go, `PodSecurityContext` of internal/postgres/reconcile.go).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pggitops.findings import Path
from pggitops.image_names import PODS, within
from pggitops.record import record

KINDS = ("PerconaPGCluster", *PODS)

_FILES = ("CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "MKNOD", "SETFCAP", "SYS_CHROOT")
_HARMLESS = frozenset((*_FILES, "AUDIT_WRITE", "KILL", "NET_BIND_SERVICE", "SETGID", "SETPCAP", "SETUID"))


@record
class Refused:
    """Why a container keeps its pod out: `who` it is, `why`, what to write, and where."""

    who: str
    why: str
    fix: str
    path: Path


def refused(document: Mapping[str, Any], level: str) -> Iterator[Refused]:
    """What a level, `restricted` or `baseline`, does not admit of an object's containers."""
    for at, pod, words in _pods(document):
        above = pod.get("securityContext") or {}
        for word in words:
            for index, container in enumerate(pod.get(word) or ()):
                who = f"the container {container.get('name')}"
                own = container.get("securityContext") or {}
                problem = _baseline(own) or (level == "restricted" and _restricted(own, above))
                if problem:
                    yield Refused(who, *problem, (*at, word, index))
        for index, volume in enumerate(pod.get("volumes") or pod.get("sidecarVolumes") or ()):
            if "hostPath" in volume:
                word = "volumes" if pod.get("volumes") else "sidecarVolumes"
                fix = "Take another kind of volume."
                yield Refused(f"the volume {volume.get('name')}", "is a path of the node", fix, (*at, word, index))


def _pods(document: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any], tuple[str, ...]]]:
    """The pods an object describes, each with the words under which containers of other people stand."""
    if document["kind"] != "PerconaPGCluster":
        at = PODS[document["kind"]]
        yield at, within(document, at) or {}, ("initContainers", "containers")
        return
    spec = document["spec"]
    for index, instance_set in enumerate(spec.get("instances") or ()):
        yield ("spec", "instances", index), instance_set, ("initContainers", "sidecars")
    yield ("spec", "proxy", "pgBouncer"), within(spec, ("proxy", "pgBouncer")) or {}, ("sidecars",)


def _baseline(own: Mapping[str, Any]) -> tuple[str, str] | None:
    if own.get("privileged"):
        return "is privileged", "Remove `privileged`."
    added = set((own.get("capabilities") or {}).get("add") or ()) - _HARMLESS
    if added:
        return f"adds {', '.join(sorted(added))}", "Add no such capability."
    if (own.get("seccompProfile") or {}).get("type") == "Unconfined":
        return "is not confined by seccomp", "Write `seccompProfile: {type: RuntimeDefault}`."
    return None


def _restricted(own: Mapping[str, Any], above: Mapping[str, Any]) -> tuple[str, str] | None:
    capabilities = own.get("capabilities") or {}
    added = set(capabilities.get("add") or ()) - {"NET_BIND_SERVICE"}
    if added:
        return f"adds {', '.join(sorted(added))}", "Add no such capability."
    missing = []
    if own.get("allowPrivilegeEscalation") is not False:
        missing.append("allowPrivilegeEscalation: false")
    if "ALL" not in (capabilities.get("drop") or ()):
        missing.append("capabilities: {drop: [ALL]}")
    if not own.get("runAsNonRoot", above.get("runAsNonRoot")):
        missing.append("runAsNonRoot: true")
    profile = own.get("seccompProfile") or above.get("seccompProfile") or {}
    if profile.get("type") not in ("RuntimeDefault", "Localhost"):
        missing.append("seccompProfile: {type: RuntimeDefault}")
    if own.get("runAsUser", above.get("runAsUser")) == 0:
        return "runs as root", "Write another `runAsUser`."
    if missing:
        return f"does not say {'; '.join(missing)}", f"Write `securityContext: {{{', '.join(missing)}}}`."
    return None
