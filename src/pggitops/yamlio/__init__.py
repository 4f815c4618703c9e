"""The only reader and writer of YAML."""

from pggitops.yamlio.emitter import dump, field, fixed, loosen, optional, quote, scalar, written
from pggitops.yamlio.files import read
from pggitops.yamlio.loading import MAX_BYTES, load, load_all, load_expanded, load_file, marks
from pggitops.yamlio.mark import Mark, Steps
from pggitops.yamlio.problem import Problem

__all__ = [
    "MAX_BYTES",
    "Mark",
    "Problem",
    "Steps",
    "dump",
    "field",
    "fixed",
    "load",
    "load_all",
    "load_expanded",
    "load_file",
    "loosen",
    "marks",
    "optional",
    "quote",
    "read",
    "scalar",
    "written",
]
