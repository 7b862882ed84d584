import json
import threading
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from engine.core.errors import UserError
from engine.core.generators import result_of
from engine.inputs import fit, load_input
from engine.models import ModelRequest, load_model
from engine.schemes import Gaussian, parse_scheme
from engine.schemes.ablation import Ablation
from engine.schemes.hierarchical_gaussian import HierarchicalGaussian
from engine.training import making
from engine.training.digits import digits
from engine.training.making import Order, cells, flags, make, trained, weights
from engine.training.recipe import Recipe

GAUSSIAN = Gaussian(sigma=0.25)
ABLATION = Ablation(entities=64, keep=20)
HIERARCHICAL = HierarchicalGaussian(sigma=0.25, p=0.9)


def order(scheme, **changes) -> Order:
    some = {
        "data": digits(),
        "arch": "digits_cnn",
        "recipe": Recipe(scheme=scheme, epochs=1, draws=1),
        "name": "m",
        "certified": 8,
        "device": "cpu",
        "command": f"python -m engine.training {flags(scheme)} --seed 0",
    }
    return Order(**(some | changes))


def test_the_same_recipe_gives_the_same_bytes():
    made = [result_of(trained(order(ABLATION))).network for _ in range(2)]
    first, second = (weights(order(ABLATION), network) for network in made)
    assert first == second


@pytest.mark.walk
@pytest.mark.parametrize(
    ("scheme", "encoding"),
    [(GAUSSIAN, "plain"), (ABLATION, "complement"), (HIERARCHICAL, "indicator")],
)
def test_writes_a_model_that_loads_and_its_cards(scheme, encoding, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(making, "N", 50)
    path = make(order(scheme), tmp_path)
    card = json.loads(path.with_suffix(".json").read_text())
    assert card["certified_accuracy"]["inputs"] == 8
    assert card["certified_accuracy"]["cells"][0]["at"] == cells(scheme)[0]
    identity = load_model(ModelRequest(str(path))).identity
    assert identity.encoding == card["encoding"] == encoding
    assert identity.name == card["name"]
    assert identity.input_shape == tuple(card["input_shape"])
    if scheme is GAUSSIAN:
        assert identity.training_sigma == card["training_sigma"] == 0.25
    else:
        assert parse_scheme(identity.training_scheme) == scheme
        assert card["training_sigma"] is None
    assert scheme.noise_in_words() in path.with_suffix(".md").read_text()
    fit(load_input("digits:7"), identity)


def test_names_and_command_lines():
    assert making._short_name("digits_cnn", GAUSSIAN) == "digits-cnn, sigma 0.25"
    assert making._short_name("digits_cnn", ABLATION) == (
        "digits-cnn, ablation, entities 64, keep 20"
    )
    assert flags(HIERARCHICAL) == "--scheme hierarchical-gaussian --p 0.9 --sigma 0.25"
    assert flags(Ablation(p=0.7)) == "--scheme ablation --entities 0 --keep 0 --p 0.7"


def test_a_scheme_that_does_not_fit_is_refused(tmp_path):
    with pytest.raises(UserError, match="--entities 1024 does not fit this input of 64 pixels"):
        make(order(Ablation(entities=1024, keep=75)), tmp_path)


def test_colour_images_are_normalised_inside_the_model(tmp_path, monkeypatch):
    """A plain one by its image channels, one with the complement not at all."""

    def at_once(network, data, recipe, **kept):
        yield from ()
        return making.Trained(network, 1, 0.0)

    monkeypatch.setattr(making, "training", at_once)
    pixels = torch.randint(256, (4, 3, 32, 32), dtype=torch.uint8)
    some = (pixels, torch.arange(4))
    data = replace(
        digits(), train=some, validation=some, test=some, specs=(), normalization="cifar10"
    )
    x = torch.rand(2, 4, 32, 32)
    for scheme, stated in ((HIERARCHICAL, "cifar10"), (Ablation(entities=1024, keep=75), "none")):
        one = order(scheme, data=data, arch="cifar_resnet20", certified=0)
        path = make(one, tmp_path)
        classifier = load_model(ModelRequest(str(path)))
        assert classifier.identity.normalization.partition(":")[0] == stated
        assert "CERTIFY" not in path.with_suffix(".md").read_text()
        if scheme is HIERARCHICAL:
            expected = result_of(trained(one)).network.eval()(x)
            torch.testing.assert_close(classifier.scores(x), expected, rtol=1e-4, atol=1e-4)


def test_a_stopped_training_keeps_its_state_and_goes_on_there(tmp_path):
    one, stop = order(GAUSSIAN, certified=0, watched=4), threading.Event()
    one = replace(one, recipe=one.recipe.model_copy(update={"epochs": 2}))
    for progress in making.making(one, tmp_path, stop=stop):
        if progress.done == 1:
            stop.set()
    assert [path.name for path in tmp_path.iterdir()] == ["m.training"]
    stages = list[int]()
    path = result_of(making.making(one, tmp_path), lambda progress: stages.append(progress.done))
    assert min(stages) == 1 and path == tmp_path / "m.safetensors"
    assert not path.with_suffix(".training").exists()


def test_a_network_that_does_not_take_the_images_is_refused(tmp_path):
    with pytest.raises(
        UserError, match=r"digits_cnn16 does not take images of 8 by 8 pixels with 1 channels in 10"
    ):
        make(order(GAUSSIAN, arch="digits_cnn16"), tmp_path)
    data = replace(digits(), class_names=("a", "b"))
    with pytest.raises(UserError, match="in 2 classes; choose another --arch"):
        make(order(GAUSSIAN, data=data), tmp_path)
