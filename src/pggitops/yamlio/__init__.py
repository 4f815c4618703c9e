"""The only reader and writer of YAML."""

from pggitops.yamlio.emitter import dump, quote
from pggitops.yamlio.reader import MAX_BYTES, MAX_DEPTH, Mark, Problem, Steps, load, load_all, marks

__all__ = ["MAX_BYTES", "MAX_DEPTH", "Mark", "Problem", "Steps", "dump", "load", "load_all", "marks", "quote"]
