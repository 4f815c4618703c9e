"""What a GitOps engine is told to follow."""

from __future__ import annotations

from pggitops.model import Delivery
from pggitops.patterns import pattern

_COMMIT = pattern(r"[0-9a-f]{40}|[0-9a-f]{64}")
_TAG = pattern(r"refs/tags/.*|v?[0-9]+[.][0-9]+[.][0-9]+.*")


def not_followed(delivery: Delivery) -> str:
    """What a revision is that merging a pull request does not move; empty for a branch, and for an artifact's tag.

    Flux puts `refs/heads/` before a branch by itself (fluxcd/pkg git/gogit/clone.go); Argo CD takes both.
    """
    revision = delivery.revision
    if delivery.engine == "none" or (delivery.repository or "").startswith("oci://"):
        return ""
    if revision.upper() == "HEAD":
        return "no branch by name"
    if revision.startswith("origin/"):
        return "what a clone calls the server's branch"
    if revision.startswith("refs/heads/") and delivery.engine == "flux":
        return "a reference in full, where Flux wants the branch alone"
    if _COMMIT().fullmatch(revision):
        return "a commit, which never moves"
    return "a tag, which no merge moves" if _TAG().fullmatch(revision) else ""
