import hashlib
import json

import pytest
import torch

from engine.core.resources import assets
from engine.inputs.digits import split
from engine.models import ModelRequest, load_model
from engine.models.input_layout import clean
from engine.schemes import Gaussian, parse_scheme
from engine.training.command import SHIPPED
from engine.training.digits import digits, part


def test_parts_are_disjoint_and_whole():
    parts = [set(indices) for indices in split().values()]
    assert sum(len(part) for part in parts) == len(set.union(*parts)) == 1797
    data = digits()
    for name, indices in split().items():
        pixels, labels = getattr(data, name)
        assert len(pixels) == len(labels) == len(indices) == data.facts["split"][name]
    assert data.specs[3] == f"digits:{split()['test'][3]}"


@pytest.mark.parametrize("name", SHIPPED)
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


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_model_knows_the_noise_it_was_trained_with(name: str):
    identity = load_model(ModelRequest(f"demo:{name}")).identity
    scheme = SHIPPED[name]
    if isinstance(scheme, Gaussian):
        assert identity.training_sigma == scheme.sigma and identity.training_scheme is None
        assert identity.encoding == "plain"
    else:
        assert identity.training_scheme is not None
        assert parse_scheme(identity.training_scheme) == scheme
        assert identity.input_shape == (2, 8, 8) and identity.image_shape == (1, 8, 8)
    assert identity.notes == ()
