"""The only reader and writer of YAML."""

from pggitops.yamlio.emitter import dump, fixed, quote
from pggitops.yamlio.expanding import load_expanded
from pggitops.yamlio.marks import Mark, Steps, marks
from pggitops.yamlio.problem import Problem
from pggitops.yamlio.reader import MAX_BYTES, MAX_DEPTH, load, load_all

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "Mark",
    "Problem",
    "Steps",
    "dump",
    "fixed",
    "load",
    "load_all",
    "load_expanded",
    "marks",
    "quote",
]
