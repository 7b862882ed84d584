"""The regression on real rows: its recipe on few steps, and certificates of the shipped model."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.cli import main
from engine.core.generators import result_of
from engine.demos import diabetes, making
from engine.evidence.settings import Execution, MeasureSettings
from engine.inputs import load_input
from engine.models import ModelRequest, fitted, load_model
from engine.models.outputs import OutputsClassifier
from engine.procedures.measure import measure
from engine.schemes.gaussian_row import GaussianRow
from engine.verify import Plan, verify


@pytest.mark.thorough
def test_the_whole_recipe_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(diabetes, "RECIPE", replace(diabetes.RECIPE, epochs=2))
    monkeypatch.setattr(making, "OUTPUT_VOTES", (10, 100))
    path = diabetes.make(tmp_path)
    card = json.loads(path.with_suffix(".json").read_text())
    assert card["parameters"] == 481 and card["certified_accuracy"]["inputs"] == 111
    assert "is certified to stay within 25" in path.with_suffix(".md").read_text()
    assert load_model(ModelRequest(str(path))).identity.outputs is not None


def test_rows_that_are_shipped_were_held_out_and_are_read_alike():
    shown, trained = (set(diabetes.rows(held_out=held).rows) for held in (True, False))
    assert not shown & trained and len(shown) == 111 and len(trained) == 331
    classifier = load_model(ModelRequest("demo:diabetes"))
    numbers, codes, _ = diabetes.tensors(held_out=True)
    given = fitted(classifier, load_input("diabetes:7"))
    assert np.array_equal(given.arrays[0], numbers[7].numpy())
    assert given.arrays[1].tolist() == codes[7].tolist()


def test_a_tolerance_and_intervals_of_a_row_are_certified_and_verified(tmp_path: Path, capsys):
    path = tmp_path / "a.json"
    words = "certify --model demo:diabetes --input diabetes:3 --n 1000 --seed 1 --device cpu"
    assert main([*words.split(), "--json", str(path), "--at", "radius=0.1"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "no change of this row as the model takes it" in said
    assert "all standard deviations of their columns" in said
    assert "'the number within 25 of the reference'" in said
    report = verify(path, Plan(rerun="all", device="cpu"))
    assert {claim.verdict for claim in report.claims} == {"holds"}, report.claims
    assert main([*words.split(), "--json", str(path), "--epsilon", "0.1"]) == 0
    report = verify(path, Plan(rerun="all", device="cpu"))
    assert {claim.verdict for claim in report.claims} == {"holds"}, report.claims


def test_the_median_stays_in_its_interval_under_the_worst_change_found():
    """Medians at rows that are moved by epsilon up and down the gradient, by noise of another."""
    classifier = load_model(ModelRequest("demo:diabetes"))
    assert isinstance(classifier, OutputsClassifier)
    given = fitted(classifier, load_input("diabetes:5"))
    settings = MeasureSettings(scheme=GaussianRow(sigma=0.25), epsilon=0.2, n=4000, seed=3)
    run = measure(classifier, given, settings, execution=Execution(device="cpu"))
    (interval,) = result_of(run).intervals
    assert interval.lower is not None and interval.upper is not None
    network = classifier.inner.network  # type: ignore[attr-defined]
    x, codes = (torch.from_numpy(part)[None] for part in given.arrays)
    x.requires_grad_()
    torch.autograd.backward(network(x, codes).sum())
    assert x.grad is not None
    step = 0.2 * x.grad / x.grad.norm()
    noise = 0.25 * torch.randn(20_000, x.shape[1], generator=torch.Generator().manual_seed(9))
    with torch.no_grad():
        lowest, usual, highest = (
            float(network(x + shift + noise, codes.expand(20_000, 1)).median())
            for shift in (-step, 0 * step, step)
        )
    assert interval.lower < lowest < usual < highest < interval.upper
    assert highest - lowest > 0.5 * (interval.upper - interval.lower)  # it is not loose
