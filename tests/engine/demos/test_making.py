from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from engine.demos.making import Recipe, cosine, fit, make
from engine.demos.recipes import DEMOS
from engine.models import ModelRequest, load_model

FEW = {
    "commands": {"examples": 60, "epochs": 1},
    "filter": {"examples": 64, "epochs": 1},
    "mixed": {"examples": 200, "epochs": 20},
    "letters-mask": {"examples": 100, "epochs": 1},
    "letters-uniform": {"examples": 100, "epochs": 1},
}


@pytest.mark.thorough
def test_a_demo_is_trained_written_and_measured(tmp_path: Path):
    assert FEW.keys() == DEMOS.keys()
    for name, few in FEW.items():
        demo = DEMOS[name]
        short = replace(
            demo, recipe=replace(demo.recipe, **few), specs=demo.specs[:2], votes=(10, 40)
        )
        path = make(short, tmp_path)
        facts = json.loads(path.with_suffix(".json").read_text())
        assert facts["training_scheme"] == dict(demo.scheme) and facts["recipe"]["seed"] == 0
        assert facts["certified_accuracy"]["inputs"] == 2
        assert [cell["at"] for cell in facts["certified_accuracy"]["cells"]] == list(demo.cells)
        card = path.with_suffix(".md").read_text()
        assert demo.limits in card and facts["sha256"] in card and demo.data in card
        identity = load_model(ModelRequest(str(path))).identity
        assert identity.name == facts["name"] and path.stat().st_size < 1 << 20


def test_the_same_recipe_gives_the_same_weights_and_another_seed_others():
    recipe = Recipe(examples=8, epochs=3, batch=8)

    def trained(recipe: Recipe) -> torch.Tensor:
        def rounds(generator: torch.Generator) -> list[list[tuple]]:
            x = torch.randn(8, 2, generator=generator)
            return [[((x,), (x[:, 0] > 0).long())]] * recipe.epochs

        network = fit(lambda: torch.nn.Linear(2, 2), recipe, rounds, cosine(recipe))
        assert not network.training
        return torch.cat([one.detach().flatten() for one in network.parameters()])

    assert torch.equal(trained(recipe), trained(recipe))
    assert not torch.equal(trained(recipe), trained(replace(recipe, seed=1)))


@pytest.mark.statistics
def test_quick_demos_are_trained_again_to_the_byte(tmp_path: Path):
    for name in ("mixed", "letters-mask", "letters-uniform"):
        path = make(replace(DEMOS[name], specs=DEMOS[name].specs[:1], votes=(10, 40)), tmp_path)
        shipped = load_model(ModelRequest(f"demo:{name}")).identity.sha256
        assert json.loads(path.with_suffix(".json").read_text())["sha256"] == shipped
