"""pgBackRest makes, keeps, encrypts and restores the backups that each cluster's configuration asks for.

Object stores are replaced by folders, and the repository's host by none. Debian's pgBackRest is older than the images'.
"""

from __future__ import annotations

import contextlib
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import made_by_operator
import postgres
import pytest
import unprivileged
from made_by_operator import Ini

pytestmark = pytest.mark.real

CLUSTERS = made_by_operator.clusters()
KNOWN = json.loads((made_by_operator.ROOT / "src" / "pggitops" / "data" / "pgbackrest_options.json").read_bytes())
INDEXED = re.compile(r"(repo|pg)([1-9][0-9]*)-(.+)")
# Options newer than Debian's pgBackRest; nothing is proved of them but that the images know them.
NEWER: set[str] = set()
STORE = re.compile(r"repo[0-9]+-(path|type|(s3|gcs|azure)-.+)")


def _by_configuration() -> dict[str, list[str]]:
    """The clusters that differ in more than where their backups lie, with those that do not after them."""
    found: dict[str, list[str]] = {}
    for where, cluster in CLUSTERS.items():
        options = made_by_operator.pgbackrest(cluster)["global"]
        rest = {name: value for name, value in options.items() if not STORE.fullmatch(name)}
        repos = [repo["name"] for repo in cluster["spec"]["backups"]["pgbackrest"]["repos"]]
        found.setdefault(json.dumps([repos, rest], sort_keys=True), []).append(where)
    return {" ".join(names): names for names in found.values()}


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    with unprivileged.folder() as path:
        yield path


@pytest.fixture(scope="module")
def port(home: Path) -> Iterator[int]:
    """A server with a table, whose archive command each test sets."""
    bin = postgres.programs()
    assert bin, "PostgreSQL is not installed: run `make test-real`"
    postgres.initdb(bin, home, home / "data")
    parameters = {"archive_mode": "on", "archive_command": "true", "archive_timeout": "60s"}
    with postgres.server(bin, home, home / "data", parameters) as port:
        postgres.sql(home, port, "CREATE TABLE kept (at text)")
        yield port


@pytest.mark.parametrize("where", CLUSTERS)
def test_the_images_know_every_option(where: str) -> None:
    for name, value in made_by_operator.pgbackrest(CLUSTERS[where])["global"].items():
        found = INDEXED.fullmatch(name)
        option = KNOWN["options"].get(f"{found[1]}-{found[3]}" if found else name)
        assert option, name
        assert option["section"] == "global", name
        assert bool(found) == bool(option.get("group")), name
        assert value in option.get("allowed", [value]), name


@pytest.mark.parametrize("where", CLUSTERS)
def test_reads_every_option(where: str) -> None:
    with unprivileged.folder() as scratch:
        ini = _in_scratch(made_by_operator.pgbackrest(CLUSTERS[where]), scratch, 5432, scratch)
        said = unprivileged.succeed([*_configure(ini, scratch), "info"], scratch)
    assert set(re.findall(r"invalid option '([^']+)'", said)) <= NEWER
    assert said.count("WARN") == len(re.findall("WARN: .*invalid option", said)), said


@pytest.mark.parametrize("names", _by_configuration().values(), ids=_by_configuration())
def test_backs_up_expires_and_restores(names: list[str], home: Path, port: int) -> None:
    cluster = CLUSTERS[names[0]]
    repos = [repo["name"].removeprefix("repo") for repo in cluster["spec"]["backups"]["pgbackrest"]["repos"]]
    with unprivileged.folder() as scratch:
        ini = _in_scratch(made_by_operator.pgbackrest(cluster), home, port, scratch)
        command = _configure(ini, scratch)
        unprivileged.succeed([*command, "stanza-create"], scratch)
        with _archiving(command, home, port):
            unprivileged.succeed([*command, "check"], scratch)
            for number in repos:
                _back_up_and_expire(command, ini["global"], number, scratch)
            postgres.sql(home, port, f"INSERT INTO kept VALUES ('{names[0]}')")
            unprivileged.succeed([*command, "check"], scratch)
        for number in repos:
            assert names[0] in _restored(command, scratch, number)


def _in_scratch(ini: Ini, home: Path, port: int, scratch: Path) -> Ini:
    """The same with local repositories, and the server and all folders where they are here."""
    options = dict(ini["global"])
    for name in options:
        if name.endswith("-path"):
            options[name] = f"{scratch}{options[name]}"
        elif re.fullmatch("repo[0-9]+-type", name):
            options[name] = "posix"
    options["lock-path"] = str(scratch / "lock")
    stanza = {
        "pg1-path": str(home / "data"),
        "pg1-port": str(port),
        "pg1-socket-path": str(home),
        "pg1-user": "postgres",
    }
    return {"global": options, "db": stanza}


def _configure(ini: Ini, scratch: Path) -> list[str | Path]:
    """The files as they lie in a pod, pass phrases in one of their own; pgBackRest's command line up to the command."""
    secrets = {
        name.replace("-type", "-pass"): "correct horse battery staple"
        for name, value in ini["global"].items()
        if name.endswith("-cipher-type") and value != "none"
    }
    included = scratch / "conf.d"
    included.mkdir()
    (included / "secret.conf").write_text(made_by_operator.text({"global": secrets}))
    (scratch / "pgbackrest.conf").write_text(made_by_operator.text(ini))
    for name in ("spool-path", "log-path"):
        folder = Path(ini["global"][name])
        folder.mkdir(parents=True)
        for each in (folder, *folder.parents):
            if scratch in each.parents:
                unprivileged.own(each)
    files = [f"--config={scratch / 'pgbackrest.conf'}", f"--config-include-path={included}"]
    return ["pgbackrest", *files, "--stanza=db", "--log-level-console=warn"]


@contextlib.contextmanager
def _archiving(command: list[str | Path], home: Path, port: int) -> Iterator[None]:
    """The server archives its WAL to these repositories."""

    def archive(by: str) -> None:
        postgres.sql(home, port, f"ALTER SYSTEM SET archive_command = '{by}'")
        postgres.sql(home, port, "SELECT pg_reload_conf()")

    archive(" ".join(map(str, [*command, "archive-push", '"%p"'])))
    try:
        yield
    finally:
        archive("true")
        # The archiver may still be busy with the command before, in folders that are about to go.
        [last] = postgres.sql(home, port, "SELECT pg_walfile_name(pg_switch_wal())")
        end = time.monotonic() + 3 * unprivileged.SECONDS
        while postgres.sql(home, port, f"SELECT last_archived_wal >= '{last}' FROM pg_stat_archiver") != ["t"]:
            assert time.monotonic() < end, "the archiver is stuck"
            time.sleep(0.1)


def _back_up_and_expire(command: list[str | Path], options: dict[str, str], number: str, scratch: Path) -> None:
    """One backup more than retention keeps, of each kind; then as many as it keeps, encrypted if that was asked for."""
    repo = f"repo{number}"
    by_time = options.get(f"{repo}-retention-full-type") == "time"
    # What is kept by time, or for ever, is not old enough to go.
    keeps = 0 if by_time else int(options.get(f"{repo}-retention-full", 0))
    kept = {"full": keeps or 1, "diff": int(options.get(f"{repo}-retention-diff", 0))}
    made = {"full": keeps + 1, "diff": kept["diff"] and kept["diff"] + 1}
    for kind, count in made.items():
        for _ in range(count):
            flags = [f"--repo={number}", f"--type={kind}", "--start-fast", "--compress-level=1", "--no-expire-auto"]
            unprivileged.succeed([*command, *flags, "backup"], scratch)
    assert _backups(command, number, scratch) == made
    unprivileged.succeed([*command, f"--repo={number}", "expire"], scratch)
    assert _backups(command, number, scratch) == kept

    info = Path(options[f"{repo}-path"]) / "backup" / "db" / "backup.info"
    encrypted = options.get(f"{repo}-cipher-type", "none") != "none"
    assert info.read_bytes().startswith(b"Salted__") == encrypted


def _backups(command: list[str | Path], number: str, scratch: Path) -> dict[str, int]:
    """How many backups of each kind a repository holds."""
    said = unprivileged.succeed([*command, f"--repo={number}", "--output=json", "info"], scratch)
    kinds = [backup["type"] for backup in json.loads(said)[0]["backup"]]
    return {kind: kinds.count(kind) for kind in ("full", "diff")}


def _restored(command: list[str | Path], scratch: Path, number: str) -> list[str]:
    """The rows of the table in a server that was restored from a repository, up to its last WAL."""
    data = scratch / f"restored{number}"
    data.mkdir(mode=0o700)
    unprivileged.own(data)
    unprivileged.succeed([*command, f"--repo={number}", f"--pg1-path={data}", "restore"], scratch)
    bin = postgres.programs()
    assert bin
    # Nobody is let in before recovery is over.
    with postgres.server(bin, scratch, data, {"archive_mode": "off", "hot_standby": "off"}) as port:
        return postgres.sql(scratch, port, "SELECT at FROM kept")
