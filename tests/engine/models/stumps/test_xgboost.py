"""Models of the real library, read without it, against its own predictions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.core.errors import UserError
from engine.models.stumps.xgboost import read_xgboost


def rows(seed: int = 0, count: int = 1000) -> tuple[np.ndarray, np.ndarray]:
    """Numbers in [0, 1] of 8 columns, and a class that two of them decide in part."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(0, 1, (count, 8)).astype(np.float32)
    y = x[:, 0] - x[:, 3] + 0.3 * np.sin(9 * x[:, 5]) + rng.normal(0, 0.1, count) > 0
    return x, y.astype(int)


def trained(path: Path, **settings: Any) -> Any:
    xgboost = pytest.importorskip("xgboost")
    x, y = rows()
    settings = {"n_estimators": 60, "max_depth": 1, "nthread": 1, **settings}
    model = xgboost.XGBClassifier(**settings).fit(x, y)
    model.get_booster().feature_names = [f"c{i}" for i in range(8)]
    model.save_model(path)
    return model


def test_its_own_predictions_on_a_thousand_rows(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    model = trained(path)
    found = read_xgboost(path)
    x, _ = rows(seed=1)
    margins = found.ensemble.margins(x.astype(np.float64))
    model.get_booster().feature_names = None
    theirs = model.predict(x, output_margin=True)
    assert np.abs(margins - theirs).max() < float(found.ensemble.slack)
    assert (model.predict(x) == (margins > 0)).all()
    assert found.names == tuple(f"c{i}" for i in range(8)) and found.trees == 60
    assert float(found.ensemble.slack) < 1e-3 * np.abs(margins).max()


def test_trees_behind_the_best_one_are_no_part_of_what_answers(tmp_path: Path) -> None:
    """``XGBClassifier.predict`` stops at the best one; the sum of all is another model."""
    xgboost = pytest.importorskip("xgboost")
    path, (x, y), (later, known) = tmp_path / "early.json", rows(), rows(seed=1)
    model = xgboost.XGBClassifier(
        n_estimators=400, max_depth=1, nthread=1, learning_rate=1.0, early_stopping_rounds=5
    ).fit(x, y, eval_set=[(later, known)], verbose=False)
    model.save_model(path)
    assert model.best_iteration + 1 < model.get_booster().num_boosted_rounds()
    with pytest.raises(UserError, match="was stopped early"):
        read_xgboost(path)
    model.get_booster()[: model.best_iteration + 1].save_model(path)
    found = read_xgboost(path)
    assert (model.predict(x) == (found.ensemble.margins(x.astype(np.float64)) > 0)).all()


def edited(path: Path, **changes: Any) -> Path:
    """A file of two stumps with other entries."""
    tree = {
        "left_children": [1, -1, -1],
        "right_children": [2, -1, -1],
        "split_conditions": [0.5, -1.0, 1.0],
        "split_indices": [0, 0, 0],
        "split_type": [0, 0, 0],
    }
    alone = {"left_children": [-1], "right_children": [-1], "split_conditions": [0.25]}
    learner: dict[str, Any] = {
        "feature_names": [],
        "gradient_booster": {"name": "gbtree", "model": {"trees": [tree, alone]}},
        "learner_model_param": {"base_score": "5E-1", "num_class": "0", "num_feature": "2"},
        "objective": {"name": "binary:logistic"},
    }
    booster = learner["gradient_booster"]
    tree.update(changes.pop("tree", {}))
    booster.update(changes.pop("booster", {}))
    learner.update(changes)
    path.write_text(json.dumps({"learner": learner}))
    return path


def test_a_tree_of_one_leaf_is_added_to_all(tmp_path: Path) -> None:
    found = read_xgboost(edited(tmp_path / "m.json"))
    assert found.ensemble.margins(np.array([[0.4, 0.0], [0.5, 0.0]])).tolist() == [-0.75, 1.25]
    assert found.names == ()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"tree": {"left_children": [1, 3, -1, -1, -1], "right_children": [2, 4, -1, -1, -1],
                      "split_conditions": [0.5, 0.2, 1.0, 2.0, 3.0]}},
            "its tree 0 is deeper than one split. Exact probabilities are computed for sums of "
            "functions of one column each",
        ),
        ({"tree": {"split_type": [1, 0, 0]}}, "its tree 0 splits on categories"),
        ({"objective": {"name": "multi:softprob"}}, "was trained for 'multi:softprob'"),
        ({"booster": {"name": "dart"}}, "was boosted as 'dart'"),
        ({"tree": {"split_indices": [7, 0, 0]}}, "is a damaged XGBoost JSON file"),
        ({"tree": {"split_conditions": [float("nan"), 1.0, 1.0]}}, "is a damaged XGBoost JSON"),
        ({"learner_model_param": {}}, "is a damaged XGBoost JSON file"),
    ],
)  # fmt: skip
def test_what_does_not_open_is_said(tmp_path: Path, changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UserError) as refused:
        read_xgboost(edited(tmp_path / "m.json", **changes))
    assert sentence in str(refused.value)
