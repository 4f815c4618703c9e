"""The operator's CRDs in the user's repository: `crds/<operator version>.yaml`, for targets that cannot reach upstream.

`recognise` says what an upstream `crd.yaml` is, `add` puts it there, `read` takes it from there, and `rendered` makes
the manifests that environments of one target share.
"""

from pggitops.crds.recognise import LIMIT, Recognised, names, recognise, upstream_group
from pggitops.crds.rendering import rendered
from pggitops.crds.vendored import add, differs, path_of, read

__all__ = [
    "LIMIT",
    "Recognised",
    "add",
    "differs",
    "names",
    "path_of",
    "read",
    "recognise",
    "rendered",
    "upstream_group",
]
