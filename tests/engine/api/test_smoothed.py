"""Smoothed models: what they take, what they refuse, what they leave alone."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from engine.api import Smoothed, smooth, verify
from engine.core.errors import CertiscopeError, UserError
from engine.core.generators import result_of
from engine.evidence.settings import CertifySettings
from engine.inputs import fit, load_input
from engine.models import ModelRequest, load_model
from engine.procedures.certify import certify
from engine.schemes import (
    Ablation,
    Gaussian,
    HierarchicalGaussian,
    Rotation,
    TextMask,
    parse_scheme,
)
from tests.networks import Convolutional, Linear, state_of

X = torch.full((1, 8, 8), 0.5)
DIGITS = "demo:digits-0.25"


def test_a_shipped_model_gives_the_votes_that_the_engine_gives() -> None:
    found = smooth(DIGITS, device="cpu").certify("digits:52", n=1_000, n0=50, seed=3).result()
    assert found.evidence.settings.scheme == Gaussian(sigma=0.25)
    model = load_model(ModelRequest(DIGITS))
    settings = CertifySettings(n=1_000, n0=50, seed=3, scheme=Gaussian(sigma=0.25))
    again = result_of(certify(model, fit(load_input("digits:52"), model.identity), settings))
    assert (again.votes, again.region) == (found.evidence.votes, found.region)


def test_a_run_without_a_seed_draws_one_and_a_set_one_for_all(model: Smoothed) -> None:
    runs = [
        *(model.certify(X, n=50).result().evidence for _ in range(2)),
        *(model.predict(X, n=50).result().evidence for _ in range(2)),
        *model.certify_dataset((torch.rand(2, 1, 8, 8), [0, 1]), n=50).evidence,
    ]
    assert {run.settings.seed_origin for run in runs} == {"drawn"}
    assert len({run.settings.seed for run in runs}) == 5
    assert len({run.noise.key for run in runs}) == 6
    given = model.certify(X, n=50, seed=3).result().evidence.settings
    assert (given.seed, given.seed_origin) == (3, "given")


def test_it_says_what_it_is(model: Smoothed) -> None:
    assert repr(model) == "<Smoothed: Linear under Gaussian, sigma 0.25 (pixels in [0,1])>"


def test_predict_tests_and_certifies_nothing(model: Smoothed) -> None:
    result = model.predict(X, n=500, alpha=0.01).result()
    assert result.evidence.test is not None and result.evidence.test.name == "two-sided"
    assert result.region is None and result.radius is None and result.p_lower is None
    one = smooth(DIGITS).predict("digits:52", test="one-sided").result()
    assert one.class_name == "7" and "--test one-sided" in one.evidence.command
    with pytest.raises(UserError, match="two-sided"):
        model.predict(X, test="t")  # type: ignore[arg-type]


def test_the_callers_module_is_as_it_was() -> None:
    module = Convolutional().train()
    module.head.weight.requires_grad_(False)
    before = state_of(module)
    model = smooth(module, Gaussian(sigma=0.25), device="cpu")
    model.certify(X, n=300).result()._repr_html_()
    model.certify_dataset((torch.rand(2, 1, 8, 8), [0, 1]), n=100)
    for wrong in (X * 255, torch.zeros(2, 1, 8, 8), torch.zeros(1, 5, 5)):
        with pytest.raises(CertiscopeError):
            model.certify(wrong, n=100).result()
    assert state_of(module) == before


REFUSED: dict[str, tuple[Any, str]] = {
    "no model": (lambda: smooth(3, Gaussian()), "type int is not a model"),  # type: ignore[arg-type]
    "no noise": (lambda: smooth(Linear()), "Name the noise"),
    "no file": (lambda: smooth("none.safetensors", Gaussian()), "none.safetensors"),
    "sigma": (lambda: Gaussian(sigma=-1), "sigma must be greater than 0"),
    "parameter": (lambda: Gaussian(sigm=1), "no parameter sigm"),  # type: ignore[call-arg]
    "names of a file": (lambda: smooth(DIGITS, classes=["a"]), "10 outputs, but 1 classes"),
    "option": (lambda: smooth(DIGITS, nosuch=1), "takes no 'nosuch'"),
    "option of a module": (lambda: smooth(Linear(), Gaussian(), arch="x"), "takes no 'arch'"),
    "normalisation": (lambda: smooth(DIGITS, normalize=([0], [1])), "by name"),
    "device": (lambda: smooth(DIGITS, device="tpu").certify("digits:1"), "device"),
    "alpha": (lambda: smooth(DIGITS).certify("digits:1", alpha=2), "alpha must be less than 1"),
    "bound": (lambda: smooth(DIGITS).certify("digits:1", bound="x"), "bound must be"),
    "at": (lambda: smooth(DIGITS).certify("digits:1", at=["x=1"]), "knows the terms radius"),
    "kind": (lambda: smooth(Linear(), TextMask()).certify(X), "is for inputs of the kind text"),
    "text": (lambda: smooth(Linear(), Gaussian()).certify("letters:4"), "takes images"),
    "many": (lambda: smooth(Linear(), Gaussian()).certify(torch.zeros(2, 1, 8, 8)), "batch of 2"),
    "fields": (lambda: smooth(Linear(), Ablation(entities=9, keep=2)).certify(X), "entities"),
}


def test_what_cannot_be_is_refused_in_a_sentence() -> None:
    for name, (call, sentence) in REFUSED.items():
        with pytest.raises(CertiscopeError, match=sentence):
            call()
            pytest.fail(name)


def test_other_regions_than_balls(model: Smoothed) -> None:
    scheme = HierarchicalGaussian(sigma=0.25, p=0.9)
    result = smooth(Linear(), scheme, device="cpu").certify(X, n=1_000).result()
    assert result.region is not None and result.radius is None
    assert result.certifies(entities=1, epsilon=0.0)
    assert "told which parts" in " ".join(result.warnings)
    assert result._repr_html_().count("<svg") == 2


def test_images_are_brought_to_a_shape_only_if_one_is_named(tmp_path: Path) -> None:
    mixed = [(torch.rand(1, 8, 8), 0), (torch.rand(1, 10, 10), 0)]
    pooled = nn.Sequential(nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(4, 3))
    with pytest.raises(UserError, match="of another size than the first"):
        smooth(pooled, Gaussian(), device="cpu").certify_dataset(mixed, n=100)
    shaped = smooth(pooled, Gaussian(), input_shape=(1, 8, 8), device="cpu")
    table = shaped.certify_dataset(mixed, n=100)
    assert "resized" in table.evidence[1].input.adaptation


def test_ctrl_c_keeps_the_inputs_that_are_done(model: Smoothed) -> None:
    def press(done: int, of: int) -> None:
        assert of == 5
        if done == 2:
            signal.raise_signal(signal.SIGINT)

    table = model.certify_dataset(torch.rand(5, 1, 8, 8), n=200, done=press)
    assert len(table) == 2 and not table.complete
    assert "Stopped after 2 of 5 inputs" in " ".join(table.warnings)


def test_an_input_in_memory_can_be_compared_with_a_file_of_the_same_pixels(tmp_path: Path) -> None:
    from PIL import Image

    grey = torch.arange(64, dtype=torch.uint8).reshape(8, 8)
    result = smooth(DIGITS, device="cpu").certify(grey, n=200).result()
    evidence, image = result.save(tmp_path / "r.json"), tmp_path / "x.png"
    report = verify(evidence)
    assert [claim.name for claim in report.claims if claim.verdict != "holds"] == ["input file"]
    Image.fromarray(grey.numpy()).save(image)
    assert verify(evidence, input=str(image), rerun=1).ok
    Image.fromarray(grey.numpy() + 1).save(image)
    assert not verify(evidence, input=str(image)).ok


def test_numbers_are_measured() -> None:
    model = smooth("demo:aircraft", Gaussian(sigma=0.1), device="cpu")
    result = model.measure("aircraft:0", epsilon=0.05, n=400, seed=1).result()
    assert [one.name for one in result.intervals][:2] == ["nose x", "nose y"]
    assert all(one.bounded for one in result.intervals) and "nose x" in result.statement
    wide = smooth("demo:aircraft", Gaussian(sigma=0.1), device="cpu", tolerance=3.0)
    found = wide.certify("aircraft:0", n=200, seed=1).result()
    assert found.class_name == "all 3 keypoints within 3 cells of the reference"
    with pytest.raises(UserError, match="under Gaussian noise, not by brightness"):
        smooth("demo:aircraft", parse_scheme({"key": "brightness"})).measure(
            "aircraft:0", epsilon=0.1
        )


def test_a_bound_that_a_sweep_leaves_no_choice_about_is_refused_and_not_dropped():
    model = smooth("demo:digits-rotation", Rotation(degrees=5))
    with pytest.raises(CertiscopeError, match="rotation has the bound anytime: leave live out"):
        model.certify("digits16:17", bound="live")
