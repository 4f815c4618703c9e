"""Every mistake people make with files ends in one clear message with a place, an exit code, and nothing written."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pggitops.cli import run
from pggitops.errors import CannotGoOn

GOOD = """\
apiVersion: pggitops/v1
kind: Environment
namespace: shop-db
tier: development
target: {name: east, platform: gke, apiServer: {cidrs: [172.16.0.2/32]}, cni: calico}
operator: {version: 3.0.0}
clusters:
  shop:
    owner: team-shop
    postgres: {version: 18, parameters: {max_connections: 100, shared_buffers: 512MB}}
    instances: {replicas: 2, cpu: 1, memory: 2Gi, storage: 10Gi}
    pgbouncer: {clients: {api: {namespace: shop}}}
    users: {app: {databases: [shop]}}
    backups:
      repos:
        repo1: {volume: {storage: 20Gi}, schedules: {full: 0 2 * * 0}, retention: {full: 2}}
"""


@pytest.fixture
def fleet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one good environment, rendered, and a second one to be spoilt."""
    for name in ("good", "shop"):
        folder = tmp_path / "environments" / name
        folder.mkdir(parents=True)
        (folder / "environment.yaml").write_text(GOOD.replace("shop-db", f"{name}-db"))
    (tmp_path / "environments" / "bases").mkdir()
    monkeypatch.chdir(tmp_path)
    assert run(["render"]) == 0
    return tmp_path


def tree(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((root / "rendered").rglob("*"))
        if path.is_file()
    }


def overlay(root: Path) -> Path:
    return root / "environments" / "shop" / "environment.yaml"


def replaced(old: str, new: str) -> Callable[[Path], None]:
    def spoil(root: Path) -> None:
        text = overlay(root).read_text()
        assert old in text
        overlay(root).write_text(text.replace(old, new))

    return spoil


def written(content: bytes) -> Callable[[Path], None]:
    return lambda root: (overlay(root).write_bytes(content), None)[1]


def added(path: str, content: str) -> Callable[[Path], None]:
    def spoil(root: Path) -> None:
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)

    return spoil


def both(*spoils: Callable[[Path], None]) -> Callable[[Path], None]:
    def spoil(root: Path) -> None:
        for one in spoils:
            one(root)

    return spoil


FILE = "environments/shop/environment.yaml"
CYCLE = both(
    replaced("kind: Environment\n", "kind: Environment\nbases: [one]\n"),
    added("environments/bases/one.yaml", "apiVersion: pggitops/v1\nkind: Base\nbases: [two]\n"),
    added("environments/bases/two.yaml", "apiVersion: pggitops/v1\nkind: Base\nbases: [one]\n"),
)

ROWS: dict[str, tuple[Callable[[Path], None], str]] = {
    "syntax error": (replaced("{version: 18,", "{version: 18"), f"{FILE}:10:"),
    "duplicate key": (
        replaced("tier: development\n", "tier: development\ntier: staging\n"),
        f"{FILE}:5:1: error yaml-",
    ),
    "tab": (replaced("  shop:\n", "\tshop:\n"), f"{FILE}:8:1: error yaml-tab"),
    "BOM": (written(b"\xef\xbb\xbf" + GOOD.encode()), f"{FILE}:1:1: error yaml-bom"),
    "CRLF": (written(GOOD.replace("\n", "\r\n").encode()), f"{FILE}:1:24: error yaml-crlf"),
    "non-UTF-8": (written(GOOD.encode() + b"# \xe4\n"), f"{FILE}:17:3: error yaml-not-utf8"),
    "empty file": (written(b""), f"{FILE}:1:1: error yaml-empty"),
    "list at top": (written(b"- a\n"), f"{FILE}:1:1: error yaml-no-map"),
    "two documents": (written(GOOD.encode() + b"---\na: 1\n"), f"{FILE}:17:1: error yaml-second-document"),
    "anchor": (replaced("owner: team-shop", "owner: &me team-shop"), f"{FILE}:9:12: error yaml-anchor"),
    "alias": (replaced("owner: team-shop", "owner: *me"), f"{FILE}:9:12: error yaml-"),
    "merge key": (replaced("owner: team-shop", "<<: {owner: a}"), f"{FILE}:9:5: error yaml-merge-key"),
    "tag": (replaced("owner: team-shop", "owner: !!str team-shop"), f"{FILE}:9:12: error yaml-tag"),
    "10 MB file": (written(b"# " + b"x" * 10_000_000), "error yaml-too-large"),
    "nesting 5,000 deep": (written(b"a: " + b"[" * 5000), f"{FILE}:1:"),
    "no where text is wanted": (replaced("owner: team-shop", "owner: true"), f"{FILE}:9:12: error schema-wrong-type"),
    "010 where text is wanted": (replaced("owner: team-shop", "owner: 010"), f"{FILE}:9:12: error schema-wrong-type"),
    "1e3 where text is wanted": (replaced("owner: team-shop", "owner: 1e3"), f"{FILE}:9:12: error schema-wrong-type"),
    "on where a truth is wanted": (
        replaced("tier:", "labels: {a: x}\noperator_:"),
        f"{FILE}:5:1: error schema-unknown",
    ),
    "unknown key at the top": (replaced("tier:", "tear:"), 'did you mean "tier"?'),
    "unknown key deep": (replaced("retention: {full: 2}", "retention: {ful: 2}"), 'did you mean "full"?'),
    "wrong type": (replaced("replicas: 2", "replicas: two"), f"{FILE}:11:27: error schema-wrong-type"),
    "wrong unit of memory": (replaced("memory: 2Gi", "memory: 2GB"), "Write `memory:"),
    "wrong unit of storage": (replaced("storage: 10Gi}", "storage: 10GB}"), "Write `storage:"),
    "missing base": (
        replaced("kind: Environment\n", "kind: Environment\nbases: [nope]\n"),
        f"{FILE}:3:9: error reference-",
    ),
    "engine without a repository": (
        replaced("tier:", "delivery: {engine: argocd}\ntier:"),
        f"{FILE}:4:20: error reference-no-repository",
    ),
    "a URL that Flux does not read": (
        replaced("tier:", "delivery: {engine: flux, repository: 'git@git.example:db.git'}\ntier:"),
        "Write ssh://git@git.example/db.git.",
    ),
    "an empty revision": (
        replaced("tier:", "delivery: {revision: ''}\ntier:"),
        "Write, for example, `revision: main`.",
    ),
    "base cycle": (CYCLE, "one → two → one"),
    "folder without environment.yaml": (lambda root: overlay(root).unlink(), "error reference-no-environment"),
    "two cluster files with one name": (
        both(
            replaced("users: {app: {databases: [shop]}}", "users: {}"),
            added("environments/shop/clusters/other.yaml", "owner: a\n"),
            added("environments/shop/clusters/other.yml", "owner: a\n"),
        ),
        'two files describe the cluster "other"',
    ),
    "a cluster in two files": (added("environments/shop/clusters/shop.yaml", "owner: a\n"), "reference-cluster-twice"),
    "a name too long for what is derived from it": (replaced("  shop:\n", f"  {'s' * 40}:\n"), f"{FILE}:8:3: error "),
    "a base outside of the repository": (
        replaced("kind: Environment\n", "kind: Environment\nbases: [../../../etc/passwd]\n"),
        f"{FILE}:3:9: error ",
    ),
    "reserved cluster name": (replaced("  shop:\n", "  operator:\n"), f"{FILE}:8:3: error "),
    "a template that raises": (
        added("templates/environment/x.yaml", 'kind: ConfigMap\na: "{{ 1 / 0 }}"\n'),
        "templates/environment/x.yaml:2:4: error template-failed",
    ),
    "a template that fills memory": (
        added("templates/environment/x.yaml", "kind: ConfigMap\na: \"{{ 'a' * 1000000000 }}\"\n"),
        "templates/environment/x.yaml:2:4: error template-too-large",
    ),
    "a template that reaches for what it must not": (
        added("templates/environment/x.yaml", 'kind: ConfigMap\na: "{{ namespace.__class__ }}"\n'),
        "templates/environment/x.yaml:2:4: error template-forbidden",
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_a_bad_file(row: str, fleet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoil, expected = ROWS[row]
    before = tree(fleet)
    spoil(fleet)
    capsys.readouterr()
    assert run(["render", "shop"]) == 1
    out = capsys.readouterr().out
    assert expected in out, out
    assert "fix: " in out
    assert "Traceback" not in out
    assert tree(fleet) == before


def test_a_reserved_environment_name(fleet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (fleet / "environments" / "shop").rename(fleet / "environments" / "flux")
    assert run(["check", "flux"]) == 1
    assert "environments/flux:1:1: error reference-environment-name" in capsys.readouterr().out


def test_a_link_that_leaves_the_repository(fleet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outside = fleet.parent / f"{fleet.name}-outside.yaml"
    outside.write_text("owner: a\n")
    (fleet / "environments" / "shop" / "clusters").mkdir()
    (fleet / "environments" / "shop" / "clusters" / "away.yaml").symlink_to(outside)
    assert run(["check", "shop"]) == 1
    assert "environments/shop/clusters/away.yaml:1:1: error reference-outside" in capsys.readouterr().out


def test_one_bad_environment_hides_nothing_of_another(fleet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    overlay(fleet).write_text("a: [")
    good = fleet / "environments" / "good" / "environment.yaml"
    good.write_text(good.read_text().replace("replicas: 2", "replicas: 3"))
    assert run(["render"]) == 1
    assert "environments/shop/environment.yaml:1:" in capsys.readouterr().out
    assert "replicas: 3" in (fleet / "rendered" / "good" / "shop" / "perconapgcluster-shop.yaml").read_text()


def test_all_mistakes_of_all_environments_at_once(fleet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("good", "shop"):
        file = fleet / "environments" / name / "environment.yaml"
        file.write_text(file.read_text().replace("2Gi", "2GB").replace("owner", "ownr"))
    assert run(["check"]) == 1
    out = capsys.readouterr().out
    assert out.count("error schema-unknown-key") == 2
    assert out.count("error schema-bad-value") == 2


def test_a_faulty_base_is_reported_once(fleet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (fleet / "environments" / "bases" / "bad.yaml").write_text("apiVersion: pggitops/v1\nkind: Base\ndefalts: {}\n")
    for number in range(30):
        folder = fleet / "environments" / f"env-{number}"
        folder.mkdir()
        text = GOOD.replace("shop-db", f"db-{number}").replace(
            "kind: Environment\n", "kind: Environment\nbases: [bad]\n"
        )
        (folder / "environment.yaml").write_text(text)
    assert run(["check"]) == 1
    out = capsys.readouterr().out
    assert out.count("environments/bases/bad.yaml:3:1: error schema-unknown-key") == 1
    assert "1 error in 32 environments" in out


def test_not_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CannotGoOn, match="environments/") as caught:
        run(["check"])
    assert "pggitops init" in caught.value.fix


def test_an_unknown_name_is_wrong_use(fleet: Path) -> None:
    with pytest.raises(CannotGoOn, match=r'no environment "shp" \(did you mean "shop"\?\)'):
        run(["render", "shp"])


def test_names_may_be_globs(fleet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run(["check", "sh*"]) == 0
    assert "in 1 environment (" in capsys.readouterr().out


def command(fleet: Path, *arguments: str, **more: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "pggitops", *arguments],
        cwd=fleet,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **more,  # type: ignore[call-overload]
    )


def test_the_exit_codes_of_the_program(fleet: Path) -> None:
    for arguments, code in ((["check"], 0), (["chek"], 2), (["check", "--format", "xml"], 2), (["check", "nope"], 2)):
        process = command(fleet, *arguments)
        _, err = process.communicate(timeout=60)
        assert process.returncode == code, err
        assert "Traceback" not in err
        assert bool(err) == (code == 2)


def test_a_closed_pipe_is_a_silent_end(fleet: Path) -> None:
    for name in ("good", "shop"):
        file = fleet / "environments" / name / "environment.yaml"
        file.write_text(file.read_text() + "".join(f"word{number}: 1\n" for number in range(3000)))
    process = command(fleet, "check", "--format", "json")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.read(10)
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait(timeout=60) == 1


PIPES = {
    "environments/shop/environment.yaml": "yaml-unreadable",
    "environments/shop/clusters/x.yaml": "yaml-unreadable",
    "environments/shop/manifests/x.yaml": "yaml-unreadable",
    "environments/bases/x.yaml": "yaml-unreadable",
    "templates/environment/x.yaml": "template-misplaced",
    "policies/x.yaml": "yaml-unreadable",
}


@pytest.mark.parametrize("name", PIPES)
def test_a_pipe_is_not_waited_for(name: str, fleet: Path) -> None:
    if "bases" in name:
        replaced("kind: Environment\n", "kind: Environment\nbases: [x]\n")(fleet)
    (fleet / name).unlink(missing_ok=True)
    (fleet / name).parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(fleet / name)
    out, err = command(fleet, "check", "shop").communicate(timeout=30)
    assert f"{name}:1:1: error {PIPES[name]}: " in out, out + err
    assert "1 error in 1 environment" in out


UNREADABLE = {
    "environments": (2, "environments: Permission denied"),
    "environments/bases": (2, "environments/bases"),
    "environments/shop": (1, "environments/shop:1:1: error yaml-unreadable: the folder cannot be read"),
    "environments/shop/clusters": (1, "environments/shop/clusters:1:1: error yaml-unreadable"),
    "environments/shop/manifests": (1, "environments/shop/manifests:1:1: error yaml-unreadable"),
    "environments/shop/environment.yaml": (1, "environments/shop/environment.yaml:1:1: error yaml-unreadable"),
    "policies": (2, "policies: Permission denied"),
    "templates": (2, "templates: Permission denied"),
    "templates/cluster": (2, "templates/cluster: Permission denied"),
}
_ROOTLESS = "-dac_override,-dac_read_search"


@pytest.mark.skipif(os.geteuid() == 0 and not shutil.which("setpriv"), reason="root may read everything")
@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read(name: str, fleet: Path) -> None:
    if not (fleet / name).exists():
        (fleet / name).mkdir(parents=True)
    (fleet / name).chmod(0)
    bound = ["setpriv", f"--bounding-set={_ROOTLESS}", f"--inh-caps={_ROOTLESS}"] if os.geteuid() == 0 else []
    line = [*bound, sys.executable, "-m", "pggitops", "check", "shop"]
    done = subprocess.run(line, cwd=fleet, capture_output=True, text=True, timeout=60)
    (fleet / name).chmod(0o755)
    code, says = UNREADABLE[name]
    assert done.returncode == code, done.stderr
    assert says in (done.stderr if code == 2 else done.stdout)
    assert "Traceback" not in done.stderr
    assert done.stdout.count(": error ") == (code == 1)


STREAMS = {
    "policies | head -n 1": (0, ""),
    "check | head -c 1": (0, ""),
    "render | head -n 1": (0, ""),
    "check nope | head -n 1": (2, 'there is no environment "nope"'),
    "check 2>&1 nope | true": (2, ""),
    "check > /dev/full": (2, "standard output: No space left on device"),
    "--version > /dev/full": (2, "standard output: No space left on device"),
    "check >&-": (2, "standard output is closed"),
    "check 2>&-": (0, ""),
    "check nope 2>&-": (2, ""),
    "check <&-": (0, ""),
    "check --manifests - <&-": (2, "standard input is closed"),
    "crds add - <&-": (2, "standard input is closed"),
    "crds add - 0> out": (2, "standard input cannot be read"),
}


@pytest.mark.parametrize("line", STREAMS)
def test_streams_of_any_kind(line: str, fleet: Path) -> None:
    """What is open, full or read by nobody changes no exit code but where the result cannot be told."""
    code, says = STREAMS[line]
    script = f"{sys.executable} -m pggitops {line}; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", script], cwd=fleet, capture_output=True, text=True, timeout=60)
    assert done.returncode == code, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("pggitops:") == bool(says)


def test_nothing_on_standard_input(fleet: Path) -> None:
    out, _ = command(fleet, "check", "--manifests", "-", stdin=subprocess.DEVNULL).communicate(timeout=60)
    assert "<stdin>:1:1: error yaml-empty: standard input holds no document\n    fix: Look at what" in out


def test_any_character_is_told_in_any_locale(fleet: Path) -> None:
    replaced("owner: team-shop", "owner: 1 # tüm-shop")(fleet)
    process = command(fleet, "check", "shop", env={**os.environ, "PYTHONIOENCODING": "ascii"}, encoding="utf-8")
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (1, "")
    assert "tüm-shop" in out


def wait_until_it_listens(process: subprocess.Popen[str]) -> None:
    """Until the program catches SIGTERM; before that, Python itself is still starting."""
    for _ in range(600):
        status = Path(f"/proc/{process.pid}/status").read_text()
        (caught,) = [line.split()[1] for line in status.splitlines() if line.startswith("SigCgt:")]
        if int(caught, 16) & (1 << (signal.SIGTERM - 1)):
            return
        time.sleep(0.05)
    raise AssertionError("the program has not started within half a minute")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc to see when the program listens")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_an_interruption_during_render(number: signal.Signals, code: int, fleet: Path) -> None:
    """Whenever it comes: each file is old or new in full, nothing is left over, and the next render repairs."""
    for count in range(40):
        folder = fleet / "environments" / f"env-{count:02}"
        folder.mkdir()
        (folder / "environment.yaml").write_text(GOOD.replace("shop-db", f"db-{count}"))
    slow = fleet / "templates" / "environment" / "slow.yaml"
    slow.parent.mkdir(parents=True)
    slow.write_text(
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: slow, namespace: "{{ namespace }}"}\n'
        "data: {a: \"{{ range(90000)|map('string')|join|length|string }}\"}\n"
    )
    process = command(fleet, "render")
    wait_until_it_listens(process)
    time.sleep(1)
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert "Traceback" not in err
    assert process.returncode == code
    assert not list((fleet / "rendered").rglob(".pggitops-*"))
    slow.unlink()
    assert run(["render"]) == 0
    assert run(["render", "--check"]) == 0


def test_a_disk_that_cannot_be_written(fleet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root to mount a read-only file system")
    before = tree(fleet)
    replaced("replicas: 2", "replicas: 3")(fleet)
    rendered = str(fleet / "rendered")
    subprocess.run(["mount", "--bind", rendered, rendered], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", rendered], check=True)
        with pytest.raises(CannotGoOn, match="ead-only"):
            run(["render"])
    finally:
        subprocess.run(["umount", rendered], check=True)
    assert tree(fleet) == before


def test_a_foreign_file_in_an_output(fleet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    foreign = fleet / "rendered" / "shop" / "notes.txt"
    foreign.write_text("mine")
    assert run(["render"]) == 0
    assert "rendered/shop/notes.txt:1:1: warning output-unexpected" in capsys.readouterr().out
    assert run(["render", "--check"]) == 1
    assert foreign.read_text() == "mine"


def test_a_removed_environment_needs_prune(fleet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    overlay(fleet).unlink()
    overlay(fleet).parent.rmdir()
    assert run(["render"]) == 0
    assert "rendered/shop:1:1: warning output-left-over" in capsys.readouterr().out
    assert (fleet / "rendered" / "shop" / "SHA256SUMS").exists()
    assert run(["render", "--check"]) == 1
    assert run(["render", "--prune"]) == 0
    assert not (fleet / "rendered" / "shop").exists()
    assert run(["render", "--check"]) == 0


def test_sums_alone_that_were_edited(fleet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sums = fleet / "rendered" / "shop" / "SHA256SUMS"
    sums.write_text("<<<<<<< ours\n" + sums.read_text())
    assert run(["render", "--check"]) == 1
    assert "rendered/shop/SHA256SUMS does not list the files as they are" in capsys.readouterr().out
    assert run(["render"]) == 0
    assert run(["render", "--check"]) == 0


def test_a_shared_operator_waits_for_every_environment(fleet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An environment that cannot be read may be one it watches: it must not stop watching it, or go."""
    for name in ("good", "shop"):
        file = fleet / "environments" / name / "environment.yaml"
        file.write_text(file.read_text().replace("3.0.0}", "3.0.0, scope: cluster, namespace: pg-operator}"))
    assert run(["render", "--prune"]) == 0
    before = tree(fleet)
    deployment = "targets/east/operator/deployment-percona-postgresql-operator.yaml"
    assert "good-db,pg-operator,shop-db" in (fleet / "rendered" / deployment).read_text()
    for spoilt in ("a: [", "apiVersion: pggitops/v1\nkind: Environment\n"):
        good = overlay(fleet).read_text()
        overlay(fleet).write_text(spoilt)
        capsys.readouterr()
        for arguments in (["render"], ["render", "good"], ["render", "--prune"]):
            run(arguments)
            out = capsys.readouterr().out
            assert "warning output-waits: rendered/targets/east/operator is left as it is" in out
            assert "while shop has errors" in out
            assert tree(fleet) == before
        overlay(fleet).write_text(good)


def test_a_file_in_no_output(fleet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stray = fleet / "rendered" / "README.md"
    stray.write_text("mine")
    assert run(["render", "--check"]) == 1
    assert "rendered/README.md is unexpected" in capsys.readouterr().out
    assert run(["render", "--prune"]) == 0
    assert stray.read_text() == "mine"


def test_a_run_is_reported_in_several_formats(fleet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    overlay(fleet).write_text(GOOD.replace("cpu: 1,", "cpus: 1,"))
    asked = ["--report", "json=found.json", "--report", "junit=found.xml", "--report", "sarif=found.sarif"]
    assert run(["render", "--check", "--format", "gitlab", *asked]) == 1
    (issue,) = json.loads(capsys.readouterr().out)
    (finding,) = json.loads((fleet / "found.json").read_text())["findings"]
    assert issue["check_name"] == finding["policy"] == "schema-unknown-key"
    assert 'name="shop"' in (fleet / "found.xml").read_text()
    assert json.loads((fleet / "found.sarif").read_text())["runs"][0]["results"]


def test_two_reports_to_one_file(fleet: Path) -> None:
    (fleet / "link").symlink_to("found")
    for command_name, other in (("check", "found"), ("render", "./found"), ("check", "link"), ("plan", "found")):
        with pytest.raises(CannotGoOn, match=f"two reports are to be written to {other}"):
            run([command_name, "--report", "json=found", "--report", f"sarif={other}"])
    assert not (fleet / "found").exists()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("jsn=found", 'there is no format "jsn" (did you mean "json"?)'),
        ("json", "--report json names no file"),
        ("json=", "--report json= names no file"),
        ("json=no/such/folder", "the report no/such/folder cannot be written: No such file or directory"),
    ],
)
def test_a_report_that_cannot_be(fleet: Path, given: str, message: str) -> None:
    with pytest.raises(CannotGoOn, match=re.escape(message)):
        run(["check", "--report", given])


PATCHES = [
    {"spec": {"instances": ["a"]}},
    {"spec": {"instances": "a"}},
    {"spec": {"instances": [{"replicas": "three"}]}},
    {"spec": {"instances": None}},
    {"spec": {"proxy": {"pgBouncer": []}}},
    {"spec": {"backups": {"pgbackrest": {"repos": [1, None, {"name": {}}]}}}},
    {"spec": {"users": {"app": 1}}},
    {"spec": []},
    {"metadata": {"annotations": ["x"], "labels": 3}},
]


@pytest.mark.parametrize("below", PATCHES)
@pytest.mark.parametrize("name", ["prod-eu", "prod-us"])
def test_a_patch_of_any_shape_is_a_finding(
    name: str, below: dict[str, object], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the environment that is asked for, and in one that is only looked at; with another patch on top."""
    shutil.copytree(Path(__file__).parent.parent / "environments", tmp_path / "environments")
    base = tmp_path / "environments" / "bases" / "eks-eu1.yaml"
    base.write_text(base.read_text().replace("defaults:\n", f"defaults:\n  patch: {json.dumps(below)}\n", 1))
    overlay = tmp_path / "environments" / "prod-eu" / "clusters" / "orders.yaml"
    overlay.write_text(overlay.read_text() + "patch: {spec: {instances: {instance1: {replicas: 3}}}}\n")
    code = run(["check", name, "--root", str(tmp_path), "--kubeconform", "never"])
    said = capsys.readouterr().out
    assert code == (1 if name == "prod-eu" else 0), said
