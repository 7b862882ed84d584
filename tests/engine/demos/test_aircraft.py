"""The recipe on a tiny set; what is shipped is held against its card in test_recipes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from engine.cli import main
from engine.core.generators import result_of
from engine.demos import aircraft, making
from engine.demos.data.aircraft import TEST
from engine.evidence.settings import ExactSettings
from engine.inputs import load_input
from engine.models import ModelRequest, fitted, load_model
from engine.models.outputs import OutputsClassifier
from engine.procedures.certify import certify
from engine.regions import LightMap
from engine.schemes import ExactMap
from engine.training.aircraft import near, part
from engine.verify import Plan, verify


def test_the_whole_recipe_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(aircraft, "RECIPE", replace(aircraft.RECIPE, examples=64, epochs=1))
    monkeypatch.setattr(aircraft, "CERTIFIED", 1)
    monkeypatch.setattr(making, "OUTPUT_VOTES", (10, 100))
    path = aircraft.make(tmp_path)
    card = json.loads(path.with_suffix(".json").read_text())
    assert card["parameters"] == 14_915 and card["certified_accuracy"]["inputs"] == 1
    assert load_model(ModelRequest(str(path))).identity.outputs is not None


def test_the_shipped_detector_finds_what_was_drawn():
    classifier = load_model(ModelRequest("demo:aircraft"))
    assert isinstance(classifier, OutputsClassifier)
    images, cells = part(range(TEST))
    with torch.inference_mode():
        heat = classifier.inner.scores(images)
    found = near(heat.flatten(2).argmax(2), cells)
    card = json.loads(Path("assets/models/aircraft.json").read_text())
    assert float(found.float().mean()) == pytest.approx(card["clean_accuracy"], abs=0.005)
    bound = classifier.bound_to(fitted(classifier, load_input("aircraft:0")))
    columns, rows = bound.outputs.reference[::2], bound.outputs.reference[1::2]
    assert (torch.tensor(rows) * 8 + torch.tensor(columns)).long().tolist() == (
        heat[0].flatten(1).argmax(1).tolist()
    )


def test_a_run_of_the_detector_is_certified_and_verified(tmp_path: Path, capsys):
    path = tmp_path / "a.json"
    words = "certify --model demo:aircraft --input aircraft:0 --n 2000 --seed 1 --device cpu"
    assert main([*words.split(), "--json", str(path), "--at", "radius=0.05"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "'all 3 keypoints within 1 cell of the reference'" in said
    assert "Reference, from the input without noise: nose (5, 3), tail (2, 1), left" in said
    assert "at radius=0.05 certified" in said
    report = verify(path, Plan(rerun="all", device="cpu"))
    assert {claim.verdict for claim in report.claims} == {"holds"}, report.claims
    tree = json.loads(path.read_text())
    tree["model"]["outputs"]["tolerance"] = 0.5
    del tree["seal"]
    path.write_text(json.dumps(tree))
    wrong = {c.name for c in verify(path, Plan(counts_only=True)).claims if c.verdict != "holds"}
    assert "outputs and their classes" in wrong


@pytest.mark.walk
@pytest.mark.parametrize("number", [0, 4, 6, 8])
def test_the_detector_is_certified_over_the_whole_box(number: int) -> None:
    """Four of the test pictures, by at most 101 cells."""
    classifier = load_model(ModelRequest("demo:aircraft"))
    given = fitted(classifier, load_input(f"aircraft:{number}"))
    scheme = ExactMap(contrast=0.25, brightness=0.15, cells=101, samples=50)
    running = certify(classifier, given, ExactSettings(scheme=scheme))
    cost = next(running).cost
    assert cost is not None and (cost.samples, cost.things) == (101, "cells")
    assert 0 < cost.seconds_each < 5
    evidence = result_of(running)
    assert isinstance(evidence.region, LightMap) and evidence.region.whole
    assert "|c| up to 0.25 and |b| up to 0.15 changes" in evidence.statement
