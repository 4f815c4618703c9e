"""What pgBackRest makes of the configuration files in a backup Secret: which options they set, and what it refuses.

It reads all of them as one (pgBackRest 2.58, src/config/parse.c, src/common/ini.c; seen with 2.45): a line that is
neither a section nor an option ends it, and so does an option that stands twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

FOLDER = "/etc/pgbackrest/conf.d/"
"""Where the keys of backup Secrets become files."""

_REPEATED = "storage-tag"


def options(texts: Mapping[str, str]) -> dict[str, str]:
    """The options of all files, each with its value as it is written, holes and all."""
    return {option: value for _, _, option, value in _lines(texts) if option and value is not None}


def named(texts: Mapping[str, str]) -> dict[str, str]:
    """The options that name a file of the folder, each with its name there."""
    values = options(texts).items()
    return {option: value.removeprefix(FOLDER) for option, value in values if value.startswith(FOLDER)}


def has_holes_for_lines(texts: Mapping[str, str]) -> bool:
    """Whether lines come from elsewhere, so that nobody can tell what they set."""
    return any(line.lstrip().startswith("{{") for _, text in _files(texts) for line in text.splitlines())


def refused(texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What it stops at: the file, and what is wrong with it."""
    seen: dict[tuple[str, str], str] = {}
    for file, section, option, value in _lines(texts):
        if value is None:
            yield file, f'the line "{option}" of {file} is no option and no section'
        elif not section:
            yield file, f"{option} stands before the first section of {file}"
        elif (section, option) in seen and not option.endswith(_REPEATED):
            other = seen[section, option]
            yield (
                file,
                f"{option} stands twice in {file}" if other == file else f"{option} stands in {other} and {file}",
            )
        seen.setdefault((section, option), file)


def _lines(texts: Mapping[str, str]) -> Iterator[tuple[str, str, str, str | None]]:
    """File, section, option and value of each line that says something; without `=` there is no value."""
    for file, text in _files(texts):
        section = ""
        for line in (each.strip() for each in text.splitlines()):
            if line.startswith("[") and line.endswith("]"):
                section = line
            # what a hole alone makes of a line, nobody can tell
            elif line and not line.startswith(("#", "{{")):
                option, sign, value = line.partition("=")
                yield file, section, option.strip(), value.strip() if sign else None


def _files(texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    return ((file, str(texts[file])) for file in sorted(texts) if file.endswith(".conf"))
