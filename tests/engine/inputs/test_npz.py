import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from engine.core.errors import UserError
from engine.inputs.npz import Archive


def header(shape: str, descr: str = "<f8") -> bytes:
    """The start of an .npy member that claims a shape, with nothing behind it."""
    text = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


def packed(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(f"{name}.npy", data)
    return path


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_arrays_come_back(tmp_path: Path, save):
    given = {"a": np.arange(12).reshape(3, 4), "b": np.asfortranarray(np.eye(3)), "c": np.ones(0)}
    save(tmp_path / "x.npz", **given)
    with Archive(tmp_path / "x.npz", "x.npz") as archive:
        assert archive.keys == ("a", "b", "c")
        for key, value in given.items():
            assert (archive.array(key, dimensions=value.ndim) == value).all()


def sentence(path: Path, key: str = "a", **wanted: object) -> str:
    with pytest.raises(UserError) as caught, Archive(path, "g.npz") as archive:
        archive.array(key, **({"dimensions": 1} | wanted))
    return str(caught.value)


def test_pickled_objects_are_never_opened(tmp_path: Path):
    np.savez(tmp_path / "g.npz", a=np.array([{"x": 1}], dtype=object))
    assert "'a' is pickled Python objects" in sentence(tmp_path / "g.npz")


def test_a_record_type_with_objects_in_it_is_refused(tmp_path: Path):
    descr = "[('x', '|O')]"
    data = header("(1,)").replace(b"'<f8'", descr.encode())
    data = data[:8] + (len(data) - 10).to_bytes(2, "little") + data[10:]
    assert "pickled" in sentence(packed(tmp_path / "g.npz", a=data + b"\x80\x04."))


def test_a_claimed_size_is_checked_before_it_is_read(tmp_path: Path):
    path = packed(tmp_path / "g.npz", a=header("(1000000000000,)"))
    assert sentence(path) == (
        "g.npz: its array 'a' claims 8,000,000 MB, more than the 400 MB that open here."
    )


def test_a_bomb_behind_a_small_array_is_not_unpacked(tmp_path: Path):
    path = packed(tmp_path / "g.npz", a=header("(1,)") + bytes(50_000_000))
    assert path.stat().st_size < 100_000
    assert "damaged or truncated" in sentence(path)


def test_too_many_members(tmp_path: Path):
    path = packed(tmp_path / "g.npz", **{f"m{i}": b"" for i in range(1001)})
    assert "1,001 members" in sentence(path)


def test_numbers_of_another_kind_or_dimension(tmp_path: Path):
    np.savez(tmp_path / "g.npz", a=np.array(["x"]), b=np.eye(2), c=np.array([1j]))
    assert sentence(tmp_path / "g.npz") == "g.npz: its array 'a' is of type <U1, not numbers."
    assert "2 dimensions instead of 1" in sentence(tmp_path / "g.npz", "b")
    assert "complex128" in sentence(tmp_path / "g.npz", "c")


def test_a_file_cut_anywhere_says_so(tmp_path: Path):
    np.savez_compressed(tmp_path / "whole.npz", a=np.arange(1000))
    data = (tmp_path / "whole.npz").read_bytes()
    for end in range(0, len(data), 97):
        path = tmp_path / "g.npz"
        path.write_bytes(data[:end])
        assert sentence(path) == (
            "g.npz is a damaged or truncated .npz file; copy or download it again."
        )


def test_changed_bytes_never_give_a_traceback(tmp_path: Path):
    np.savez_compressed(tmp_path / "whole.npz", a=np.arange(300))
    data = bytearray((tmp_path / "whole.npz").read_bytes())
    for at in range(len(data)):
        changed = bytearray(data)
        changed[at] ^= 0xFF
        try:
            with Archive(io.BytesIO(bytes(changed)), "g.npz") as archive:  # type: ignore[arg-type]
                if "a" in archive.keys:
                    archive.array("a", dimensions=1)
        except UserError:
            pass
