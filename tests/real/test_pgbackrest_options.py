"""What is said of pgBackRest's options, pgBackRest says too; and what is said of a restore's, where a shell runs it.

Debian's pgBackRest is older than the images': only what both know is here. Times, for one, it reads otherwise.
"""

from __future__ import annotations

import datetime

import pytest
import unprivileged

from pggitops import restoring
from pggitops.pgbackrest import Fault, problems

pytestmark = pytest.mark.real

# what is written, the command that reads it, and what is wrong with it
OPTIONS: list[tuple[dict[str, str], str, Fault | None]] = [
    ({"process-max": "4"}, "backup", None),
    ({"process-max": "+3"}, "backup", None),
    ({"process-max": "0"}, "backup", Fault.VALUE),
    ({"process-max": "1.5"}, "backup", Fault.VALUE),
    ({"process-max": ""}, "backup", Fault.VALUE),
    ({"start-fast": "y"}, "backup", None),
    ({"start-fast": "on"}, "backup", Fault.VALUE),
    ({"start-fast": "Y"}, "backup", Fault.VALUE),
    ({"compress-type": "lz4"}, "archive-push", None),
    ({"compress-type": "gzip"}, "archive-push", Fault.VALUE),
    ({"compress-type": "gz", "compress-level": "9"}, "archive-push", None),
    ({"compress-type": "gz", "compress-level": "12"}, "archive-push", Fault.VALUE),
    ({"buffer-size": "1024kib"}, "backup", None),
    ({"buffer-size": "3MiB"}, "backup", Fault.VALUE),
    ({"archive-push-queue-max": "10gb"}, "archive-push", None),
    ({"archive-push-queue-max": "10 GB"}, "archive-push", Fault.VALUE),
    ({"archive-push-queue-max": "5PiB"}, "archive-push", Fault.VALUE),
    ({"lock-path": "lock"}, "backup", Fault.VALUE),
    ({"annotation": "a"}, "backup", Fault.VALUE),
    ({"repo1-retention-full": "9999999"}, "expire", None),
    ({"repo1-retention-full": "10000000"}, "expire", Fault.VALUE),
    ({"repo1-retention-full-type": "days"}, "expire", Fault.VALUE),
    ({"repo1-bundle": "y", "repo1-bundle-size": "20MiB"}, "backup", None),
    ({"repo1-bundle": "y", "repo1-bundle-size": "20XB"}, "backup", Fault.VALUE),
    ({"repo1-retenton-diff": "3"}, "expire", Fault.UNKNOWN),
    ({"repo-bundle": "y"}, "backup", Fault.UNKNOWN),
    ({"Process-Max": "2"}, "backup", Fault.UNKNOWN),
    ({"no-resume": "y"}, "backup", Fault.UNKNOWN),
    ({"archive-queue-max": "1GiB"}, "archive-push", None),
    ({"type": "full"}, "backup", Fault.MISPLACED),
    ({"pg1-path": "/pgdata"}, "backup", Fault.MISPLACED),
    ({"repo2-cipher-type": "aes-256-cbc"}, "backup", Fault.NO_REPOSITORY),
]
COMPLAINTS = ("[031]", "[032]", "[037]", "contains invalid option", "contains negate", "contains command-line only",
              "contains stanza-only option")  # fmt: skip

RESTORES: list[tuple[list[str], bool]] = [
    (["--type=time", '--target="2026-11-20 12:00:00+00"'], True),
    (['--type time --target "2026-11-20 12:00:00+00"'], True),
    (["--type=immediate", "--no-delta", "--process-max=4"], True),
    (["--type=time", "--target=2026-11-20 12:00:00+00"], False),
    (["--type=time", "--target=2026-11-20T12:00:00Z"], False),
    (["--type=time"], False),
    (["--target=4711"], False),
    (["--type=tiem"], False),
    (["--targt=4711"], False),
    (["--start-fast"], False),
    (["delta"], False),
    (["--set"], False),
    (['--db-include="a'], False),
]


@pytest.mark.parametrize(("options", "command", "fault"), OPTIONS)
def test_options(options: dict[str, str], command: str, fault: Fault | None) -> None:
    pgbackrest = {"global": options, "repos": [{"name": "repo1", "volume": {}}]}
    found = problems({"spec": {"backups": {"pgbackrest": pgbackrest}}})
    assert [problem.fault for problem in found] == ([fault] if fault else [])
    said = _run(options, f"--stanza=db {command}")
    assert any(complaint in said for complaint in COMPLAINTS) is bool(fault), said


@pytest.mark.parametrize(("options", "is_good"), RESTORES)
def test_restores(options: list[str], is_good: bool) -> None:
    mistakes = [*restoring.refused(options), *restoring.unreachable(options, datetime.date(2026, 11, 25))]
    assert (not mistakes) is is_good, mistakes
    said = _run({}, f"restore {' '.join(options)} --stanza=db")
    # there is no backup: what gets as far as looking for one was understood
    assert ("[075]" in said) is is_good, said


def _run(options: dict[str, str], command: str) -> str:
    with unprivileged.folder() as folder:
        own = {"repo1-path": str(folder), "log-level-file": "off", "lock-path": str(folder), "spool-path": str(folder)}
        lines = own | options
        text = "".join(f"{name}={value}\n" for name, value in lines.items())
        (folder / "pgbackrest.conf").write_text(f"[global]\n{text}[db]\npg1-path={folder}/data\n")
        (folder / "conf.d").mkdir()
        files = f"--config={folder}/pgbackrest.conf --config-include-path={folder}/conf.d --log-level-console=warn"
        done = unprivileged.run(["bash", "-c", f"pgbackrest {files} {command}"], folder)
        return done.stdout + done.stderr
