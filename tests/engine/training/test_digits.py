import hashlib
import json

import pytest
import torch

from engine.core.resources import assets
from engine.demos.data.digits import split
from engine.demos.recipes import DIGITS
from engine.models import ModelRequest, load_model
from engine.models.input_layout import clean
from engine.training.digits import digits, part, turned_digits


def test_parts_are_disjoint_and_whole():
    parts = [set(indices) for indices in split().values()]
    assert sum(len(part) for part in parts) == len(set.union(*parts)) == 1797
    data = digits()
    for name, indices in split().items():
        pixels, labels = getattr(data, name)
        assert len(pixels) == len(labels) == len(indices) == data.facts["split"][name]
    assert data.specs[3] == f"digits:{split()['test'][3]}"


@pytest.mark.parametrize("name", DIGITS)
def test_a_shipped_models_card_states_its_accuracy(name: str):
    """The clean accuracy on the card, measured again on the same held-out digits."""
    weights = assets() / "models" / f"{name}.safetensors"
    card = json.loads(weights.with_suffix(".json").read_text())
    model = load_model(ModelRequest(f"demo:{name}"))
    model.prepare(torch.device("cpu"), "fp32")
    pixels, labels = part("test")
    shown = torch.stack([clean(image, model.identity.encoding) for image in pixels])
    with torch.inference_mode():
        right = (model.classify(shown) == labels).float().mean()
    assert card["clean_accuracy"] == pytest.approx(float(right), abs=1e-4)
    assert card["clean_accuracy"] > 0.95
    indices = card["split"]["indices"]
    assert {part: tuple(chosen) for part, chosen in indices.items()} == split()
    assert card["sha256"] == hashlib.sha256(weights.read_bytes()).hexdigest()
    assert card["certified_accuracy"]["right"] > 0.9
    assert weights.stat().st_size < 1_000_000


def test_turned_digits_are_for_rotations_and_the_card_of_a_network_will_say_so() -> None:
    assert turned_digits().facts["made_for"] == "rotation"
    assert "made_for" not in digits().facts
