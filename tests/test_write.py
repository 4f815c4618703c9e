from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pggitops
from pggitops.errors import CannotGoOn
from pggitops.write import (
    PREFIX,
    SUMS,
    Difference,
    Kind,
    compare,
    locked,
    outputs,
    read_sums,
    remove_output,
    short_diff,
    strays,
    sums,
    write,
)
from pggitops.write.disk import holds

HEADER = b"# ours\n"
OLD = {
    "namespace.yaml": HEADER + b"kind: Namespace\n",
    "operator/deployment-x.yaml": HEADER + b"image: 1\n",
    "payments/cluster.yaml": HEADER + b"replicas: 3\n",
    "payments/secret.yaml": b"passed: through\n",
}
NEW = {
    "namespace.yaml": HEADER + b"kind: Namespace\n",
    "operator/deployment-x.yaml": HEADER + b"image: 2\n",
    "orders/cluster.yaml": HEADER + b"replicas: 1\n",
    "payments/secret.yaml": b"passed: through, newer\n",
}


@pytest.fixture
def rendered(tmp_path: Path) -> Path:
    folder = tmp_path / "rendered"
    folder.mkdir()
    return folder


def tree(folder: Path) -> dict[str, bytes]:
    """Every regular file below a folder, by relative path."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def whole(files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {**files, SUMS: sums(files)} if files else {}


def kinds(rendered: Path, files: Mapping[str, bytes]) -> dict[str, str]:
    differences = compare(rendered, "one", files, HEADER)
    assert [difference.path for difference in differences] == sorted({difference.path for difference in differences})
    return {difference.path: str(difference.kind) for difference in differences}


def put(rendered: Path, files: Mapping[str, bytes]) -> Any:
    return write(rendered, "one", files, HEADER)


def child(task: str, **arguments: Any) -> subprocess.Popen[str]:
    source = Path(pggitops.__file__).parents[1]
    return subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("write_child.py")), task, json.dumps(arguments)],
        env={**os.environ, "PYTHONPATH": str(source)},
        stdout=subprocess.PIPE,
        text=True,
    )


def run_child(task: str, **arguments: Any) -> tuple[int, str]:
    """The exit code of a child and what it said."""
    process = child(task, **arguments)
    said, _ = process.communicate(timeout=60)
    return process.returncode, said


def text(files: Mapping[str, bytes]) -> dict[str, str]:
    return {path: content.decode() for path, content in files.items()}


# writing


def test_a_first_write_makes_every_file_and_nothing_else(rendered: Path) -> None:
    result = put(rendered, OLD)
    assert set(result.written) == set(OLD)
    assert (result.unchanged, result.removed, result.foreign, result.blocked) == (0, (), (), ())
    assert tree(rendered / "one") == whole(OLD)
    assert kinds(rendered, OLD) == {}


@pytest.mark.parametrize("foreign", [{}, {"payments/mine.txt": b"mine"}])
def test_writing_the_same_again_touches_nothing(rendered: Path, foreign: dict[str, bytes]) -> None:
    put(rendered, OLD)
    for path, content in foreign.items():
        (rendered / "one" / path).write_bytes(content)
    before = {path: path.stat().st_mtime_ns for path in [rendered, *rendered.rglob("*")]}
    inodes = {path: path.stat().st_ino for path in before}
    result = put(rendered, OLD)
    assert (result.written, result.unchanged) == ((), len(OLD))
    assert {path: path.stat().st_mtime_ns for path in [rendered, *rendered.rglob("*")]} == before
    assert {path: path.stat().st_ino for path in before} == inodes


def test_a_change_touches_only_the_changed_file_and_sums(rendered: Path) -> None:
    put(rendered, OLD)
    before = {path: path.stat().st_ino for path in rendered.rglob("*") if path.is_file()}
    result = put(rendered, {**OLD, "payments/cluster.yaml": HEADER + b"replicas: 5\n"})
    after = {path: path.stat().st_ino for path in rendered.rglob("*") if path.is_file()}
    assert result.written == ("payments/cluster.yaml",)
    assert result.unchanged == len(OLD) - 1
    changed = {path.relative_to(rendered / "one").as_posix() for path in before if before[path] != after[path]}
    assert changed == {"payments/cluster.yaml", SUMS}


def test_what_is_no_longer_wanted_goes_with_its_empty_folder(rendered: Path) -> None:
    put(rendered, OLD)
    result = put(rendered, NEW)
    assert result.removed == ("payments/cluster.yaml",)
    assert result.written == ("operator/deployment-x.yaml", "orders/cluster.yaml", "payments/secret.yaml")
    assert tree(rendered / "one") == whole(NEW)
    put(rendered, {"namespace.yaml": OLD["namespace.yaml"]})
    assert sorted(os.listdir(rendered / "one")) == [SUMS, "namespace.yaml"]


@pytest.mark.parametrize(("first", "second"), [({"a/b/c": b"1"}, {"a": b"2"}), ({"a": b"1"}, {"a/b/c": b"2"})])
def test_a_file_becomes_a_folder_and_the_other_way_round(
    rendered: Path, first: dict[str, bytes], second: dict[str, bytes]
) -> None:
    put(rendered, first)
    assert put(rendered, second).removed == tuple(first)
    assert tree(rendered / "one") == whole(second)


def test_new_files_have_the_rights_that_the_umask_gives(rendered: Path) -> None:
    before = os.umask(0o027)
    try:
        put(rendered, OLD)
    finally:
        os.umask(before)
    assert {path.stat().st_mode & 0o777 for path in rendered.rglob("*") if path.is_file()} == {0o640}


def test_an_output_may_lie_deeper(rendered: Path) -> None:
    write(rendered, "targets/eu1/crds", OLD, HEADER)
    assert tree(rendered / "targets/eu1/crds") == whole(OLD)
    remove_output(rendered, "targets/eu1/crds")
    assert list(rendered.iterdir()) == []


def test_without_files_the_output_goes(rendered: Path) -> None:
    put(rendered, OLD)
    assert kinds(rendered, {}) == dict.fromkeys([*OLD, SUMS], "removed")
    assert put(rendered, {}).removed == tuple(sorted(OLD))
    assert list(rendered.iterdir()) == []
    assert kinds(rendered, {}) == {}


# what differs


def test_each_kind_of_difference_is_told_apart(rendered: Path) -> None:
    put(rendered, OLD)
    one = rendered / "one"
    (one / "namespace.yaml").write_bytes(HEADER + b"kind: Edited\n")
    (one / "payments/secret.yaml").unlink()
    (one / "payments/mine.txt").write_bytes(b"a note")
    wanted = {**OLD, "operator/deployment-x.yaml": HEADER + b"image: 2\n"}
    del wanted["payments/cluster.yaml"]
    assert kinds(rendered, wanted) == {
        SUMS: "sums",
        "namespace.yaml": "edited",
        "operator/deployment-x.yaml": "stale",
        "payments/cluster.yaml": "removed",
        "payments/mine.txt": "unexpected",
        "payments/secret.yaml": "missing",
    }


def test_an_edit_alone_is_the_only_difference_and_is_undone(rendered: Path) -> None:
    put(rendered, OLD)
    (rendered / "one/payments/secret.yaml").write_bytes(b"mine")
    assert kinds(rendered, OLD) == {"payments/secret.yaml": "edited"}
    assert put(rendered, OLD).written == ("payments/secret.yaml",)
    assert tree(rendered / "one") == whole(OLD)


@pytest.mark.parametrize("content", [OLD["namespace.yaml"][:-1], OLD["namespace.yaml"] + b"x", b""])
def test_a_cut_or_longer_file_is_not_taken_for_equal(rendered: Path, content: bytes) -> None:
    put(rendered, OLD)
    (rendered / "one/namespace.yaml").write_bytes(content)
    assert kinds(rendered, OLD) == {"namespace.yaml": "edited"}


def test_nothing_on_disk_means_all_is_missing(rendered: Path) -> None:
    assert kinds(rendered, OLD) == {**dict.fromkeys(OLD, "missing"), SUMS: "sums"}
    assert compare(rendered.parent / "none", "one", OLD, HEADER) == compare(rendered, "one", OLD, HEADER)


def test_a_file_that_comes_in_pieces_is_compared_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")
    real = os.read
    monkeypatch.setattr(os, "read", lambda descriptor, size: real(descriptor, min(size, 3)))
    assert holds(str(path), b"0123456789")
    assert not holds(str(path), b"01234567")
    assert not holds(str(path), b"01234567890")


# the difference shown


def test_a_short_diff_shows_the_lines_that_differ(rendered: Path) -> None:
    put(rendered, OLD)
    files = {**OLD, "payments/cluster.yaml": HEADER + b"replicas: 5\n"}
    assert short_diff(rendered, "one", "payments/cluster.yaml", files).split("\n") == [
        "@@ -1,3 +1,3 @@",
        " # ours",
        "-replicas: 3",
        "+replicas: 5",
        " ",
    ]
    assert short_diff(rendered, "one", "payments/secret.yaml", files) == ""
    assert "+++" not in short_diff(rendered, "one", SUMS, files)
    assert short_diff(rendered, "one", SUMS, files).count("\n-") == 1


def test_a_short_diff_is_short_and_counts_from_the_top_of_the_file(rendered: Path) -> None:
    lines = [f"line {number}" for number in range(50_000)]
    put(rendered, {"long.yaml": "\n".join(lines).encode()})
    lines[40_000] = "other"
    diff = short_diff(rendered, "one", "long.yaml", {"long.yaml": "\n".join(lines).encode()})
    assert diff.split("\n")[0] == "@@ -39998,7 +39998,7 @@"
    everything = short_diff(rendered, "one", "long.yaml", {"long.yaml": b"x"}, lines=5).split("\n")
    assert len(everything) == 6
    assert everything[-1].startswith("… ")


KEY = "\n".join(["-----BEGIN PRIVATE KEY-----", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC", "-----END PRIVATE KEY-----"])


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("password: hunter2", "password: hunter3", ["-password: …", "+password: …"]),
        ("url: postgres://app:xk39sk1@db", "url: none", ["-url: postgres://app:…", "+url: none"]),
        ("key: none", "key: AKIAQWERTYUIOPASDFGH", ["-key: none", "+key: …"]),
        (KEY.replace("MII", "MIJ"), KEY, [" …", "-…", "+…", " …"]),
        ("replicas: 3", "replicas: 5", ["-replicas: 3", "+replicas: 5"]),
        ("kind: Secret\ndata: {a: YQ==}", "kind: Secret\ndata: {a: Yg==}", []),
        ('{"kind": "Secret", "data": {"a": "YQ=="}}', "", []),
        ("kind: SecretStore\na: 1", "kind: SecretStore\na: 2", [" kind: SecretStore", "-a: 1", "+a: 2"]),
    ],
)
def test_a_short_diff_shows_no_secret(old: str, new: str, expected: list[str], rendered: Path) -> None:
    put(rendered, {"a.yaml": old.encode()})
    shown = short_diff(rendered, "one", "a.yaml", {"a.yaml": new.encode()})
    assert shown.split("\n")[1:] == expected


BODY = [f"{number:02}{'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC' * 2}"[:64] for number in range(24)]
LONG_KEY = "\n".join(
    ["    -----BEGIN PRIVATE KEY-----", *(f"    {line}" for line in BODY), "    -----END PRIVATE KEY-----"]
)
BLOCK = "data:\n  password: |\n    # one\n    # two\n    # three\n\n    # four\n    Tr1cky-one\nlast: 1"


@pytest.mark.parametrize(("text", "secret"), [(f"tls: |\n{LONG_KEY}\nlast: 1", BODY[15]), (BLOCK, "Tr1cky-one")])
def test_a_short_diff_shows_nothing_of_a_secret_that_began_above_it(text: str, secret: str, rendered: Path) -> None:
    put(rendered, {"a.yaml": text.encode()})
    diff = short_diff(rendered, "one", "a.yaml", {"a.yaml": text.replace(secret, secret[::-1]).encode()}, 100)
    changed = [line for line in diff.split("\n")[1:] if line.startswith(("-", "+"))]
    assert changed == ["-    …", "+    …"]
    assert not [line for line in BODY if line in diff or line[::-1] in diff]
    assert "Tr1cky" not in diff


def test_a_file_of_more_secrets_than_are_told_is_not_shown(rendered: Path) -> None:
    text = "".join(f"password: hunter{number}\n" for number in range(150))
    put(rendered, {"a.yaml": text.encode()})
    assert short_diff(rendered, "one", "a.yaml", {"a.yaml": text.replace("hunter149", "x").encode()}) == ""


def test_a_short_diff_cannot_steer_a_terminal(rendered: Path) -> None:
    put(rendered, OLD)
    (rendered / "one/namespace.yaml").write_bytes(b"\x1b[2J\r\xff\n")
    diff = short_diff(rendered, "one", "namespace.yaml", OLD)
    assert "-\\x1b[2J\\r\ufffd" in diff.split("\n")


# what is not ours


def test_a_foreign_file_is_told_and_kept(rendered: Path) -> None:
    put(rendered, OLD)
    foreign = {"README.md": b"mine", "payments/mine.yaml": HEADER + b"mine, though it begins like ours\n"}
    for path, content in foreign.items():
        (rendered / "one" / path).write_bytes(content)
    assert kinds(rendered, OLD) == dict.fromkeys(foreign, "unexpected")
    files = {"namespace.yaml": OLD["namespace.yaml"]}
    result = put(rendered, files)
    assert (result.foreign, result.blocked) == (tuple(foreign), ())
    assert tree(rendered / "one") == {**whole(files), **foreign}
    assert remove_output(rendered, "one").foreign == tuple(foreign)
    assert tree(rendered / "one") == foreign


@pytest.mark.parametrize("path", ["payments/cluster.yaml", "payments", "namespace.yaml/x/y"])
def test_something_foreign_in_the_way_stops_the_whole_output(rendered: Path, path: str) -> None:
    place = rendered / "one" / path
    place.parent.mkdir(parents=True)
    place.write_bytes(b"mine")
    result = put(rendered, OLD)
    assert (result.written, result.foreign, result.blocked) == ((), (path,), (path,))
    assert tree(rendered) == {f"one/{path}": b"mine"}
    assert kinds(rendered, OLD)[path] == "unexpected"


def test_a_listed_header_or_an_equal_content_makes_a_file_ours(rendered: Path) -> None:
    put(rendered, OLD)
    (rendered / "one" / SUMS).unlink()
    (rendered / "one/namespace.yaml").write_bytes(HEADER + b"older\n")
    assert kinds(rendered, OLD) == {SUMS: "sums", "namespace.yaml": "edited"}
    assert put(rendered, OLD).written == ("namespace.yaml",)
    assert tree(rendered / "one") == whole(OLD)


def test_an_empty_folder_in_the_way_is_no_obstacle(rendered: Path) -> None:
    (rendered / "one/namespace.yaml").mkdir(parents=True)
    put(rendered, OLD)
    assert tree(rendered / "one") == whole(OLD)


def test_names_that_cannot_be_printed_are_told_in_a_way_that_can(rendered: Path) -> None:
    put(rendered, OLD)
    Path(os.fsdecode(os.fsencode(rendered / "one") + b"/\xff\n")).write_bytes(b"")
    Path(os.fsdecode(os.fsencode(rendered) + b"/\xfe")).write_bytes(b"")
    (told,) = compare(rendered, "one", OLD, HEADER)
    assert told == Difference("\\udcff\\n", Kind.UNEXPECTED)
    assert strays(rendered) == ["\\udcfe"]
    assert put(rendered, OLD).foreign == ("\\udcff\\n",)


# SHA256SUMS


def test_sha256sum_accepts_what_is_written(rendered: Path) -> None:
    if shutil.which("sha256sum") is None:
        pytest.skip("there is no sha256sum here")
    put(rendered, {**OLD, "a file: with *blank.yaml": b"x", " b": b"", "*c": b"y", "é.yaml": b"z"})
    command = ["sha256sum", "--check", "--strict", SUMS]
    checked = subprocess.run(command, cwd=rendered / "one", capture_output=True, text=True, check=True)
    assert checked.stdout.count(": OK\n") == len(OLD) + 4
    (rendered / "one/é.yaml").write_bytes(b"edited")
    assert subprocess.run(command, cwd=rendered / "one", capture_output=True, check=False).returncode == 1


def test_sums_are_sorted_and_read_back() -> None:
    assert [line.split("  ")[1] for line in sums(dict(reversed(OLD.items()))).decode().splitlines()] == sorted(OLD)


def test_damaged_sums_own_what_can_be_read(rendered: Path) -> None:
    put(rendered, OLD)
    listed = (rendered / "one" / SUMS).read_bytes().splitlines(keepends=True)
    (rendered / "one" / SUMS).write_bytes(
        b"<<<<<<< HEAD\n" + listed[0] + b"=======\n\xff\xfe" + listed[1] + b"".join(listed[2:]) + b">>>>>>> x\ncut"
    )
    assert set(read_sums(rendered / "one")) == set(OLD) - {"operator/deployment-x.yaml"}
    assert kinds(rendered, OLD) == {SUMS: "sums"}
    assert kinds(rendered, NEW)["payments/cluster.yaml"] == "removed"
    put(rendered, NEW)
    assert tree(rendered / "one") == whole(NEW)


def test_sums_that_lead_out_of_the_output_own_nothing_there(rendered: Path) -> None:
    put(rendered, OLD)
    outside = rendered.parent / "precious"
    outside.write_bytes(b"mine")
    line = sums({"x": b"mine"}).decode().split("  ")[0]
    places = ["../../precious", str(outside), "payments/../../../precious"]
    (rendered / "one" / SUMS).write_text("".join(f"{line}  {place}\n" for place in places))
    assert read_sums(rendered / "one") == {}
    remove_output(rendered, "one")
    assert outside.read_bytes() == b"mine"


@pytest.mark.parametrize("make", ["folder", "link"])
def test_sums_that_are_no_file_stop_the_output(rendered: Path, make: str) -> None:
    (rendered / "one").mkdir()
    if make == "folder":
        (rendered / "one" / SUMS).mkdir()
    else:
        (rendered.parent / "listed").write_bytes(sums(OLD))
        (rendered / "one" / SUMS).symlink_to(rendered.parent / "listed")
    assert kinds(rendered, OLD) == {**dict.fromkeys(OLD, "missing"), SUMS: "unexpected"}
    assert put(rendered, OLD).blocked == (SUMS,)
    assert os.listdir(rendered / "one") == [SUMS]
    assert read_sums(rendered / "one") == {}


# leaving the repository


@pytest.mark.parametrize("path", ["payments", "payments/cluster.yaml", "namespace.yaml"])
@pytest.mark.parametrize("leads_to", ["folder", "file", "nothing"])
def test_a_symbolic_link_is_never_followed(rendered: Path, path: str, leads_to: str) -> None:
    outside = rendered.parent / "outside"
    if leads_to == "folder":
        outside.mkdir()
    if leads_to == "file":
        outside.write_bytes(b"mine")
    put(rendered, {key: content for key, content in OLD.items() if not key.startswith(path)})
    (rendered / "one" / path).parent.mkdir(exist_ok=True)
    (rendered / "one" / path).symlink_to(outside)
    before = tree(rendered.parent)
    assert kinds(rendered, OLD)[path] == "unexpected"
    assert put(rendered, OLD).blocked == (path,)
    assert tree(rendered.parent) == before
    assert (rendered / "one" / path).is_symlink()


def test_a_link_beside_our_files_is_told_and_its_target_not_shown(rendered: Path) -> None:
    put(rendered, OLD)
    (rendered.parent / "secret.yaml").write_bytes(b"secret")
    (rendered / "one/link").symlink_to(rendered.parent)
    assert kinds(rendered, OLD) == {"link": "unexpected"}
    assert short_diff(rendered, "one", "link/secret.yaml", OLD) == ""
    result = put(rendered, NEW)
    assert (result.foreign, result.blocked) == (("link",), ())


def test_a_link_to_an_equal_file_is_still_no_file_of_ours(rendered: Path) -> None:
    put(rendered, OLD)
    place = rendered / "one/namespace.yaml"
    place.rename(rendered.parent / "elsewhere")
    place.symlink_to(rendered.parent / "elsewhere")
    assert kinds(rendered, OLD) == {"namespace.yaml": "unexpected"}
    assert put(rendered, {}).foreign == ("namespace.yaml",)
    assert place.is_symlink()
    assert (rendered.parent / "elsewhere").exists()


@pytest.mark.parametrize("path", ["../x", "a/../../x", "/etc/x", "a//b", "", ".", "a/.", "a\0b", "a\\b", "a/", "a\nb"])
def test_a_path_that_may_lead_elsewhere_is_refused(rendered: Path, path: str) -> None:
    for action in (write, compare):
        with pytest.raises(CannotGoOn, match="cannot be the path of a file in rendered/one"):
            action(rendered, "one", {"fine.yaml": b"", path: b""}, HEADER)
        with pytest.raises(CannotGoOn, match="cannot be the name of a folder"):
            action(rendered, path, OLD, HEADER)
    assert list(rendered.iterdir()) == []


@pytest.mark.parametrize("path", [f"{PREFIX}1", f"a/{PREFIX}1", "caf\udce9.yaml"])
def test_a_path_that_cannot_be_listed_is_refused(rendered: Path, path: str) -> None:
    with pytest.raises(CannotGoOn, match="cannot be the path of a file"):
        put(rendered, {path: b""})


@pytest.mark.parametrize("pair", [("a/b", "A/c"), ("a.yaml", "A.yaml"), ("a", "a/b"), (SUMS, "b"), ("sha256sums", "b")])
def test_paths_that_exclude_each_other_are_refused(rendered: Path, pair: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="two paths differ in case only"):
        put(rendered, dict.fromkeys(pair, b""))


def test_an_output_that_is_a_link_is_refused(rendered: Path) -> None:
    outside = rendered.parent / "outside"
    outside.mkdir()
    (rendered / "one").symlink_to(outside)
    for name in ("one", "one/crds"):
        with pytest.raises(CannotGoOn, match="rendered/one is a symbolic link"):
            write(rendered, name, OLD, HEADER)
    assert list(outside.iterdir()) == []
    assert list(outputs(rendered)) == []
    assert strays(rendered) == ["one"]


def test_a_rendered_that_leads_out_of_the_repository_is_refused(tmp_path: Path) -> None:
    (tmp_path / "repository").mkdir()
    rendered = tmp_path / "repository/rendered"
    (tmp_path / "outside").mkdir()
    rendered.symlink_to(tmp_path / "outside")
    with pytest.raises(CannotGoOn, match="rendered is a symbolic link that leads out of the repository"):
        put(rendered, OLD)
    with pytest.raises(CannotGoOn, match="leads out"), locked(rendered):
        pass
    with pytest.raises(CannotGoOn, match="leads out"):
        list(outputs(rendered))
    rendered.unlink()
    (tmp_path / "repository/deploy").mkdir()
    rendered.symlink_to("deploy")
    put(rendered, OLD)
    assert tree(tmp_path / "repository/deploy/one") == whole(OLD)


@pytest.mark.parametrize("place", ["rendered", "rendered/one"])
def test_a_file_in_place_of_a_folder_is_told(tmp_path: Path, place: str) -> None:
    (tmp_path / place).parent.mkdir(exist_ok=True)
    (tmp_path / place).write_bytes(b"mine")
    with pytest.raises(CannotGoOn, match=f"^{place}.* cannot be read: Not a directory"):
        put(tmp_path / "rendered", OLD)
    assert (tmp_path / place).read_bytes() == b"mine"


# the outputs there are


def test_outputs_and_strays_are_told_apart(rendered: Path) -> None:
    assert list(outputs(rendered)) == []
    for name in ("prod", "argocd", "targets/eu1/crds"):
        write(rendered, name, OLD, HEADER)
    for path in ("README.md", "gone/left.txt", "targets/x", "prod/foreign", "new/a.yaml"):
        (rendered / path).parent.mkdir(exist_ok=True)
        (rendered / path).write_bytes(b"")
    assert sorted(outputs(rendered)) == ["argocd", "prod", "targets/eu1/crds"]
    assert strays(rendered, ["new"]) == ["README.md", "gone/left.txt", "targets/x"]
    assert list(outputs(rendered / "none")) == []


# one at a time


def test_a_second_render_waits_and_then_gives_up(rendered: Path) -> None:
    holder = child("hold", rendered=str(rendered))
    assert holder.stdout is not None
    try:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(CannotGoOn, match="another render is running"), locked(rendered, wait=0.2):
            pass
    finally:
        holder.kill()
        holder.communicate()
    with locked(rendered, wait=0.2):
        pass
    assert list(rendered.iterdir()) == []


def test_the_lock_makes_its_folder_and_ends_also_after_an_error(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), locked(tmp_path / "rendered", wait=0):
            raise ZeroDivisionError
    with pytest.raises(CannotGoOn, match="cannot be made"), locked(tmp_path / "none/rendered", wait=0):
        pass


def test_two_writers_at_once_do_not_mix(rendered: Path) -> None:
    first = {f"{folder}/{number}.yaml": b"first" for folder in "ab" for number in range(20)}
    second = {f"{folder}/{number}.yaml": b"second" * number for folder in "bc" for number in range(20)}
    writers = [child("race", rendered=str(rendered), files=text(files), times=60) for files in (first, second)]
    for writer in writers:
        writer.communicate(timeout=60)
    assert [writer.returncode for writer in writers] == [0, 0]
    assert tree(rendered / "one") in (whole(first), whole(second))


# a process that ends in the middle

CHANGES = {
    "new": ({}, OLD),
    "changed": (OLD, NEW),
    "other shapes": ({"a": b"1", "b/c": b"1", "d": b"1"}, {"a/x/y": b"2", "b": b"2", "d": b"1"}),
    "gone": (OLD, {}),
}


def ended(rendered: Path, before: Mapping[str, bytes], after: Mapping[str, bytes], how: str) -> Iterator[int]:
    """Let a child end at its first call that changes the disk, then at its second, and so on, until it gets through."""
    for nth in range(1, 200):
        shutil.rmtree(rendered)
        rendered.mkdir()
        put(rendered, before)
        code, _ = run_child("run", rendered=str(rendered), files=text(after), nth=nth, how=how)
        if code == 0:
            assert nth > 5
            return
        yield code
    raise AssertionError("the child never got through")


def assert_old_or_new(rendered: Path, before: Mapping[str, bytes], after: Mapping[str, bytes]) -> None:
    """Every file there is one of ours in full and is owned."""
    owned = read_sums(rendered / "one")
    for path, content in tree(rendered / "one").items():
        if path != SUMS and PREFIX not in path:
            assert content in (before.get(path), after.get(path))
            assert path in owned


@pytest.mark.parametrize("case", CHANGES)
def test_a_kill_at_any_moment_is_noticed_and_mended(rendered: Path, case: str) -> None:
    before, after = CHANGES[case]
    for code in ended(rendered, before, after, "kill"):
        assert code == -9
        assert_old_or_new(rendered, before, after)
        left = {path: content for path, content in tree(rendered / "one").items() if PREFIX not in path}
        assert bool(kinds(rendered, after)) == (left != whole(after))
        assert "unexpected" not in kinds(rendered, after).values()
        assert "edited" not in kinds(rendered, after).values()
        copy = rendered.parent / "copy"
        shutil.copytree(rendered, copy)
        for place, files in ((rendered, after), (copy, before)):
            assert put(place, files).foreign == ()
            assert tree(place) == {f"one/{path}": content for path, content in whole(files).items()}
            assert not [path for path in place.rglob("*") if path.is_dir() and not list(path.iterdir())] or not files
        shutil.rmtree(copy)


@pytest.mark.parametrize("case", CHANGES)
def test_an_interruption_leaves_no_temporary(rendered: Path, case: str) -> None:
    before, after = CHANGES[case]
    for code in ended(rendered, before, after, "interrupt"):
        assert code == 4
        assert_old_or_new(rendered, before, after)
        assert not list(rendered.rglob(f"{PREFIX}*"))
        put(rendered, after)
        assert tree(rendered / "one") == whole(after)


def test_temporaries_of_a_killed_process_are_not_told_and_go(rendered: Path) -> None:
    put(rendered, OLD)
    (rendered / "one" / f"{PREFIX}0").write_bytes(b"half")
    (rendered / "one/gone").mkdir()
    (rendered / "one/gone" / f"{PREFIX}final").write_bytes(b"")
    assert kinds(rendered, OLD) == {}
    put(rendered, OLD)
    assert tree(rendered / "one") == whole(OLD)
    assert not (rendered / "one/gone").exists()


# a disk that refuses


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 KiB."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)], capture_output=True, check=False
    )
    if not mounted or mounted.returncode:
        pytest.skip("mounting a file system takes root")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.mark.parametrize("before", [{}, OLD])
def test_a_full_disk_changes_nothing(small_disk: Path, before: dict[str, bytes]) -> None:
    rendered = small_disk / "rendered"
    put(rendered, before)
    as_it_was = sorted(small_disk.rglob("*"))
    with pytest.raises(CannotGoOn, match=r"rendered/one/\S+ cannot be written: No space left .* is as it was") as error:
        put(rendered, {**NEW, **{f"big/{number}.yaml": b"x" * 5000 for number in range(30)}})
    assert error.value.fix == "free some disk space and run the command again"
    assert sorted(small_disk.rglob("*")) == as_it_was
    assert kinds(rendered, before) == {}
    put(rendered, NEW)
    assert tree(rendered / "one") == whole(NEW)


def test_what_goes_needs_no_room(small_disk: Path) -> None:
    rendered = small_disk / "rendered"
    put(rendered, OLD)
    with open(small_disk / "filler", "wb", buffering=0) as filler:
        filler.write(b"x" * 65536)
    with pytest.raises(OSError, match="No space left") as full:
        (small_disk / "more").write_bytes(b"x")
    assert full.value.errno == errno.ENOSPC
    assert remove_output(rendered, "one").removed == tuple(sorted(OLD))
    assert list(rendered.iterdir()) == []


@pytest.mark.parametrize("after", [NEW, {}, {"payments/secret.yaml": OLD["payments/secret.yaml"]}])
def test_a_read_only_disk_changes_nothing(small_disk: Path, after: dict[str, bytes]) -> None:
    put(small_disk / "rendered", OLD)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    assert put(small_disk / "rendered", OLD).unchanged == len(OLD)
    with pytest.raises(CannotGoOn, match=r"cannot be written: Read-only file system; rendered/one is as it was"):
        put(small_disk / "rendered", after)
    assert tree(small_disk / "rendered/one") == whole(OLD)


def test_a_disk_that_refuses_late_leaves_each_file_whole(small_disk: Path) -> None:
    rendered = small_disk / "rendered"
    put(rendered, OLD)
    place = rendered / "one/operator/deployment-x.yaml"
    subprocess.run(["mount", "--bind", str(place), str(place)], check=True)
    try:
        with pytest.raises(CannotGoOn) as error:
            put(rendered, NEW)
    finally:
        subprocess.run(["umount", str(place)], check=True)
    assert str(error.value) == (
        "rendered/one/operator/deployment-x.yaml cannot be written: Device or resource busy; "
        "each file of rendered/one is whole, old or new"
    )
    assert_old_or_new(rendered, OLD, NEW)
    assert not list(rendered.rglob(f"{PREFIX}*"))
    assert kinds(rendered, NEW)["operator/deployment-x.yaml"] == "stale"
    put(rendered, NEW)
    assert tree(rendered / "one") == whole(NEW)


def test_a_limit_on_the_size_of_files_changes_nothing(rendered: Path) -> None:
    put(rendered, OLD)
    files = {**NEW, "operator/big.yaml": b"x" * 10_000}
    code, said = run_child("run", rendered=str(rendered), files=text(files), limit=4096)
    assert code == 3
    assert said.startswith("rendered/one/operator/big.yaml cannot be written: File too large; rendered/one is as it")
    assert tree(rendered / "one") == whole(OLD)


@pytest.mark.parametrize("locked_folder", ["one", "one/payments", "one/operator"])
@pytest.mark.parametrize("after", [NEW, {}])
def test_a_folder_without_rights_changes_nothing(locked_folder: str, after: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as name:
        rendered = Path(name, "rendered")
        put(rendered, OLD)
        for path in (Path(name), rendered, *(path for path in rendered.rglob("*") if path.is_dir())):
            path.chmod(0o777)
        (rendered / locked_folder).chmod(0o555)
        code, said = run_child("run", rendered=str(rendered), files=text(after), nobody=True)
        (rendered / locked_folder).chmod(0o755)
        assert code == 3
        assert said.startswith(f"rendered/{locked_folder}")
        assert "cannot be written: Permission denied; rendered/one is as it was | give yourself the right" in said
        assert tree(rendered / "one") == whole(OLD)


def test_a_file_that_cannot_be_read_is_told() -> None:
    with tempfile.TemporaryDirectory() as name:
        rendered = Path(name, "rendered")
        put(rendered, OLD)
        Path(name).chmod(0o755)
        (rendered / "one/namespace.yaml").chmod(0)
        code, said = run_child("run", rendered=str(rendered), files=text(OLD), nobody=True)
    assert code == 3
    assert said.startswith("rendered/one/namespace.yaml cannot be read: Permission denied | ")


# laws

steps = st.sampled_from(["a", "b", "c"])
contents = st.sampled_from([b"", b"1", b"2", HEADER + b"1", HEADER])


@st.composite
def file_sets(draw: st.DrawFn) -> dict[str, bytes]:
    """Files that can lie side by side, few and close together, so that two sets often collide."""
    files: dict[str, bytes] = {}
    for path in draw(st.lists(st.lists(steps, min_size=1, max_size=3).map("/".join), max_size=6)):
        if not any(path == other or path.startswith(other + "/") or other.startswith(path + "/") for other in files):
            files[path] = draw(contents)
    return files


def folders(place: Path) -> set[str]:
    return {path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_dir()}


@settings(max_examples=200, deadline=None)
@given(first=file_sets(), second=file_sets())
def test_what_was_written_before_makes_no_difference(first: dict[str, bytes], second: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as name:
        used, fresh = Path(name, "used/rendered"), Path(name, "fresh/rendered")
        for folder in (used, fresh):
            folder.mkdir(parents=True)
        put(used, first)
        told = kinds(used, second)
        result = put(used, second)
        put(fresh, second)
        assert tree(used) == tree(fresh)
        assert folders(used) == folders(fresh)
        assert kinds(used, second) == {}
        assert set(result.written) == {path for path, kind in told.items() if kind in ("missing", "stale", "edited")}
        assert set(result.removed) == {path for path, kind in told.items() if kind == "removed"} - {SUMS}


def plain_kinds(one: Path, files: Mapping[str, bytes]) -> dict[str, str]:
    """What `compare` should tell of a folder without links, in the plainest way."""
    disk, owned = tree(one), read_sums(one)
    told = {}
    for path in {*disk, *files} - {SUMS}:
        listed = owned.get(path) == sums({path: disk[path]}).decode()[:64] if path in disk else False
        if path not in disk:
            told[path] = "missing"
        elif path not in files:
            told[path] = "removed" if path in owned else "unexpected"
        elif disk[path] != files[path]:
            ours = path in owned or disk[path].startswith(HEADER)
            told[path] = "stale" if listed else "edited" if ours else "unexpected"
    if disk.get(SUMS) != whole(files).get(SUMS):
        told[SUMS] = "sums" if files else "removed"
    return told


@settings(max_examples=300, deadline=None)
@given(first=file_sets(), second=file_sets(), by_hand=file_sets(), lost=st.sets(steps), same=st.booleans())
def test_any_folder_is_told_plainly_and_foreign_files_survive(
    first: dict[str, bytes], second: dict[str, bytes], by_hand: dict[str, bytes], lost: set[str], same: bool
) -> None:
    with tempfile.TemporaryDirectory() as name:
        rendered, one = Path(name, "rendered"), Path(name, "rendered/one")
        put(rendered, first)
        for path in lost:
            (one / path).unlink() if (one / path).is_file() else None
        for path, content in by_hand.items():
            if not (one / path).is_dir() and not any(parent.is_file() for parent in (one / path).parents):
                (one / path).parent.mkdir(parents=True, exist_ok=True)
                (one / path).write_bytes(content)
        wanted = first if same else second
        before, owned = tree(one), read_sums(one)
        assert kinds(rendered, wanted) == plain_kinds(one, wanted)
        result = put(rendered, wanted)
        foreign = {path: before[path] for path in result.foreign}
        assert not foreign.keys() & owned.keys()
        assert tree(one) == (before if result.blocked else {**foreign, **whole(wanted)})
