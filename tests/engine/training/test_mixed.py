from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from engine.inputs import expand, load_input
from engine.models import ModelRequest, fitted, load_model
from engine.training import example_card, mixed
from engine.training.mixed import MixedRecipe, make, replaced, train_mixed


def test_a_replaced_field_has_another_of_its_values():
    codes = torch.tensor([[0, 2]]).expand(30_000, 2)
    generator = torch.Generator().manual_seed(0)
    found = replaced(codes, (2, 4), 0.3, generator)
    changed = (found != codes).float().mean(dim=0)
    torch.testing.assert_close(changed, torch.tensor([0.3, 0.3]), atol=0.01, rtol=0)
    for value in (0, 1, 3):
        assert float((found[:, 1] == value).float().mean()) == pytest.approx(0.1, abs=0.01)
    assert set(found[:, 0].tolist()) == {0, 1}


def test_made_again_it_has_the_shipped_coding():
    _, coding = train_mixed(MixedRecipe(steps=1))
    shipped = load_model(ModelRequest("demo:mixed")).coding
    assert coding == shipped


def test_files_and_cards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(mixed, "CERTIFIED", 2)
    monkeypatch.setattr(example_card, "N", 200)
    path = make(MixedRecipe(steps=20, rows=200), tmp_path, tmp_path)
    facts = json.loads(path.with_suffix(".json").read_text())
    assert facts["training_scheme"]["arities"] == "3,3,3,3,3" and facts["training_sigma"] == 0.5
    assert facts["certified_accuracy"]["inputs"] == 2
    assert "no pump was ever measured" in path.with_suffix(".md").read_text()
    assert load_model(ModelRequest(str(path))).identity.name == "mixed, table_mlp"
    assert (tmp_path / "mixed.csv").read_text().startswith("temperature,vibration,")


def test_the_shipped_model_is_right_without_noise():
    classifier = load_model(ModelRequest("demo:mixed"))
    classifier.prepare(torch.device("cpu"), "fp32")
    right = 0
    for spec in expand("mixed")[:50]:
        given = fitted(classifier, load_input(spec))
        batch = tuple(torch.from_numpy(part)[None] for part in given.arrays)
        right += int(classifier.classify(batch)) == given.identity.label
    assert right >= 48
