from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest

from engine.core.files import sha256_file
from engine.core.resources import assets
from engine.demos import aircraft, denoiser, diabetes, encrypted, pruned, recipes
from engine.demos.data.cifar10 import CLASSES
from engine.demos.recipes import (
    ADVERSARIAL,
    CLUB,
    DEMOS,
    DIGITS,
    EXAMPLES,
    MEMBERS,
    NESTED,
    RECIPES,
    TURNED,
)
from engine.demos.stumps import STUMP_DEMOS
from engine.models import ModelRequest, catalogue, load_model
from engine.schemes import Gaussian, parse_scheme
from engine.training.card import card_markdown

SHIPPED = {model.name.removeprefix("demo:"): model.path for model in catalogue()}


OF_THE_LAB = {"cifar10-0.25": 0.25, "cifar10-0.50": 0.5, "cifar10-rotation": 0.25}
"""Trained on data that is not shipped."""


def test_every_shipped_model_has_its_recipe():
    assert RECIPES.keys() - {denoiser.NAME} == SHIPPED.keys() - {"lattice-attack", *OF_THE_LAB}
    alone = {aircraft.NAME, diabetes.NAME, encrypted.NAME, denoiser.CLEAN, denoiser.NAME}
    alone |= pruned.SHIPPED.keys()
    assert RECIPES.keys() == {
        *(*DIGITS, *MEMBERS, *ADVERSARIAL, *TURNED, *NESTED, *CLUB, *DEMOS, *STUMP_DEMOS, *alone)
    }


def test_every_shipped_file_is_the_one_on_its_cards():
    for name in RECIPES.keys() - {denoiser.CLEAN, denoiser.NAME}:
        path = SHIPPED[name]
        facts = json.loads(path.with_suffix(".json").read_text())
        assert facts["sha256"] == sha256_file(path), name
        assert facts["command"] == f"python -m engine.demos {name}"
        assert path.with_suffix(".md").read_text() == card_markdown(name, facts), name
        assert path.stat().st_size < 1 << 20
        smoothed = facts.get("certified_accuracy", {}).get("right", 0.0)  # some need their noise
        assert max(facts.get("clean_accuracy", 0.0), smoothed) >= 0.9 or name == diabetes.NAME
        # nested smoothing abstains where it certifies no change at all
        assert facts["certified_accuracy"]["right"] >= (0.5 if name in NESTED else 0.8)
    for name, demo in DEMOS.items():
        facts = json.loads(SHIPPED[name].with_suffix(".json").read_text())
        assert (facts["data"], facts["limits"]) == (demo.data, demo.limits)
        assert facts["training_scheme"] == dict(demo.scheme)
        assert [cell["at"] for cell in facts["certified_accuracy"]["cells"]] == list(demo.cells)


def test_a_model_of_the_lab_has_cards_with_what_an_audit_measured():
    for name, sigma in OF_THE_LAB.items():
        path = SHIPPED[name]
        facts = json.loads(path.with_suffix(".json").read_text())
        assert facts["sha256"] == sha256_file(path) and path.stat().st_size < 1_200_000
        assert path.with_suffix(".md").read_text() == card_markdown(name, facts), name
        assert "JPEG copies" in facts["data"] and facts["tested"] == "10000 test images"
        assert facts["command"].startswith("python -m engine.training --data cifar10")
        identity = load_model(ModelRequest(f"demo:{name}")).identity
        assert identity.training_sigma == sigma and identity.class_names == CLASSES
        assert identity.normalization.startswith("cifar10: ")
        assert identity.image_shape == (3, 32, 32)
        if name == "cifar10-rotation":  # measured over a range of angles
            assert "30 degrees" in facts["remarks"]["Certified rotations"]
            continue
        certified = facts["certified_accuracy"]
        assert certified["inputs"] == 500 and certified["n"] == 10_000
        assert certified["command"].startswith(f"certiscope audit --model demo:{name} ")


def test_a_shipped_model_of_digits_knows_the_noise_it_was_trained_with():
    for name, scheme in DIGITS.items():
        identity = load_model(ModelRequest(f"demo:{name}")).identity
        if isinstance(scheme, Gaussian):
            assert identity.training_sigma == scheme.sigma and identity.training_scheme is None
            assert identity.encoding == "plain"
        else:
            assert identity.training_scheme is not None
            assert parse_scheme(identity.training_scheme) == scheme
            channels = 1 if scheme.key == "contrast-brightness" else 2
            assert identity.input_shape == (channels, 8, 8) and identity.image_shape == (1, 8, 8)
        assert identity.notes == ()


def test_digits_and_club_are_ordered_from_the_lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    made = []
    monkeypatch.setattr(recipes.making, "make", lambda order, out: made.append(order) or out)
    monkeypatch.setattr(
        recipes.graphs, "make", lambda graph, recipe, out, **more: made.append(recipe)
    )
    for name in (*DIGITS, *TURNED, *NESTED, *CLUB):
        RECIPES[name](tmp_path)
    count = len(DIGITS) + len(TURNED) + len(NESTED)
    digits, club = made[:count], made[count:]
    assert {order.name: order.recipe.scheme for order in digits} == {**DIGITS, **TURNED, **NESTED}
    large = {order.name for order in digits if order.data.shape == (1, 16, 16)}
    assert large == TURNED.keys() | NESTED.keys()
    assert all(order.certified == 400 - 380 * (order.name in NESTED) for order in digits)
    assert all(order.recipe.epochs == 600 for order in digits)
    assert [recipe.noise for recipe in club] == list(CLUB.values())


def test_examples_are_made_again_byte_for_byte():
    shipped = {path.name for path in (assets() / "examples").glob("*.npz")}
    assert shipped - EXAMPLES.keys() == {"cifar10.npz"}  # of data that is not shipped
    for name, content in EXAMPLES.items():
        shipped = (assets() / "examples" / name).read_bytes()
        if name.endswith(".npz"):  # compressed by whatever zlib there is
            with np.load(io.BytesIO(content())) as made, np.load(io.BytesIO(shipped)) as file:
                assert made.files == file.files
                assert all(np.array_equal(made[key], file[key]) for key in file.files), name
        else:
            assert content() == shipped, name
