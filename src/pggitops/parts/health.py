"""When an object is healthy: what Argo CD and Flux have to be told about kinds they do not know, or know wrongly.

The scripts and expressions are data, `data/health/`. A missing or stale status always means "keep waiting". Facts: the
states and conditions are those of percona-postgresql-operator 2.8.2 to 3.0.0 (`pkg/apis/pgv2.percona.com/v2`,
`internal/controller/pgupgrade`), which has no failed state for a cluster; its observedGeneration exists from 2.8 on.
"""

from __future__ import annotations

import functools
from pathlib import Path

from pggitops import yamlio

_FOLDER = Path(__file__).parent.parent / "data" / "health"


def argocd() -> dict[str, str]:
    """The health checks as keys of the ConfigMap argocd-cm; the values are Lua.

    Argo CD opens the libraries base, table, package and a part of os, and no others: no string, no math
    (argo-cd `util/lua/lua.go`). ExternalSecret and SealedSecret have checks of its own.
    """
    scripts = sorted(_FOLDER.glob("*.lua"))
    return {f"resource.customizations.health.{script.stem}": script.read_text("utf-8") for script in scripts}


def flux(*kinds: str) -> list[dict[str, str]]:
    """The entries of a Kustomization's `healthCheckExprs`, in CEL: for these kinds, or for all.

    Flux asks `inProgress`, `failed` and `current` in this order; nothing true, or an error (a field that is not there
    yet), is "keep waiting" (fluxcd/pkg `runtime/cel/status_evaluator.go`). Kinds that are not named fall to kstatus,
    which holds an object without conditions for ready (cli-utils `pkg/kstatus/status/status.go`).
    """
    return [entry for entry in _expressions() if not kinds or entry["kind"] in kinds]


@functools.cache
def _expressions() -> list[dict[str, str]]:
    entries: list[dict[str, str]] = yamlio.load((_FOLDER / "flux.yaml").read_bytes())[0]
    return entries
