import errno
import hashlib
import os
import stat
import threading
from pathlib import Path

import pytest

from engine.core.errors import UserError
from engine.core.files import read_description, sha256_bytes, sha256_file, write_atomically


def test_digests(tmp_path: Path):
    data = os.urandom(3 << 20)
    (tmp_path / "f").write_bytes(data)
    assert sha256_file(tmp_path / "f") == hashlib.sha256(data).hexdigest() == sha256_bytes(data)


def test_an_absent_file_is_one_sentence(tmp_path: Path):
    with pytest.raises(UserError, match=r"Cannot read .*nothing: No such file or directory\."):
        sha256_file(tmp_path / "nothing")


def test_writes_whole_and_makes_folders_only_if_asked(tmp_path: Path):
    target = tmp_path / "new" / "report.pdf"
    with pytest.raises(UserError, match="no such file or directory"):
        write_atomically(target, b"abc")
    write_atomically(target, b"abc", folders=True)
    assert target.read_bytes() == b"abc"
    assert [p.name for p in target.parent.iterdir()] == ["report.pdf"]


def test_others_may_read_what_the_umask_lets_them(tmp_path: Path):
    before = os.umask(0o022)
    try:
        write_atomically(tmp_path / "report.pdf", b"abc")
    finally:
        os.umask(before)
    assert (tmp_path / "report.pdf").stat().st_mode & 0o777 == 0o644


def test_a_full_disk_keeps_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    target = tmp_path / "report.pdf"
    target.write_bytes(b"old")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UserError) as caught:
        write_atomically(target, b"new")
    assert str(caught.value) == (
        f"Cannot write {target}: the disk is full. What was there before is unchanged; choose "
        "another place."
    )
    assert target.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["report.pdf"]


def test_a_name_may_be_as_long_as_the_file_system_allows(tmp_path: Path):
    write_atomically(tmp_path / ("n" * 250 + ".json"), b"x")
    with pytest.raises(UserError, match="Cannot write .*: file name too long"):
        write_atomically(tmp_path / ("n" * 300), b"x")


def test_a_file_in_the_way_of_a_folder(tmp_path: Path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(UserError, match="Cannot write"):
        write_atomically(tmp_path / "file" / "report.pdf", b"x")


def test_a_device_stays_a_device(tmp_path: Path):
    device = tmp_path / "null"
    try:
        os.mknod(device, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
        device.write_bytes(b"")
    except OSError:
        pytest.skip("no devices can be made here")
    write_atomically(device, b"x")
    assert stat.S_ISCHR(device.stat().st_mode)
    assert [p.name for p in tmp_path.iterdir()] == ["null"]


def test_a_pipe_is_written_in_place(tmp_path: Path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write_atomically(pipe, b"abc")
    reader.join(10)
    assert read == [b"abc"] and pipe.is_fifo()


def test_a_link_is_followed(tmp_path: Path):
    (tmp_path / "real").mkdir()
    real, link = tmp_path / "real" / "report.pdf", tmp_path / "link.pdf"
    real.write_bytes(b"old")
    link.symlink_to(real)
    write_atomically(link, b"new")
    assert link.is_symlink() and real.read_bytes() == b"new"


def test_a_dangling_link_makes_what_it_names(tmp_path: Path):
    link = tmp_path / "link.pdf"
    link.symlink_to(tmp_path / "real.pdf")
    write_atomically(link, b"new")
    assert link.is_symlink() and (tmp_path / "real.pdf").read_bytes() == b"new"


def test_a_description_is_an_object(tmp_path):
    path = tmp_path / "card.json"
    path.write_text('{"name": "x", "classes": [1]}', encoding="utf-8")
    assert read_description(path) == {"name": "x", "classes": [1]}


@pytest.mark.parametrize(
    "data",
    [b"", b"[1]", b"{", b"\xff\xfe\xfd", b"[" * 100_000, b'{"a":' * 50_000, b"1" * 5000],
)
def test_anything_but_an_object_is_a_value_error(tmp_path, data):
    path = tmp_path / "card.json"
    path.write_bytes(data)
    with pytest.raises(ValueError):
        read_description(path)


def test_a_large_description_is_not_read_whole(tmp_path):
    path = tmp_path / "card.json"
    with path.open("wb") as file:
        file.truncate(1 << 30)
    with pytest.raises(ValueError, match="too large"):
        read_description(path)
