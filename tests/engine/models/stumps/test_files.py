"""Which files hold stumps."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.core.errors import UserError
from engine.inputs import load_input
from engine.models import ModelRequest, fitted, load_model
from engine.models.kinds import kind_of
from engine.models.onnx import OnnxTableClassifier
from engine.models.stumps.files import stumps_for
from tests.engine.models.stumps.test_lightgbm import TEXT
from tests.engine.models.stumps.test_onnx_trees import STUMPS, onnx_file
from tests.engine.models.stumps.test_xgboost import edited


def test_the_same_ensemble_with_and_without_the_model_opened(tmp_path: Path) -> None:
    """What a verifier reads, without torch, is what the classifier computes with."""
    (tmp_path / "t.csv").write_text("a,b\n0.7,1.5\n0.1,2.5\n1.4,0.5\n")
    (tmp_path / "m.txt").write_text(TEXT)
    files = {
        "lightgbm": tmp_path / "m.txt",
        "xgboost": edited(tmp_path / "m.json"),
        "onnx": onnx_file(tmp_path / "m.onnx", STUMPS, 2),
    }
    for kind, path in files.items():
        assert kind_of(str(path)) == kind
        model = load_model(ModelRequest(str(path)))
        given = fitted(model, load_input(f"{tmp_path / 't.csv'}:2?columns=all"))
        assert model.stumps is None
        again = stumps_for(path, given)
        assert again is not None and model.bound_to(given).stumps == again
        assert len(again.numbers) == 2 and again.stumps in (1, 2)


def test_a_deep_forest_in_onnx_is_refused_only_where_stumps_are_asked_for(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b\n0.7,1.5\n0.1,2.5\n1.4,0.5\n")
    two = [(0, 0.5, [-1.0], [1.0])]
    deep = {
        "nodes_treeids": [0] * 5,
        "nodes_nodeids": [0, 1, 2, 3, 4],
        "nodes_modes": ["BRANCH_LEQ", "BRANCH_LEQ", "LEAF", "LEAF", "LEAF"],
        "nodes_featureids": [0, 1, 0, 0, 0],
        "nodes_values": [0.5, 0.5, 0.0, 0.0, 0.0],
        "nodes_truenodeids": [1, 3, 0, 0, 0],
        "nodes_falsenodeids": [2, 4, 0, 0, 0],
        "class_treeids": [0, 0, 0],
        "class_nodeids": [2, 3, 4],
        "class_ids": [0, 0, 0],
        "class_weights": [1.0, -1.0, 1.0],
    }
    path = onnx_file(tmp_path / "m.onnx", two, 2, **deep)
    model = load_model(ModelRequest(str(path)))
    assert isinstance(model, OnnxTableClassifier)
    bound = model.bound_to(fitted(model, load_input(f"{tmp_path / 't.csv'}:2?columns=all")))
    with pytest.raises(UserError, match="its tree 0 is deeper than one split"):
        _ = bound.stumps
