"""A PostgreSQL server of one's own: made in a scratch folder, started on loopback, asked, stopped."""

from __future__ import annotations

import atexit
import contextlib
import functools
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from unprivileged import free_port, run, running, succeed

ROOT = Path(__file__).parents[2]


def programs(major: int | None = None) -> Path | None:
    """Where initdb and postgres of a major are, as `tests/real/install` put them there; None means Debian's."""
    if major is None:
        return max(Path("/usr/lib/postgresql").glob("*/bin"), default=None)
    folder = ROOT / ".tools" / "real" / "postgresql" / str(major)
    return _reachable(folder) / "bin" if folder.is_dir() else None


@functools.cache
def _reachable(folder: Path) -> Path:
    """The folder, or a copy of it where the unprivileged user may not pass through those above it."""
    if os.getuid() != 0 or all(above.stat().st_mode & 0o001 for above in folder.parents):
        return folder
    copy = Path(tempfile.mkdtemp(prefix="pg-programs-"))
    atexit.register(shutil.rmtree, copy)
    copy.chmod(0o755)
    shutil.copytree(folder, copy / "postgresql", symlinks=True)
    return copy / "postgresql"


def initdb(bin: Path, home: Path, data: Path) -> None:
    """An empty cluster whose superuser is `postgres`, who needs no password."""
    succeed([bin / "initdb", "--auth=trust", "--username=postgres", "--no-sync", "-D", data], home)


@contextlib.contextmanager
def server(bin: Path, home: Path, data: Path, parameters: Mapping[str, str]) -> Iterator[int]:
    """The server with these parameters, last in its file; the value is its port, its socket lies in `home`."""
    port = free_port()
    own = {"port": str(port), "listen_addresses": "127.0.0.1", "unix_socket_directories": str(home), "fsync": "off"}
    lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'\n" for name, value in {**parameters, **own}.items()]
    with (data / "postgresql.conf").open("a") as file:
        file.writelines(lines)

    def ready() -> bool:
        return run(psql(home, port, "SELECT 1"), home).returncode == 0

    with running([bin / "postgres", "-D", data], home, ready):
        yield port


def sql(home: Path, port: int, statement: str) -> list[str]:
    """The rows of an answer, columns separated by tabs."""
    return succeed(psql(home, port, statement), home).splitlines()


def psql(home: Path, port: int, statement: str) -> list[str]:
    options = ["--no-psqlrc", "--tuples-only", "--no-align", "--field-separator=\t", "--set=ON_ERROR_STOP=1"]
    return [
        "psql",
        *options,
        f"--host={home}",
        f"--port={port}",
        "--username=postgres",
        f"--command={statement}",
        "postgres",
    ]
