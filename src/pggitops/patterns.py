"""Regular expressions that are compiled when the first text is held against them; most runs need few of them."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable


def pattern(text: str, flags: int = 0) -> Callable[[], re.Pattern[str]]:
    """What gives the compiled expression: `_WORD = pattern("[a-z]+")`, then `_WORD().fullmatch(text)`."""
    return functools.cache(functools.partial(re.compile, text, flags))
