"""Pickles made by hand: what calls, nests or claims too much is refused before it is opened."""

from __future__ import annotations

from collections import Counter, OrderedDict
from io import BytesIO
from pathlib import Path

import pytest
import torch

from engine.models.pickles import CallRefused, check_torch_file, follow
from tests.hostile.pickles import archive, called, doubled, entries, name, number, pickled

WEIGHTS = {"fc.weight": torch.ones(2, 3), "fc.bias": torch.zeros(2)}


@pytest.mark.parametrize("zipped", [True, False])
def test_everything_that_torch_opens_of_weights_passes(tmp_path: Path, zipped: bool):
    content = {
        "state_dict": torch.nn.Sequential(torch.nn.BatchNorm1d(3)).state_dict(),
        "parameter": torch.nn.Parameter(torch.ones(2)),
        "half": torch.ones(2).bfloat16(),
        "size": torch.Size([2, 3]),
        "plain": OrderedDict(a=[1, 2.5, None, True, "x" * 1000, (1, (2, 3)), {4}, 2**70, 1j]),
        "dtype": torch.float32,
        "device": torch.device("cpu"),
        "counter": Counter("abca"),
    }
    path = tmp_path / "c.pt"
    torch.save(content, path, _use_new_zipfile_serialization=zipped)
    check_torch_file(path)
    loaded = torch.load(path, weights_only=True)
    assert loaded["plain"] == content["plain"] and loaded["counter"] == content["counter"]


@pytest.mark.parametrize(
    ("opcodes", "refused"),
    [
        (called("builtins bytearray", 10**11), "builtins.bytearray"),
        (called("__builtin__ bytearray", 10**11), "builtins.bytearray"),
        (called("torch FloatTensor", 10**11), "torch.FloatTensor"),
        (called("torch.storage UntypedStorage", 10**11), "torch.storage.UntypedStorage"),
        (called("os system", 1), "os.system"),
        (name("torch Tensor") + b")\x81", "torch.Tensor"),
        (
            name("builtins bytearray") + b"q\x00\x85h\x00" + number(9) + b"\x85R",
            "builtins.bytearray",
        ),
        (b"K\x01)R", ""),
    ],
)
def test_what_no_file_of_weights_calls_is_refused(opcodes: bytes, refused: str):
    with pytest.raises(CallRefused) as error:
        follow(BytesIO(pickled(opcodes)))
    assert str(error.value) == refused


def test_nested_tuples_are_refused_before_anything_hashes_them(tmp_path: Path):
    path = tmp_path / "m.pt"
    torch.save(WEIGHTS, path)
    held = entries(path.read_bytes())
    held["m/data.pkl"] = pickled(b"}" + doubled(60) + b"K\x01s")
    path.write_bytes(archive(held))
    with pytest.raises(ValueError, match="nested beyond reason"):
        check_torch_file(path)
    with pytest.raises(ValueError, match="nested beyond reason"):
        follow(BytesIO(pickled(b")" + b"\x85" * 101)))
    follow(BytesIO(pickled(doubled(10))))


@pytest.mark.parametrize(
    "data", [b"", b"\x80", b"\x80\x02", b"\x80\x02R.", b"\x80\x02h\x05.", b"("]
)
def test_damaged_pickles_are_value_errors_or_left_to_pytorch(data: bytes):
    with pytest.raises(ValueError):
        follow(BytesIO(data))


def test_archives_that_claim_more_than_they_hold(tmp_path: Path):
    path = tmp_path / "m.pt"
    torch.save({"a": torch.zeros(10**6)}, path)
    whole = path.read_bytes()
    path.write_bytes(archive(entries(whole), compressed=True))
    assert path.stat().st_size < 50_000
    with pytest.raises(ValueError, match="more bytes than the file has"):
        check_torch_file(path)
    path.write_bytes(whole[:-30])
    with pytest.raises(ValueError, match="damaged archive"):
        check_torch_file(path)
