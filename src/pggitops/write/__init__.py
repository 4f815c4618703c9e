"""What stands in `rendered/` against what should: compare, write what differs, remove what is no longer wanted.

An *output* is a folder below `rendered/` that is owned as a whole: an environment's, or one of the fleet. Its
SHA256SUMS lists the files that are ours; everything else in it is foreign and is never changed or removed.
"""

from pggitops.write.commit import Written, remove_output, write
from pggitops.write.compare import Difference, Kind, compare, outputs, short_diff, strays
from pggitops.write.lock import locked
from pggitops.write.sums import PREFIX, SUMS, read_sums, sums

__all__ = [
    "PREFIX",
    "SUMS",
    "Difference",
    "Kind",
    "Written",
    "compare",
    "locked",
    "outputs",
    "read_sums",
    "remove_output",
    "short_diff",
    "strays",
    "sums",
    "write",
]
