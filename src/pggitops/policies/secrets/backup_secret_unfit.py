"""A backup Secret holds what pgBackRest does not read, or what it refuses.

## Why

Every key of a backup Secret becomes a file in pgBackRest's folder, and only `*.conf` is read. An option is of one
repository (`repo1-s3-key`): one of another number opens nothing. All files are read as one, and an option that stands
twice stops every backup and every archived segment, until WAL fills the volume; so does a line outside of a section, or
the name of a file that is not there. Of two files of one name only the last is seen.

## How to fix

Make the Secret with the lines that `pggitops secrets ENV` lists. Where several clusters share a Secret, let its
repositories have the same number in all of them.
"""

from collections.abc import Iterable, Iterator

from pggitops import conf_files
from pggitops.findings import Severity, Violation, did_you_mean
from pggitops.model import Cluster
from pggitops.parts.backups import needs_secret
from pggitops.parts.names import backup_secret
from pggitops.parts.secrets import NeededSecret, option
from pggitops.policies import Facts
from pggitops.secret_sources import SecretSource

severity = Severity.ERROR

_FIX = "Begin with `[global]`, and write each option once, as `option=value`."


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    names = dict.fromkeys([backup_secret(cluster, repo) for repo in cluster.backups.ordered if needs_secret(repo)])
    written = {source.name: source for source in facts.secret_sources if source.file}
    if len(names) < 2 and not written:
        return
    needed = {one.name: one for one in facts.needed_secrets}
    there = _there(cluster, [written[name].keys if name in written else frozenset(needed[name].keys) for name in names])
    holder: dict[str, str] = {}
    twice: dict[tuple[str, str], str] = {}
    for name in names:
        source, one = written.get(name), needed[name]
        if source:
            yield from _fits(source, one)
            yield from _stops(source, there)
        for each in (*sorted(_options(source, one)), *_files(source, one)):
            if holder.setdefault(each, name) != name:
                twice.setdefault((holder[each], name), each)
    for (first, second), each in twice.items():
        message = f"{each} stands in the Secrets {first} and {second}, and pgBackRest reads both"
        yield Violation(message, "Let one hold it.", ("clusters", cluster.name, "backups", "repos"))


def _files(source: SecretSource | None, one: NeededSecret) -> Iterator[str]:
    yield from sorted(source.keys or ()) if source else one.keys


def _options(source: SecretSource | None, one: NeededSecret) -> set[str]:
    if source is None:
        return {option(line) for lines in one.keys.values() for line in lines if line[0].startswith("repo")}
    return {*conf_files.options(source.texts)}


def _stops(source: SecretSource, there: frozenset[str]) -> Iterator[Violation]:
    for file, why in conf_files.refused(source.texts):
        at = (*source.texts_path, file)
        yield Violation(f"pgBackRest stops at the Secret {source.name}: {why}", _FIX, at, manifest=source.manifest)
    for name, file in conf_files.named(source.texts).items():
        if there and file not in there:
            known = did_you_mean(file, there)
            message = f"{name} wants the file {file}, and no backup Secret has such a key{known}"
            yield Violation(message, f"Add the key {file}.", source.texts_path, manifest=source.manifest)


def _there(cluster: Cluster, every: Iterable[frozenset[str] | None]) -> frozenset[str]:
    """The files that backup Secrets become; none where nobody can tell: a patch may bring further ones."""
    every = [*every]
    return frozenset() if cluster.patch or None in every else frozenset().union(*[keys for keys in every if keys])


def _fits(source: SecretSource, one: NeededSecret) -> Iterator[Violation]:
    if source.keys is not None and not any(key.endswith(".conf") for key in source.keys):
        message = f"the Secret {one.name} has no key that ends in .conf, and pgBackRest reads nothing else"
        yield Violation(message, f"It needs {', '.join(one.keys)}.", source.path, manifest=source.manifest)
    read = {key for key in source.keys or ("",) if key.endswith(".conf")}
    if not read or read - set(source.texts) or conf_files.has_holes_for_lines(source.texts):
        # what is sealed, or comes as a whole, cannot be read
        return
    there, wanted = {*conf_files.options(source.texts)}, _options(None, one)
    for name in sorted(wanted - there):
        message = f"the Secret {one.name} ({one.why}) does not set {name}"
        more = sorted(each for each in there - wanted if each.partition("-")[2] == name.partition("-")[2])
        fix = f"Set {name} in place of {more[0]}." if more else f"Set {name}."
        yield Violation(message, fix, source.texts_path, manifest=source.manifest)
