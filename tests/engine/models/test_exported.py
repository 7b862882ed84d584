from __future__ import annotations

import hashlib
import warnings
from pathlib import Path

import pytest
import torch
from torch import nn

from engine.core.errors import TrustRequired, UserError
from engine.models import ModelRequest, load_model


class Pair(nn.Module):
    """Two results: no classifier."""

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return x.mean(dim=(1, 2, 3)), x


def export(path: Path, network: nn.Module, example: torch.Tensor, *, free: bool) -> Path:
    shapes = ({0: torch.export.Dim("batch")},) if free else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.export.save(torch.export.export(network, (example,), dynamic_shapes=shapes), path)
    return path


@pytest.mark.parametrize("free", [True, False])
def test_a_program_opens_after_consent_only(tmp_path, network, free):
    plain = network("digits_cnn", 10)
    path = export(tmp_path / "m.pt2", plain, torch.zeros(4, 1, 8, 8), free=free)
    with pytest.raises(TrustRequired, match="a format that can run code on this machine") as asked:
        load_model(ModelRequest(str(path)))
    assert asked.value.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert asked.value.path == str(path)
    classifier = load_model(ModelRequest(str(path), trust=True))
    assert classifier.identity.contains_code
    assert classifier.identity.input_shape == (1, 8, 8)
    assert classifier.identity.parameters == 151_306
    classifier.prepare(torch.device("cpu"), "fp32")
    x = torch.rand(7, 1, 8, 8)
    torch.testing.assert_close(classifier.scores(x), plain(x), rtol=1e-4, atol=1e-5)
    with pytest.raises(UserError, match=r"Precision bf16 does not work for a torch\.export file"):
        classifier.prepare(torch.device("cpu"), "bf16")


def test_what_is_no_classifier_is_refused(tmp_path):
    path = export(tmp_path / "m.pt2", Pair(), torch.zeros(2, 1, 8, 8), free=False)
    with pytest.raises(UserError, match="is no image classifier: it returns a tuple"):
        load_model(ModelRequest(str(path), trust=True))


def test_other_inputs_are_refused(tmp_path):
    path = export(tmp_path / "m.pt2", nn.Linear(3, 2), torch.zeros(2, 3), free=True)
    with pytest.raises(UserError, match="does not take one batch of images of a fixed size"):
        load_model(ModelRequest(str(path), trust=True))
    path = export(tmp_path / "c.pt2", nn.Flatten(), torch.zeros(2, 5, 8, 8), free=False)
    with pytest.raises(UserError, match="takes 5x8x8 images; only channels first"):
        load_model(ModelRequest(str(path), trust=True))


def test_a_damaged_program_is_refused(tmp_path):
    from zipfile import ZipFile

    path = tmp_path / "m.pt2"
    with ZipFile(path, "w") as archive:
        archive.writestr("m/archive_format", "pt2")
    with pytest.raises(UserError, match=r"cannot be opened as a torch\.export program"):
        load_model(ModelRequest(str(path), trust=True))
