"""The files of tests/cases/field were made for this project."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from engine.core.errors import UserError
from engine.models import ModelRequest, load_model
from engine.models.head import Head, chosen, flat, head_of

CASES = Path(__file__).parents[2] / "cases" / "field" / "onnx"
LABELS = ("cat", "dog", "night")


def test_a_threshold_makes_two_classes_of_a_score():
    raw = torch.tensor([[9.0, 0.2], [9.0, 0.5], [9.0, 0.7], [9.0, torch.nan]])
    scores = Head(1, 0.5, "dog").scores(raw)
    assert scores[:3].argmax(dim=1).tolist() == [0, 0, 1]
    assert scores[3].isnan().all()
    assert Head(1, 0.5, "dog").class_names == ("not dog", "dog")


def test_scores_of_other_shapes_are_flattened():
    assert flat(torch.zeros(4)).shape == (4, 1)
    assert flat(torch.zeros(4, 7, 1, 1)).shape == (4, 7)
    assert flat(torch.zeros(4, 7, 2, 1)).shape == (4, 7, 2, 1)


def request(output: str = "", threshold: float | None = None) -> ModelRequest:
    return ModelRequest("m", output=output, threshold=threshold)


def test_which_score_a_threshold_is_for():
    assert head_of("m", request(), 3, LABELS) is None
    assert head_of("m", request(threshold=0.0), 1) == Head(0, 0.0)
    for output in ("dog", "1", "y:dog"):
        assert head_of("m", request(output, 0.5), 3, LABELS, many=True) == Head(1, 0.5, "dog")
    for asked, count, many, sentence in (
        (request(), 1, False, "gives a single score.*--threshold 0 if it is a logit"),
        (request(), 3, True, r"several labels at once \(cat, dog, night\).*--output cat"),
        (request("", 0.5), 3, True, "gives 3 scores; --threshold needs one of them"),
        (request("cow", 0.5), 3, True, "gives 3 scores; --threshold needs one of them"),
        (request("cat", float("nan")), 3, True, "must be a finite number"),
    ):
        with pytest.raises(UserError, match=sentence):
            head_of("m", asked, count, LABELS if count == 3 else (), many=many)


def test_one_of_several_outputs():
    first, second = torch.zeros(1), torch.ones(1)
    assert chosen("m", first, "") is first
    assert chosen("m", {"a": first, "n": 3}, "") is first
    assert chosen("m", (first, second), "1") is second
    assert chosen("m", {"a": first, "b": second}, "b:cat") is second
    with pytest.raises(UserError, match=r"returns 2 outputs \(a, b\); choose one with --output"):
        chosen("m", {"a": first, "b": second}, "c")


@pytest.mark.thorough
def test_files_with_several_outputs_or_a_single_score():
    with pytest.raises(UserError, match=r"has 2 outputs.*\(y, prob\); choose one with --output"):
        load_model(ModelRequest(str(CASES / "two_outputs.onnx")))
    found = load_model(ModelRequest(str(CASES / "two_outputs.onnx"), output="prob"))
    assert found.identity.architecture == "ONNX graph, output prob"
    found.prepare(torch.device("cpu"), "fp32")
    assert found.scores(torch.rand(2, 3, 32, 32)).sum(dim=1).tolist() == pytest.approx([1, 1])
    with pytest.raises(UserError, match="gives a single score for each input"):
        load_model(ModelRequest(str(CASES / "single_logit.onnx")))
    binary = load_model(ModelRequest(str(CASES / "single_logit.onnx"), threshold=0.0))
    assert binary.identity.class_names == ("not above the threshold", "above the threshold")
    assert "above 0" in binary.identity.notes[-1]
    binary.prepare(torch.device("cpu"), "fp32")
    low, high = binary.scores(torch.rand(5, 3, 32, 32)).unbind(dim=1)
    assert torch.equal(low, -high)


def test_what_is_read_of_an_output_is_part_of_the_identity() -> None:
    """Else a case takes the votes for one threshold for those of another."""
    path = str(CASES / "single_logit.onnx")
    low, high = (load_model(ModelRequest(path, threshold=t)).identity for t in (0.1, 0.1234567))
    assert low.sha256 == high.sha256 and low.class_names == high.class_names
    assert low.architecture == "ONNX graph, above 0.1"
    assert high.architecture == "ONNX graph, above 0.1234567"
    assert any("above 0.1234567." in note for note in high.notes)  # and not rounded up
