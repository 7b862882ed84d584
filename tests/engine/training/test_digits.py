import hashlib
import json
from pathlib import Path

import pytest
import torch

from engine.inputs.digits import split
from engine.models import ModelRequest, load_model
from engine.resources import assets
from engine.training import digits
from engine.training.loop import Recipe


def test_parts_are_disjoint_and_whole():
    parts = [set(indices) for indices in split().values()]
    assert sum(len(part) for part in parts) == len(set.union(*parts)) == 1797


def test_the_same_recipe_gives_the_same_bytes():
    recipe = Recipe(sigma=0.25, epochs=1)
    first, second = (digits.weights(digits.trained(recipe).network, recipe.sigma) for _ in range(2))
    assert first == second


def test_writes_a_model_that_loads_and_its_cards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(digits, "N", 50)
    monkeypatch.setattr(digits, "split", lambda: {k: v[:8] for k, v in split().items()})
    digits.main(["--sigma", "0.25", "--epochs", "1", "--out", str(tmp_path)])
    card = json.loads((tmp_path / "digits-0.25.json").read_text())
    assert card["certified_accuracy"]["inputs"] == 8
    assert card["command"] == "python -m engine.training --sigma 0.25 --seed 0"
    model = load_model(ModelRequest(str(tmp_path / "digits-0.25.safetensors")))
    assert model.identity.training_sigma == 0.25
    assert "0.25" in (tmp_path / "digits-0.25.md").read_text()


@pytest.mark.parametrize("name", ["digits-0.25", "digits-0.50"])
def test_a_shipped_models_card_states_its_accuracy(name: str):
    """The clean accuracy on the card, measured again on the same held-out digits."""
    card = json.loads((assets() / "models" / f"{name}.json").read_text())
    model = load_model(ModelRequest(f"demo:{name}"))
    model.prepare(torch.device("cpu"), "fp32")
    pixels, labels = digits.part("test")
    with torch.inference_mode():
        right = (model.classify(pixels) == labels).float().mean()
    assert card["clean_accuracy"] == pytest.approx(float(right), abs=1e-4)
    assert card["clean_accuracy"] > 0.97
    indices = card["split"]["indices"]
    assert {part: tuple(chosen) for part, chosen in indices.items()} == split()
    weights = (assets() / "models" / f"{name}.safetensors").read_bytes()
    assert card["sha256"] == hashlib.sha256(weights).hexdigest()
    assert card["certified_accuracy"]["curve"]["0"] > 0.95
    assert (assets() / "models" / f"{name}.safetensors").stat().st_size < 1_000_000
