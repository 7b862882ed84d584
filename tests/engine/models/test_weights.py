from __future__ import annotations

import os
import pickle
from argparse import Namespace
from collections import Counter, OrderedDict, defaultdict
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from sklearn.linear_model import LogisticRegression

from engine.core.errors import UserError
from engine.models.pickles import CallRefused, check_torch_file, follow
from engine.models.weights import (
    main_part,
    read_card,
    read_safetensors,
    read_torch,
    strip_prefixes,
)
from tests.hostile.pickles import archive, called, doubled, entries, name, number, pickled

WEIGHTS = {"fc.weight": torch.ones(2, 3), "fc.bias": torch.zeros(2)}


class Marker:
    """Unpickling it would make a file."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self):
        return (os.mkdir, (self.path,))


@pytest.mark.parametrize("zipped", [True, False])
def test_a_pickle_with_code_is_refused_and_does_not_run(tmp_path, zipped):
    marker = tmp_path / "ran"
    path = tmp_path / "evil.pt"
    content = {"state_dict": WEIGHTS, "x": Marker(str(marker))}
    torch.save(content, path, _use_new_zipfile_serialization=zipped)
    with pytest.raises(UserError, match=r"is a pickle with the Python object posix\.mkdir in it"):
        read_torch(path)
    assert not marker.exists()


def test_a_whole_pickled_model_is_refused(tmp_path):
    path = tmp_path / "model.pt"
    torch.save(torch.nn.Linear(2, 2), path)
    with pytest.raises(
        UserError, match=r"torch\.nn\.modules\.linear\.Linear.*save the model's state"
    ):
        read_torch(path)


def test_layouts_of_checkpoints(tmp_path):
    path = tmp_path / "c.pth"
    torch.save({"epoch": 3, "arch": "resnet50", "state_dict": WEIGHTS, "optimizer": {}}, path)
    found = read_torch(path)
    assert (found.format, found.arch, found.container) == ("checkpoint", "resnet50", "state_dict")
    torch.save({"net": WEIGHTS, "epoch": 440}, path)
    assert read_torch(path).container == "net"
    torch.save(WEIGHTS, path)
    assert read_torch(path).format == "state_dict"
    assert set(read_torch(path).tensors) == set(WEIGHTS)


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_truncated_file_is_refused(tmp_path, share):
    for file, save, read in (
        ("a.pt", torch.save, read_torch),
        ("a.safetensors", save_file, read_safetensors),
    ):
        path = tmp_path / file
        save(WEIGHTS, path)
        path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
        with pytest.raises(UserError, match="is a damaged or truncated"):
            read(path)


def test_a_huge_header_is_refused(tmp_path):
    path = tmp_path / "a.safetensors"
    path.write_bytes((1 << 40).to_bytes(8, "little") + b"{")
    with pytest.raises(UserError, match="more than any real model needs"):
        read_safetensors(path)


def test_what_holds_no_weights_is_refused(tmp_path):
    path = tmp_path / "a.pt"
    torch.save([1, 2], path)
    with pytest.raises(UserError, match="holds a list, not weights by name"):
        read_torch(path)
    torch.save({"epoch": 1, "loss": 0.5}, path)
    with pytest.raises(
        UserError, match=r"holds no weights Certiscope knows \(found: epoch, loss\)"
    ):
        read_torch(path)


def test_a_tensor_larger_than_its_file_is_refused(tmp_path):
    path = tmp_path / "a.pt"
    torch.save({"fc.weight": torch.zeros(1).expand(10**9, 64)}, path)
    assert path.stat().st_size < 10_000
    with pytest.raises(UserError, match="claims 64,000,000,000 numbers but holds 1"):
        read_torch(path)


def test_prefixes_of_wrappers_are_removed():
    for prefix in ("", "1.", "module.", "1.module.", "model.module.", "_orig_mod."):
        assert strip_prefixes({prefix + key: value for key, value in WEIGHTS.items()}) == WEIGHTS
    mixed = {"1.a": torch.zeros(1), "2.a": torch.zeros(1)}
    assert strip_prefixes(mixed) == mixed


def test_the_network_is_told_from_what_lies_beside_it():
    one = torch.zeros(2, 3)
    network = {"conv.weight": one, "bn.weight": one[0]}
    for beside, aside in (
        ({"criterion.weight": one}, ("criterion (tensors: 1)",)),
        ({"ema.conv.weight": one, "ema.bn.weight": one[0]}, ("ema (tensors: 2)",)),
        ({"total_ops": one[0, 0], "n_averaged": one[0, 0]}, ()),
    ):
        content = {**beside, **{f"model.{key}": value for key, value in network.items()}}
        assert main_part(content) == (network, aside)
    robust = {f"module.model.{key}": value for key, value in network.items()}
    robust |= {f"module.attacker.model.{key}": value for key, value in network.items()}
    assert main_part(robust) == (network, ("attacker (tensors: 2)",))
    chosen = {**{f"model.{key}": one + 1 for key in network}, "ema.conv.weight": one}
    assert main_part(chosen, "ema")[0] == {"conv.weight": one}


@pytest.mark.parametrize("zipped", [True, False])
def test_objects_beside_the_tensors_are_left_out(tmp_path, zipped):
    path = tmp_path / "c.pth"
    beside = {
        "args": Namespace(arch="resnet18", lr=0.1, path=Path("x")),
        "best": np.float64(0.9),
        "losses": np.arange(3.0),
        "log": defaultdict(list, {"a": [1]}),
        "out": Path("x"),
    }
    content = {**beside, "state_dict": WEIGHTS, "state_dict_ema": WEIGHTS}
    torch.save(content, path, _use_new_zipfile_serialization=zipped)
    found = read_torch(path)
    assert set(found.tensors) == set(WEIGHTS)
    assert torch.equal(found.tensors["fc.weight"], WEIGHTS["fc.weight"])
    assert (found.container, found.aside) == ("state_dict", ("state_dict_ema",))
    assert read_torch(path, "state_dict_ema").container == "state_dict_ema"


@pytest.mark.parametrize("protocol", [2, 5])
def test_a_pickle_of_another_library_is_told_by_its_name(tmp_path, protocol):
    path = tmp_path / "model.pkl"
    path.write_bytes(pickle.dumps(LogisticRegression(), protocol=protocol))
    with pytest.raises(UserError, match="is a pickled scikit-learn model.*skl2onnx"):
        read_torch(path)


def test_a_card_is_optional(tmp_path):
    assert read_card(tmp_path / "a.safetensors") == {}
    (tmp_path / "a.json").write_text('{"name": "x"}')
    assert read_card(tmp_path / "a.safetensors") == {"name": "x"}
    (tmp_path / "a.json").write_text("[1, 2")
    assert read_card(tmp_path / "a.safetensors") == {}


def test_a_pickle_that_asks_for_memory_is_refused(tmp_path):
    path = tmp_path / "m.pt"
    torch.save(WEIGHTS, path)
    held = entries(path.read_bytes())
    held["m/data.pkl"] = pickled(b"}" + called("builtins bytearray", 10**12) + b"K\x01s")
    path.write_bytes(archive(held))
    with pytest.raises(UserError, match=r"the Python object builtins\.bytearray in it"):
        read_torch(path)


def test_an_object_cannot_hide_its_methods(tmp_path):
    hiding = OrderedDict(WEIGHTS)
    hiding.itemz = hiding.keyz = hiding.gez = 5
    path = tmp_path / "m.pt"
    for content in (hiding, {"state_dict": hiding}):
        torch.save(content, path)
        held = entries(path.read_bytes())
        for cut in (b"item", b"key", b"ge"):
            shown = b"get" if cut == b"ge" else cut + b"s"
            held["m/data.pkl"] = held["m/data.pkl"].replace(cut + b"z", shown)
        path.write_bytes(archive(held))
        assert set(read_torch(path).tensors) == set(WEIGHTS)


def test_keys_that_are_no_names_are_not_shown(tmp_path):
    path = tmp_path / "m.pt"
    torch.save({(1, 2): 3, "epoch\n\x00": 4}, path)
    with pytest.raises(UserError, match=r"\(found: epoch  \); expected a state_dict"):
        read_torch(path)


def test_a_card_nested_too_deep_is_none(tmp_path):
    (tmp_path / "a.json").write_text("[" * 100_000)
    assert read_card(tmp_path / "a.safetensors") == {}


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
