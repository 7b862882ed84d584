from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from engine.core.resources import assets
from engine.models.kinds import read_header
from engine.models.native_metadata import (
    listed,
    own_noise,
    proposed_scheme,
    stated_encoding,
    stored,
    taught_scheme,
    training_scheme,
    training_sigma,
)
from engine.schemes import Gaussian, Rotation
from engine.schemes.hierarchical_gaussian import HierarchicalGaussian
from engine.training.card import card_markdown
from tests.fakes import identity


def test_text_entries_of_a_header(tmp_path: Path):
    path = tmp_path / "m.safetensors"
    save_file({"w": torch.zeros(1)}, path, {"words": '["a", "b"]', "n": "3"})
    header = read_header(path)
    assert listed(header, "words") == ("a", "b") and stored(header, "n") == 3
    assert listed(header, "n") == () and listed(header, "none") == ()


def test_damage_is_no_header(tmp_path: Path):
    path = tmp_path / "m.safetensors"
    for data in (b"", b"\xff" * 40, (2).to_bytes(8, "little") + b"[]", b"\x02" + b"\0" * 7 + b"{}"):
        path.write_bytes(data)
        assert read_header(path) == {}
    assert stored({"x": "[" * 100_000}, "x") is None and stored({"x": "{"}, "x") is None


def test_the_level_of_a_scheme():
    assert training_sigma({"sigma": 0.25}) == 0.25
    assert training_sigma({"beta": 0.5}) is None and training_sigma(None) is None


def test_the_header_wins_over_the_card():
    assert stated_encoding({"encoding": "indicator"}, {"encoding": "complement"}) == "indicator"
    assert stated_encoding({}, {"encoding": "complement"}) == "complement"
    assert stated_encoding({}, {}) == ""
    header = {"training_scheme": json.dumps({"key": "gaussian", "sigma": 0.5})}
    found, note = training_scheme(header, {"training_scheme": {"key": "gaussian", "sigma": 1.0}})
    assert found == Gaussian(sigma=0.5).model_dump()
    assert note == ""
    assert training_scheme({}, {"training_scheme": {"key": "gaussian", "sigma": 1.0}})[0] == {
        "key": "gaussian", "sigma": 1.0,
    }  # fmt: skip
    assert training_scheme({}, {}) == (None, "")


@pytest.mark.parametrize(
    "stated",
    [
        "no JSON",
        "[" * 100_000,
        "17",
        '{"sigma": 0.5}',
        '{"key": "unheard-of"}',
        '{"key": "gaussian", "sigma": -1}',
        '{"key": "gaussian", "sigma": 1, "more": 2}',
    ],
)
def test_what_is_not_understood_is_left_out_with_a_word(stated):
    found, note = training_scheme({"training_scheme": stated}, {})
    assert found is None
    assert note == "It states training noise that is not known here."


@pytest.mark.parametrize(
    ("stated", "scheme"),
    [
        ({"training_sigma": 0.5}, Gaussian(sigma=0.5)),
        ({"training_sigma": 0.0}, None),
        ({"training_sigma": 0.5, "kind": "graph"}, None),
        ({}, None),
        (
            {"training_scheme": {"key": "hierarchical-gaussian", "sigma": 0.3, "p": 0.9}},
            HierarchicalGaussian(sigma=0.3, p=0.9),
        ),
        ({"training_scheme": {"key": "sorcery"}}, None),
        ({"training_scheme": {"key": "gaussian", "sigma": -1}}, None),
    ],
)
def test_what_a_model_was_trained_for(stated, scheme):
    assert taught_scheme(identity(**stated)) == scheme


@pytest.mark.parametrize(
    ("spec", "key"),
    [
        ("demo:digits-0.50", "gaussian"),
        ("demo:digits-ablation", "ablation"),
        ("demo:digits-hierarchical", "hierarchical-gaussian"),
        ("demo:filter", "hybrid-mask"),
        ("demo:karate-sparse", "sparse"),
    ],
)
def test_shipped_models_say_their_noise(spec: str, key: str):
    found = own_noise(spec)
    assert found is not None and found.key == key


def test_the_level_comes_along():
    assert own_noise("demo:digits-0.50") == Gaussian(sigma=0.5)
    assert own_noise("demo:filter").vocabulary == 72


def test_agrees_with_the_loaded_model():
    from engine.models import ModelRequest, catalogue, load_model
    from engine.models.native_metadata import taught_scheme

    for shipped in catalogue():
        identity = load_model(ModelRequest(spec=shipped.name)).identity
        assert own_noise(shipped.name) == taught_scheme(identity)


@pytest.mark.parametrize("name", ["m.onnx", "nothing.safetensors", "demo:nothing", "owner/name"])
def test_others_say_nothing(name: str):
    assert own_noise(name) is None


def test_a_broken_card_or_file_says_nothing(tmp_path):
    path = tmp_path / "m.safetensors"
    path.write_bytes(b"\xff" * 40)
    path.with_suffix(".json").write_text(json.dumps({"training_scheme": {"key": "magic"}}))
    assert own_noise(str(path)) is None
    path.with_suffix(".json").write_text("[")
    assert own_noise(str(path)) is None


@pytest.mark.parametrize("name", ["digits-rotation", "cifar10-rotation"])
def test_a_demo_of_a_transformation_is_opened_with_that_and_claims_no_training_by_it(name):
    card = json.loads((assets() / "models" / f"{name}.json").read_text())
    assert card["made_for"] == "rotation" and card["training_scheme"] is None
    model = identity(source=f"demo:{name}", training_sigma=0.25)
    assert proposed_scheme(model) == Rotation(sigma=0.25)
    assert taught_scheme(model) == Gaussian(sigma=0.25) == own_noise(f"demo:{name}")
    told = (assets() / "models" / f"{name}.md").read_text()
    assert "**Trained with this noise**: Gaussian" in told
    assert "**Made to be certified under**: `rotation`" in told
    assert card_markdown(name, card).splitlines()[:8] == told.splitlines()[:8]


def test_any_other_model_is_opened_as_it_was_trained():
    assert proposed_scheme(identity(source="demo:digits-0.25", training_sigma=0.25)) == Gaussian(
        sigma=0.25
    )
    assert proposed_scheme(identity(source="digits-rotation", training_sigma=0.5)) == Gaussian(
        sigma=0.5
    )
