"""Which files a side has, each with its object id, in few bytes: a fleet of thousands has tens of thousands of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping


class Listing(Mapping[str, str]):
    """Files by their paths, each with its object id in hexadecimal digits; what is kept is bytes, folder by folder."""

    def __init__(self, files: Iterable[tuple[str, str]] = ()) -> None:
        self._folders: dict[str, bytes | bytearray] = {}
        self._count = 0
        for path, id in files:
            folder, _, name = path.rpartition("/")
            raw = bytes.fromhex(id)
            held = self._folders.setdefault(folder, bytearray())
            held += b"%b\0%c%b" % (name.encode("utf-8", "surrogateescape"), len(raw), raw)
            self._count += 1
        for folder, content in self._folders.items():
            # what can grow takes more room
            self._folders[folder] = bytes(content)

    @property
    def folders(self) -> Iterable[str]:
        """The folders that have files; the root is empty."""
        return self._folders

    def of_folder(self, folder: str) -> Iterator[tuple[str, str]]:
        """The files of one folder, by their paths, without those below it."""
        held, at = self._folders.get(folder, b""), 0
        lead = f"{folder}/" if folder else ""
        while at < len(held):
            end = held.index(0, at)
            start = end + 2
            stop = start + held[end + 1]
            yield f"{lead}{held[at:end].decode('utf-8', 'surrogateescape')}", held[start:stop].hex()
            at = stop

    def __getitem__(self, path: str) -> str:
        for found, id in self.of_folder(path.rpartition("/")[0]):
            if found == path:
                return id
        raise KeyError(path)

    def __iter__(self) -> Iterator[str]:
        for folder in self._folders:
            for path, _ in self.of_folder(folder):
                yield path

    def __len__(self) -> int:
        return self._count


class Groups(Mapping[str, Mapping[str, str]]):
    """The files of a listing in groups, each read when it is asked for."""

    def __init__(self, listing: Listing, group_of: Callable[[str], str | None], below: str) -> None:
        """`group_of` is asked for each file below `below`, by its path from there; None leaves it out."""
        self._listing, self._group_of, self._below = listing, group_of, below
        self._groups: dict[str, list[str]] = {}
        for folder in listing.folders:
            if f"{folder}/".startswith(below):
                paths = (path.removeprefix(below) for path, _ in listing.of_folder(folder))
                for group in dict.fromkeys(map(group_of, paths)):
                    if group is not None:
                        self._groups.setdefault(group, []).append(folder)

    def __getitem__(self, group: str) -> Mapping[str, str]:
        files = [file for folder in self._groups[group] for file in self._listing.of_folder(folder)]
        inside = ((path.removeprefix(self._below), id) for path, id in files)
        return {path: id for path, id in inside if self._group_of(path) == group}

    def __iter__(self) -> Iterator[str]:
        return iter(self._groups)

    def __len__(self) -> int:
        return len(self._groups)
