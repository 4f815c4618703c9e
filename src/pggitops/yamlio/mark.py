"""Where a value stands."""

from __future__ import annotations

from pggitops.record import value

Steps = tuple[str | int, ...]


@value
class Mark:
    """Where a value stands: its key (or list item) and the value itself; each a line and a column from 1.

    `plain` is how it is written, where it is without quotes; `renamed` how its key is, where that is called otherwise.
    """

    key: tuple[int, int]
    value: tuple[int, int]
    plain: str = ""
    renamed: str = ""

    def lower(self, lines: int) -> Mark:
        """The same so many lines further down."""
        (key_line, key_column), (line, column) = self.key, self.value
        return Mark((key_line + lines, key_column), (line + lines, column), self.plain, self.renamed)
