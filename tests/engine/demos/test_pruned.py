"""A pruned detector by few steps; what is shipped is held against its cards in test_recipes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.demos import aircraft, making, pruned
from engine.models import ModelRequest, load_model
from engine.pruning.channels import detector, weights, widths
from engine.pruning.records import RECONSTRUCTED, PruningSettings


def test_the_whole_recipe_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    few = PruningSettings(cuts=1, steps=2, last_steps=2, images=1, cells=4, examples=64, tested=20)
    monkeypatch.setattr(pruned, "SETTINGS", few)
    monkeypatch.setattr(aircraft, "CERTIFIED", 1)
    monkeypatch.setattr(making, "OUTPUT_VOTES", (10, 100))
    path = pruned.make("aircraft-usn", tmp_path)
    card = json.loads(path.with_suffix(".json").read_text())
    assert card["command"] == "python -m engine.demos aircraft-usn"
    assert card["parameters"] == 6_571 and card["remarks"]["USN"] == RECONSTRUCTED
    assert load_model(ModelRequest(str(path))).identity.outputs is not None


def test_shipped_detectors_are_really_smaller_and_about_as_right() -> None:
    for name in pruned.SHIPPED:
        network = detector(f"demo:{name}")
        assert weights(network) == 6_571
        assert widths(network) == {"conv1": 10, "conv2": 21, "conv3": 21}
        card = json.loads(Path(f"assets/models/{name}.json").read_text())
        whole = json.loads(Path("assets/models/aircraft.json").read_text())
        assert card["clean_accuracy"] >= whole["clean_accuracy"] - 0.02
