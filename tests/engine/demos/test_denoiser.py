"""The shipped denoiser and the classifier that never saw noise: recipes and what they hold."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
import torch

from engine.core.files import sha256_file
from engine.core.resources import assets
from engine.demos import denoiser
from engine.models import ModelRequest, load_model
from engine.models.demo import shipped_denoiser
from engine.models.denoised import DenoisedClassifier
from engine.training.card import card_markdown
from engine.training.digits import large_digits

STEP = denoiser.SCHEDULE.step(0.25)


@pytest.mark.parametrize("name", [denoiser.CLEAN, denoiser.NAME])
def test_the_files_are_those_on_their_cards(name: str) -> None:
    folder = "denoisers" if name == denoiser.NAME else "models"
    path = assets() / folder / f"{name}.safetensors"
    facts = json.loads(path.with_suffix(".json").read_text())
    assert facts["sha256"] == sha256_file(path) and path.stat().st_size < 1 << 20
    assert facts["command"] == f"python -m engine.demos {name}"
    assert path.with_suffix(".md").read_text() == card_markdown(name, facts)


def test_for_free() -> None:
    """At sigma 0.25 it certifies most digits behind the denoiser, and few without."""
    cards = [assets() / "models" / f"{denoiser.CLEAN}.json"]
    cards.append(shipped_denoiser("demo:digits-denoiser").with_suffix(".json"))
    said = [" ".join(json.loads(card.read_text())["remarks"].values()) for card in cards]
    alone, behind = (int(re.findall(r"(\d+) of 100 held-out digits", text)[0]) for text in said)
    assert alone < 30 and behind >= 70


def test_noise_is_taken_away() -> None:
    """Votes behind the denoiser and without it, on fewer digits than the cards measured."""
    test, labels = large_digits().test
    generator = torch.Generator().manual_seed(0)
    noisy = test[:100] + 0.25 * torch.randn(test[:100].shape, generator=generator)
    right = []
    for before in ("", "demo:digits-denoiser"):
        model = load_model(ModelRequest("demo:digits-clean", denoiser=before))
        if isinstance(model, DenoisedClassifier):
            model = DenoisedClassifier(model.inner, model.denoiser, STEP)
        model.prepare(torch.device("cpu"), "fp32")
        with torch.inference_mode():
            right.append(float((model.classify(noisy) == labels[:100]).float().mean()))
    assert right[0] < 0.6 and right[1] > 0.9


@pytest.mark.thorough
def test_the_recipe_gives_the_same_weights_again() -> None:
    short = replace(denoiser.DENOISER, epochs=1, batch=600)
    first, again = (denoiser.train_denoiser(short).state_dict() for _ in range(2))
    assert all(torch.equal(first[name], again[name]) for name in first)
    short = replace(denoiser.CLASSIFIER, epochs=1, batch=600)
    first, again = (denoiser.train_classifier(short).state_dict() for _ in range(2))
    assert all(torch.equal(first[name], again[name]) for name in first)
