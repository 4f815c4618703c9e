"""Manifests that pggitops did not render: read, grouped by namespace, and judged as far as they tell enough.

A PerconaPGCluster becomes the words that would have made it (`resource`), so that policies on the model judge it too.
What no manifest can say is unknown (`pggitops.unknown`): a policy that looks at it is counted as not judged, with the
reason. A finding stands at the line of the manifest.
"""

from pggitops.unrendered.files import Read, Source, read
from pggitops.unrendered.judging import Judged, JudgedAs, judge

__all__ = ["Judged", "JudgedAs", "Read", "Source", "judge", "read"]
