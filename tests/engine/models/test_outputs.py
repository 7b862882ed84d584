"""Readings of places and numbers against decoding them one by one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from engine.core.errors import UserError
from engine.core.outputs import Outputs
from engine.inputs import load_input
from engine.models import ModelRequest, fitted, load_model
from engine.models.base import NO_CLASS
from engine.models.outputs import NumbersClassifier, OutputsClassifier, decoded
from tests.hostile.onnx import MATRIX, linear

Make = Callable[[str, int], nn.Module]


@pytest.fixture
def detector(tmp_path: Path, network: Make) -> Path:
    """An untrained detector of three keypoints whose file states what it answers with."""
    path = tmp_path / "d.safetensors"
    header = {"architecture": "keypoint_cnn", "outputs": "keypoints", "tolerance": "1"}
    save_file(network("keypoint_cnn", 3).state_dict(), path, header)
    path.with_suffix(".json").write_text(json.dumps({"classes": ["nose", "tail", "tip"]}))
    return path


def opened(path: Path, **asked: object) -> OutputsClassifier:
    classifier = load_model(ModelRequest(str(path), **asked))  # type: ignore[arg-type]
    assert isinstance(classifier, OutputsClassifier)
    return classifier


def test_a_file_states_its_outputs_and_is_bound_to_a_reference(detector: Path) -> None:
    classifier = opened(detector)
    assert classifier.outputs == Outputs(
        kind="keypoints", names=("nose", "tail", "tip"), unit="cells", grid=(8, 8), tolerance=1
    )
    assert classifier.identity.architecture == "keypoint_cnn"
    with pytest.raises(UserError, match="needs an input for its reference"):
        classifier.classify(torch.zeros(1, 1, 32, 32))
    given = fitted(classifier, load_input("aircraft:0"))
    bound = classifier.bound_to(given)
    assert bound.bound_to(fitted(classifier, load_input("aircraft:1"))) is bound
    assert any(note.startswith("Reference, from the input") for note in bound.identity.notes)
    heat = classifier.inner.scores(torch.from_numpy(given.arrays[0])[None])[0]
    best = [divmod(int(one.argmax()), 8) for one in heat]
    assert bound.outputs.reference == tuple(float(v) for row, col in best for v in (col, row))


def test_the_vote_is_that_no_hotter_cell_lies_outside(
    detector: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    classifier = opened(detector, tolerance=2.0)
    bound = classifier.bound_to(fitted(classifier, load_input("aircraft:1")))
    images = torch.rand(200, 1, 32, 32, generator=torch.Generator().manual_seed(0))
    raw = classifier.inner.scores(images)
    found = decoded(raw, bound.outputs)
    far = (found - torch.tensor(bound.outputs.reference)).abs().amax(1)
    votes = bound.classify(images)
    assert votes.tolist() == (far > 2).long().tolist()
    assert 0 < int(votes.sum()) < 200
    raw[0, 1, 0, 0] = torch.nan
    monkeypatch.setattr(bound.inner, "scores", lambda batch: raw)
    assert bound.classify(images).tolist() == [NO_CLASS, *votes[1:].tolist()]
    assert torch.isnan(decoded(raw, bound.outputs)).nonzero().tolist() == [[0, 2], [0, 3]]


def test_numbers_are_near_the_reference_or_not(tmp_path: Path) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(linear(["n", 1, 8, 6]))
    classifier = opened(path, output="numbers", tolerance=3.0)
    assert classifier.outputs.names[0] == "number 1" and classifier.outputs.unit == ""
    bound = classifier.bound_to(fitted(classifier, load_input("digits:3")))
    images = torch.rand(50, 1, 8, 6, generator=torch.Generator().manual_seed(0))
    values = images.flatten(1).double() @ torch.from_numpy(MATRIX).double()
    far = (values - torch.tensor(bound.outputs.reference, dtype=torch.float64)).abs().amax(1)
    assert bound.classify(images).tolist() == (far > 3).long().tolist()
    assert len(set(bound.classify(images).tolist())) == 2


def test_measured_numbers_are_kept_and_failures_named(
    detector: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    measuring = opened(detector).measuring()
    assert isinstance(measuring, NumbersClassifier)
    assert measuring.identity.class_names == ("an answer",)
    images = torch.rand(4, 1, 32, 32)
    raw = measuring.inner.scores(images)
    raw[2, 0, 0, 0] = torch.inf
    monkeypatch.setattr(measuring.inner, "scores", lambda batch: raw)
    assert measuring.classify(images).tolist() == [0, 0, NO_CLASS, 0]
    assert measuring.measured().shape == (4, 6)


@pytest.mark.walk
@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"output": "numbers"}, "m.onnx answers with 5 numbers; say how far they may be"),
        ({"output": "keypoints", "tolerance": 1.0}, "gives 5 for each image, which are no keypoi"),
        ({"output": "boxes", "tolerance": 1.0}, "left, top, right and bottom of each"),
        ({"tolerance": 1.0}, "--tolerance is for models that answer with places or numbers"),
        ({"output": "numbers", "tolerance": -1.0}, "must be a finite number of at least 0"),
    ],
)
def test_what_cannot_be_is_said(tmp_path: Path, asked: dict[str, object], sentence: str) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(linear(["n", 1, 8, 6]))
    with pytest.raises(UserError) as told:
        classifier = load_model(ModelRequest(str(path), **asked))  # type: ignore[arg-type]
        classifier.bound_to(fitted(classifier, load_input("digits:3")))
    assert sentence in str(told.value)


def test_a_model_of_classes_is_not_taken_for_numbers() -> None:
    with pytest.raises(UserError, match=r"names classes \(0, 1, 2, \.\.\.\), so its outputs are"):
        load_model(ModelRequest("demo:digits-0.25", output="numbers", tolerance=1.0))


def test_a_reference_that_is_no_number_is_refused(
    detector: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    classifier = opened(detector)
    given = fitted(classifier, load_input("aircraft:0"))
    raw = torch.full((1, 3, 8, 8), torch.nan)
    monkeypatch.setattr(classifier.inner, "scores", lambda batch: raw)
    with pytest.raises(UserError, match="no finite numbers for the input without noise"):
        classifier.bound_to(given)
