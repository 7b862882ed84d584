from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from engine.core.errors import UserError
from engine.core.files import sha256_file
from engine.models import ModelRequest, catalogue, demo, load_model


@pytest.fixture
def shipped(tmp_path, monkeypatch, network) -> Path:
    """A folder of assets with two models of our own."""
    folder = tmp_path / "models"
    folder.mkdir()
    for sigma in ("0.50", "0.25"):
        path = folder / f"digits-{sigma}.safetensors"
        header = {"architecture": "digits_cnn", "training_sigma": sigma}
        save_file(network("digits_cnn", 10).state_dict(), path, header)
        card = {"name": f"digits, sigma {sigma}", "training_sigma": float(sigma)}
        path.with_suffix(".json").write_text(json.dumps(card))
    monkeypatch.setattr(demo, "assets", lambda: tmp_path)
    return tmp_path


def test_the_catalogue_lists_what_is_shipped(shipped):
    assert [m.name for m in catalogue()] == ["demo:digits-0.25", "demo:digits-0.50"]
    assert [m.sigma for m in catalogue()] == [0.25, 0.5]
    assert catalogue()[0].title == "digits, sigma 0.25"


def test_a_shipped_model_loads_without_further_questions(shipped):
    classifier = load_model(ModelRequest("demo:digits-0.50"))
    identity = classifier.identity
    assert identity.source == "demo:digits-0.50"
    assert identity.name == "digits, sigma 0.50"
    assert identity.training_sigma == 0.5
    assert identity.normalization == "none"
    assert identity.class_names == tuple("0123456789")
    assert identity.notes == ()
    classifier.prepare(torch.device("cpu"), "fp32")
    assert classifier.scores(torch.rand(2, 1, 8, 8)).shape == (2, 10)


def test_a_card_without_weights_is_a_whole_model():
    attack = next(model for model in catalogue() if model.name == "demo:lattice-attack")
    assert (attack.sigma, attack.path.suffix) == (None, ".json")
    identity = load_model(ModelRequest("demo:lattice-attack")).identity
    assert identity.sha256 == sha256_file(attack.path)
    assert identity.notes[0].startswith("Adversarial on purpose")


def test_an_unknown_one_is_refused(shipped):
    with pytest.raises(UserError, match="no shipped model demo:mnist; there are demo:digits-0.25"):
        load_model(ModelRequest("demo:mnist"))
