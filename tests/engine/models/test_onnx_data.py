"""The files of tests/cases/field were made for this project."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.core.errors import UserError
from engine.core.files import sha256_file
from engine.models import ModelRequest, load_model
from engine.models.onnx_data import data_files, onnx_digest
from tests.hostile.onnx import MATRIX, linear

CASES = Path(__file__).parents[2] / "cases" / "field" / "onnx"


def test_weights_beside_a_file_are_read_and_belong_to_its_digest(tmp_path):
    path, data = tmp_path / "m.onnx", tmp_path / "weights.bin"
    path.write_bytes(linear(["n", 3, 4, 4], external="weights.bin"))
    data.write_bytes(MATRIX.tobytes())
    assert data_files(path) == (data,)
    classifier = load_model(ModelRequest(str(path)))
    classifier.prepare(torch.device("cpu"), "fp32")
    x = torch.rand(3, 3, 4, 4)
    expected = x.flatten(1) @ torch.from_numpy(MATRIX)
    torch.testing.assert_close(classifier.scores(x), expected, rtol=1e-5, atol=1e-5)
    lines = f"{sha256_file(path)}\n{sha256_file(data)}  weights.bin\n"
    assert classifier.identity.sha256 == hashlib.sha256(lines.encode()).hexdigest()
    data.write_bytes((MATRIX + np.float32(1)).tobytes())
    assert onnx_digest(path) != classifier.identity.sha256


def test_a_file_that_holds_its_weights_has_its_own_digest(tmp_path):
    path = tmp_path / "m.onnx"
    path.write_bytes(linear(["n", 3, 4, 4]))
    assert data_files(path) == ()
    assert onnx_digest(path) == sha256_file(path)


def test_a_network_as_torch_exports_it(tmp_path):
    classifier = load_model(ModelRequest(str(CASES / "net.onnx")))
    assert classifier.identity.input_shape == (3, 32, 32)
    shutil.copy(CASES / "net.onnx", tmp_path)
    with pytest.raises(UserError, match=r"net\.onnx\.data, which is not beside it.*one file"):
        load_model(ModelRequest(str(tmp_path / "net.onnx")))
    (tmp_path / "net.onnx.data").write_bytes(b"short")
    with pytest.raises(UserError, match="in another file that does not fit it"):
        load_model(ModelRequest(str(tmp_path / "net.onnx")))
