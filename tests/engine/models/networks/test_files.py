"""Which files are read layer by layer, and what is said of others."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from engine.core.errors import UserError
from engine.core.records import MEMORY, ModelIdentity, PartIdentity
from engine.exact.light import Light
from engine.models import ModelRequest, load_model, shipped
from engine.models.networks.files import model_file, small_model

DIGITS = shipped("demo:digits-0.25").path


@pytest.fixture(scope="module")
def digits() -> ModelIdentity:
    return load_model(ModelRequest("demo:digits-0.25")).identity


def test_a_shipped_model_is_read(digits: ModelIdentity) -> None:
    assert model_file(digits) == DIGITS
    assert small_model(DIGITS, digits).network.output_shape == (10,)


def test_the_named_normalisation_is_the_first_layer(digits: ModelIdentity) -> None:
    x = np.random.default_rng(0).uniform(size=(2, 1, 8, 8))
    plain = small_model(DIGITS, digits).network.values(2 * x - 1)
    half = digits.model_copy(update={"normalization": "half: (x - 0.5) / 0.5"})
    assert np.allclose(small_model(DIGITS, half).network.values(x), plain)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"normalization": "given: (x - 0.4) / 0.3"}, "make it part of the exported network"),
        ({"normalization": "cifar10: (x - 0.49 0.48 0.45) / 0.2"}, "does not fit the network"),
        ({"encoding": "indicator"}, "takes an image as it is"),
        ({"kind": "table"}, "takes table inputs"),
        ({"architecture": "resnet18"}, "resnet18 is not read layer by layer"),
        ({"architecture": "cifar_resnet20"}, "does not hold the layers of cifar_resnet20"),
        ({"architecture": "keypoint_cnn"}, "does not hold the layers of keypoint_cnn"),
        ({"architecture": "digits_cnn, above 0.5"}, "decides by a threshold"),
    ],
)
def test_what_is_not_read_is_named(
    digits: ModelIdentity, change: dict[str, object], words: str
) -> None:
    with pytest.raises(UserError, match=words):
        small_model(DIGITS, digits.model_copy(update=change))


def test_files_of_other_kinds(digits: ModelIdentity, tmp_path: Path) -> None:
    (tmp_path / "m.pt").write_bytes(b"\x80\x02}q\x00.")
    with pytest.raises(UserError, match="export it to ONNX with convolutions"):
        small_model(tmp_path / "m.pt", digits)
    with pytest.raises(UserError, match="lived in memory"):
        model_file(digits.model_copy(update={"source": f"{MEMORY}net"}))
    part = PartIdentity(role="member", name="a", sha256="")
    with pytest.raises(UserError, match="made of several parts"):
        model_file(digits.model_copy(update={"parts": (part,)}))


def test_weights_that_are_no_numbers_make_no_map(digits: ModelIdentity, tmp_path: Path) -> None:
    tensors = load_file(DIGITS)
    save_file(
        {**tensors, "output.bias": np.full(10, np.nan, np.float32)}, tmp_path / "m.safetensors"
    )
    found = small_model(tmp_path / "m.safetensors", digits)
    with pytest.raises(UserError, match="no finite numbers"):
        found.problem(np.zeros((1, 8, 8)), Light("linear", 0.1, 0.1))


def test_reading_needs_no_torch() -> None:
    code = "import sys, engine.models.networks.files; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
