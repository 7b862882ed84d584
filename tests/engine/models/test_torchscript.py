from __future__ import annotations

import warnings
from pathlib import Path
from zipfile import ZipFile

import pytest
import torch
from torch import nn

from engine.core.errors import TrustRequired, UserError
from engine.models import ModelRequest, load_model


def save(path: Path, network: nn.Module, example: torch.Tensor) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.trace(network, example).save(str(path))
    return path


def test_an_archive_opens_after_consent_only(tmp_path, network):
    plain = network("digits_cnn", 10)
    path = save(tmp_path / "m.pt", plain, torch.zeros(2, 1, 8, 8))
    with pytest.raises(TrustRequired, match="is a TorchScript file, a format that can run code"):
        load_model(ModelRequest(str(path)))
    classifier = load_model(ModelRequest(str(path), trust=True))
    assert classifier.identity.input_shape == (1, 8, 8)
    assert classifier.identity.contains_code
    assert "opened with consent" in classifier.identity.notes[0]
    classifier.prepare(torch.device("cpu"), "fp32")
    x = torch.rand(5, 1, 8, 8)
    torch.testing.assert_close(classifier.scores(x), plain(x))


def test_a_size_that_cannot_be_told_is_asked_for(tmp_path):
    pooled = nn.Sequential(
        nn.Conv2d(3, 4, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2)
    ).eval()
    path = save(tmp_path / "m.pt", pooled, torch.zeros(2, 3, 32, 32))
    with pytest.raises(UserError, match="takes several sizes of images .* name it with --arch @3x"):
        load_model(ModelRequest(str(path), trust=True))
    found = load_model(ModelRequest(str(path), trust=True, arch="@3x32x32"))
    assert found.identity.input_shape == (3, 32, 32)
    with pytest.raises(UserError, match="does not run on 2 images of 1x32x32"):
        load_model(ModelRequest(str(path), trust=True, arch="@1x32x32"))


def test_a_damaged_archive_is_refused(tmp_path):
    path = tmp_path / "m.pt"
    with ZipFile(path, "w") as archive:
        archive.writestr("m/constants.pkl", b"\x80\x02")
    with pytest.raises(UserError, match="is a damaged or truncated TorchScript file"):
        load_model(ModelRequest(str(path), trust=True))
