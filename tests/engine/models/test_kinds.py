from __future__ import annotations

import zipfile

import pytest
import torch
from safetensors.torch import save_file

from engine.core.errors import UserError
from engine.models.kinds import kind_of


def test_content_decides_not_the_name(tmp_path):
    misnamed = tmp_path / "model.pt"
    save_file({"a": torch.zeros(2)}, misnamed)
    assert kind_of(str(misnamed)) == "safetensors"
    other = tmp_path / "model.onnx"
    torch.save({"a": torch.zeros(2)}, other)
    assert kind_of(str(other)) == "torch"


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ({"architecture": "gat"}, "graph"),
        ({"architecture": "gcn"}, "graph"),
        ({"architecture": "pair_cnn"}, "pair"),
        ({"architecture": "table_mlp"}, "table"),
        ({"architecture": "resnet18"}, "safetensors"),
        (None, "safetensors"),
    ],
)
def test_a_header_tells_a_network_of_ours(tmp_path, header, kind):
    path = tmp_path / "model.safetensors"
    save_file({"a": torch.zeros(2)}, path, header)
    assert kind_of(str(path)) == kind


@pytest.mark.parametrize("text", [b"{" + b"[" * 60_000, b'{"__metadata__": 5}', b"{\xff"])
def test_a_damaged_header_is_left_to_the_reader(tmp_path, text):
    path = tmp_path / "model.safetensors"
    path.write_bytes(len(text).to_bytes(8, "little") + text)
    assert kind_of(str(path)) == "safetensors"


def test_an_old_torch_file_is_a_torch_file(tmp_path):
    path = tmp_path / "model.weights"
    torch.save({"a": torch.zeros(2)}, path, _use_new_zipfile_serialization=False)
    assert kind_of(str(path)) == "torch"


def test_names_without_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert kind_of("demo:digits-0.25") == "demo"
    assert kind_of("microsoft/resnet-50") == "hub"


@pytest.mark.parametrize("spec", ["", "nothing", "folder/model.pt", "/nowhere/model", "../x"])
def test_what_is_not_there_is_refused(spec, tmp_path, monkeypatch):
    (tmp_path / "inside").mkdir()
    monkeypatch.chdir(tmp_path / "inside")
    with pytest.raises(UserError, match="^There is no model"):
        kind_of(spec)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"\x89PNG\r\n\x1a\n", "is an image, not a model that opens here"),
        (b"\x89HDF\r\n\x1a\n", "is a Keras or HDF5 file"),
        (b"hello, this is a text", "is not a model that opens here"),
        (b"PK\x03\x04 and then nothing", "is a damaged or truncated PyTorch file"),
    ],
)
def test_a_file_that_is_no_model_is_refused(tmp_path, content, sentence):
    path = tmp_path / "model"
    path.write_bytes(content)
    with pytest.raises(UserError, match=sentence):
        kind_of(str(path))


def test_an_archive_of_something_else_is_refused(tmp_path):
    path = tmp_path / "model.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a/readme.txt", "hello")
    with pytest.raises(UserError, match="is an archive without a model in it"):
        kind_of(str(path))


def test_a_folder_without_a_model_is_refused(tmp_path):
    with pytest.raises(UserError, match="is a folder without a model"):
        kind_of(str(tmp_path))
    (tmp_path / "config.json").write_text("{}")
    assert kind_of(str(tmp_path)) == "huggingface"
