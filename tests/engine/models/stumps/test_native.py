"""Files of stumps that were learned here."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.certificates.stump_vote import StumpVote
from engine.certificates.stumps import StumpEnsemble
from engine.core.errors import UserError
from engine.models import ModelRequest, load_model
from engine.models.stumps.native import read_native
from engine.training.writing import safetensors_bytes

COLUMNS = [
    {"name": "a", "mean": 1.0, "scale": 2.0},
    {"name": "b", "values": ["x", "y", "z"]},
    {"name": "c", "mean": 0.0, "scale": 1.0},
]


def written(path: Path, **changes: Any) -> Path:
    tensors = {
        "column": torch.tensor([0, 1, 0]),
        "cut": torch.tensor([0.5, -1.0, 2.0], dtype=torch.float64),
        "below": torch.tensor([10, 20, 30]),
        "above": torch.tensor([90, 80, 70]),
        "field_values": torch.tensor([5, 0, -5]),
    }
    header = {
        "architecture": "stumps",
        "classes": json.dumps(["no", "yes"]),
        "columns": json.dumps(COLUMNS),
        "above": "150",
        "training_scheme": json.dumps({"key": "stumps", "sigma": 0.5}),
    }
    header.update({k: v for k, v in changes.items() if isinstance(v, str)})
    tensors.update({k: v for k, v in changes.items() if not isinstance(v, str)})
    path.write_bytes(safetensors_bytes(tensors, header))
    return path


def test_numbers_fields_and_noise_of_a_table(tmp_path: Path) -> None:
    path = written(tmp_path / "m.safetensors")
    found = read_native(path).ensemble
    assert isinstance(found, StumpEnsemble)
    assert found.above == 150 and found.lattice.exact
    assert found.fields == ((Fraction(5), Fraction(0), Fraction(-5)),)
    numbers, codes = np.array([[0.6, -2.0], [3.0, 0.0]]), np.array([[0], [2]])
    assert found.margins(numbers, codes).tolist() == [-5.0, 85.0]
    model = load_model(ModelRequest(str(path)))
    assert model.identity.class_names == ("no", "yes") and model.identity.kind == "table"
    assert model.identity.training_sigma == 0.5


def test_a_shape_makes_it_one_of_images(tmp_path: Path) -> None:
    path = written(
        tmp_path / "m.safetensors", columns="null", shape="[1, 1, 2]",
        field_values=torch.zeros(0, dtype=torch.int64),
    )  # fmt: skip
    model = load_model(ModelRequest(str(path)))
    assert model.identity.kind == "image" and model.identity.input_shape == (1, 1, 2)
    image = torch.tensor([[[[0.6, -2.0]]], [[[3.0, 0.0]]]])
    assert model.classify(image).tolist() == [0, 1]


VOTE: dict[str, Any] = {
    "columns": json.dumps(COLUMNS[::2]),
    "field_values": torch.zeros(0, dtype=torch.int64),
    "member": torch.tensor([0, 1, 1]),
    "weight": torch.tensor([3, 2]),
    "threshold": torch.tensor([40, 100]),
}


def test_ensembles_that_vote(tmp_path: Path) -> None:
    """The first one takes its stump of a, the second its stumps of a and c."""
    found = read_native(written(tmp_path / "m.safetensors", **VOTE)).ensemble
    assert isinstance(found, StumpVote)
    assert found.weights == (3, 2) and [one.stumps for one in found.members] == [1, 2]
    assert [one.above for one in found.members] == [40, 100]
    assert found.members[0].numbers[1].cuts == ()
    assert found.members[1].numbers[0].cuts == (2.0,) and found.members[1].numbers[1].cuts == (-1,)
    model = load_model(ModelRequest(str(tmp_path / "m.safetensors")))
    assert model.identity.kind == "table" and model.identity.parameters == 3


@pytest.mark.parametrize(
    "changes",
    [
        {"member": torch.tensor([0, 2, 1])},
        {"member": torch.tensor([0, -1, 1])},
        {"member": torch.tensor([0, 1])},
        {"weight": torch.tensor([3, 0])},
        {"weight": torch.tensor([3, -2])},
        {"weight": torch.tensor([3, 2, 1])},
        {"weight": torch.zeros(0, dtype=torch.int64)},
        {"threshold": torch.tensor([1 << 50, 0])},
        {"columns": json.dumps(COLUMNS)},
    ],
)
def test_votes_that_do_not_fit_together_are_damaged(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    with pytest.raises(UserError, match="is a damaged safetensors file"):
        read_native(written(tmp_path / "m.safetensors", **{**VOTE, **changes}))


@pytest.mark.parametrize(
    "changes",
    [
        {"column": torch.tensor([0, 9, 0])},
        {"column": torch.tensor([0, -1, 0])},
        {"cut": torch.tensor([0.5, float("nan"), 2.0])},
        {"below": torch.tensor([10, 20])},
        {"above": torch.tensor([1 << 50, 0, 0])},
        {"field_values": torch.tensor([5, 0])},
        {"classes": json.dumps(["no"])},
        {"above": "null"},
    ],
)
def test_what_does_not_fit_together_is_damaged(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(UserError, match="is a damaged safetensors file"):
        read_native(written(tmp_path / "m.safetensors", **changes))


def test_a_cut_file_is_damaged(tmp_path: Path) -> None:
    path = written(tmp_path / "m.safetensors")
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(UserError, match="is a damaged safetensors file"):
        read_native(path)
