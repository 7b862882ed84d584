"""Stumps as base classifiers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from engine.certificates.stump_vote import StumpVote
from engine.core.errors import UserError
from engine.inputs import load_input
from engine.inputs.base import FittedInput
from engine.models import ModelRequest, fitted, load_model
from engine.schemes.stumps_vote import StumpsVote
from tests.engine.models.stumps.test_lightgbm import TEXT
from tests.engine.models.stumps.test_native import VOTE, written


@pytest.fixture
def model_file(tmp_path: Path) -> Path:
    (tmp_path / "t.csv").write_text("a,b\n0.7,1.5\n0.1,2.5\n1.4,0.5\n")
    path = tmp_path / "m.txt"
    path.write_text(TEXT)
    return path


def test_a_row_in_its_own_units(model_file: Path) -> None:
    """LightGBM goes left at its threshold; the table's deviations are undone."""
    model = load_model(ModelRequest(str(model_file)))
    assert model.identity.kind == "table" and model.identity.architecture == "stumps"
    assert model.identity.parameters == 2 and not model.differentiable
    given = fitted(model, load_input(f"{model_file.parent / 't.csv'}:0?columns=all"))
    bound = model.bound_to(given)
    raw = np.array([[0.7, 1.5], [0.1, 2.5], [0.2, 0.0]])
    coding = given.context
    means = np.array([one.mean for one in coding.columns])
    scales = np.array([one.scale for one in coding.columns])
    numbers = torch.from_numpy(((raw - means) / scales).astype(np.float32))
    codes = torch.zeros(3, 0, dtype=torch.int64)
    scores = bound.scores((numbers, codes))
    assert scores.tolist() == [[-0.625, 0.625], [0.375, -0.375], [0.375, -0.375]]
    assert bound.classify((numbers, codes)).tolist() == [1, 0, 0]
    bound.prepare(torch.device("cpu"), "fp32")
    with pytest.raises(UserError, match="Precision bf16 does not work for an ensemble of stumps"):
        bound.prepare(torch.device("cpu"), "bf16")


def test_a_margin_of_zero_is_class_0(tmp_path: Path) -> None:
    path = tmp_path / "m.txt"
    path.write_text(TEXT.replace("leaf_value=-1 1", "leaf_value=-0.25 1"))
    model = load_model(ModelRequest(str(path), arch="@1x1x2"))
    assert model.classify(torch.zeros(2, 1, 1, 2)).tolist() == [0, 0]


def test_columns_may_be_pixels(model_file: Path) -> None:
    model = load_model(ModelRequest(str(model_file), arch="@1x1x2"))
    assert model.identity.kind == "image" and model.identity.input_shape == (1, 1, 2)
    image = torch.tensor([[[[0.5, 0.0]]], [[[0.6, 0.0]]]])
    assert model.classify(image).tolist() == [0, 1]
    assert model.coding is None and model.stumps is not None


def test_what_does_not_fit_is_said(model_file: Path) -> None:
    with pytest.raises(UserError, match="takes 2 numbers, not an image of 1x8x8"):
        load_model(ModelRequest(str(model_file), arch="@1x8x8"))
    with pytest.raises(UserError, match="states its own architecture"):
        load_model(ModelRequest(str(model_file), arch="resnet"))
    model = load_model(ModelRequest(str(model_file)))
    with pytest.raises(UserError, match="needs to know its table"):
        model.scores((torch.zeros(1, 2), torch.zeros(1, 0)))
    given = load_input("mixed:0")
    with pytest.raises(UserError, match="takes a row of a table"):
        model.bound_to(FittedInput(given.identity(model.identity, pixels_sha256="", shape=()), ()))


def test_a_vote_answers_as_the_member_that_decides_for_its_scheme(tmp_path: Path) -> None:
    """Without that scheme by weight: 3 of 5 for the first member."""
    path = written(
        tmp_path / "m.safetensors",
        **{**VOTE, "columns": "null", "shape": "[1, 1, 2]"},
    )
    model = load_model(ModelRequest(str(path)))
    identity = load_input("digits:52").identity(model.identity, pixels_sha256="", shape=(1, 1, 2))
    given = FittedInput(identity, (np.array([[[0.6, 0.0]]], dtype=np.float32),))
    plain, scheme = model.bound_to(given), StumpsVote(sigma=0.1)
    vote = plain.stumps
    assert isinstance(vote, StumpVote)
    image = torch.from_numpy(np.stack([[[[0.6, 0.0]]], [[[0.4, 0.0]]]]).astype(np.float32))
    expected = [vote.margins(one.reshape(1, 2).double().numpy())[0] > 0 for one in image]
    assert plain.classify(image).tolist() == list(map(int, expected))
    bound = model.bound_to(given, scheme)
    member = vote.members[scheme.member(given.arrays, vote)]
    expected = [member.margins(one.reshape(1, 2).double().numpy())[0] > 0 for one in image]
    assert bound.classify(image).tolist() == list(map(int, expected)) and bound.stumps is vote
