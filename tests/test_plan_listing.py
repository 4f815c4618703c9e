"""A listing is a map like any other, and groups are what a plain loop would make of it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pggitops.plan.listing import Groups, Listing

NAMES = st.text(st.characters(exclude_characters="/\0", exclude_categories=()), min_size=1, max_size=8)
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)
IDS = st.one_of(st.binary(min_size=20, max_size=20), st.binary(min_size=32, max_size=32)).map(bytes.hex)
# as git's paths are read: what is no UTF-8 becomes a surrogate that can be written back
FILES = st.dictionaries(PATHS.map(lambda path: path.encode("utf-8", "ignore").decode()), IDS)


@given(FILES)
def test_it_holds_what_it_was_given(files: dict[str, str]) -> None:
    files.pop("", None)
    listing = Listing(files.items())
    assert dict(listing) == files
    assert len(listing) == len(files)
    assert all(listing[path] == id for path, id in files.items())
    assert "rendered/never/there" not in listing


@given(FILES, FILES)
def test_groups_are_those_of_a_loop(rendered: dict[str, str], others: dict[str, str]) -> None:
    rendered.pop("", None)
    files = {f"rendered/{path}": id for path, id in rendered.items()} | {f"sources/{path}": "00" for path in others}
    wanted: dict[str, dict[str, str]] = {}
    for path, id in rendered.items():
        if len(path) % 3:
            wanted.setdefault(path.partition("/")[0] if "/" in path else "", {})[path] = id

    def group_of(path: str) -> str | None:
        return (path.partition("/")[0] if "/" in path else "") if len(path) % 3 else None

    groups = Groups(Listing(files.items()), group_of, "rendered/")
    assert {group: dict(groups[group]) for group in groups} == wanted
    assert len(groups) == len(wanted)
    assert groups.get("no such group") is None


def test_a_name_that_is_no_text() -> None:
    path = b"rendered/\xff.yaml".decode("utf-8", "surrogateescape")
    assert dict(Listing([(path, "ab" * 20)])) == {path: "ab" * 20}
