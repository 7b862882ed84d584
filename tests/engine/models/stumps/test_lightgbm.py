"""Models of the real library, read without it, against its own predictions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.core.errors import UserError
from engine.models.stumps.lightgbm import read_lightgbm
from tests.engine.models.stumps.test_xgboost import rows


def test_its_own_predictions_on_a_thousand_rows(tmp_path: Path) -> None:
    lightgbm = pytest.importorskip("lightgbm")
    x, y = rows()
    names = [f"c{i}" for i in range(8)]
    model = lightgbm.train(
        {"objective": "binary", "num_leaves": 2, "num_threads": 1, "verbose": -1},
        lightgbm.Dataset(x, y, feature_name=names),
        num_boost_round=60,
    )
    path = tmp_path / "model.txt"
    model.save_model(path)
    found = read_lightgbm(path)
    fresh, _ = rows(seed=1)
    margins = found.ensemble.margins(fresh.astype(np.float64))
    theirs = model.predict(fresh, raw_score=True)
    assert np.abs(margins - theirs).max() <= float(found.ensemble.slack)
    assert ((model.predict(fresh) > 0.5) == (margins > 0)).all()
    assert found.names == tuple(names) and found.trees == 60 and found.ensemble.closed
    same = np.array([[one.cuts[0] if one.cuts else 0.0 for one in found.ensemble.numbers]])
    assert np.allclose(found.ensemble.margins(same), model.predict(same, raw_score=True))


TEXT = """tree
version=v4
num_class=1
max_feature_idx=1
objective=binary sigmoid:1
feature_names=Column_0 Column_1

Tree=0
num_leaves=2
num_cat=0
split_feature=0
threshold=0.5
decision_type=2
left_child=-1
right_child=-2
leaf_value=-1 1
is_linear=0

Tree=1
num_leaves=1
leaf_value=0.25

end of trees
"""


def test_a_tree_of_one_leaf_is_added_to_all(tmp_path: Path) -> None:
    path = tmp_path / "m.txt"
    path.write_text(TEXT)
    found = read_lightgbm(path)
    assert found.ensemble.margins(np.array([[0.5, 0.0], [0.6, 0.0]])).tolist() == [-0.75, 1.25]
    assert found.names == ()


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("num_leaves=2", "num_leaves=5", "its tree 0 has 5 leaves. Exact probabilities"),
        ("decision_type=2", "decision_type=1", "its tree 0 splits on categories"),
        ("decision_type=2", "decision_type=4", "its tree 0 takes zeros for missing values"),
        ("is_linear=0", "is_linear=1", "its tree 0 has linear leaves"),
        ("objective=binary sigmoid:1", "objective=regression", "was trained for 'regression'"),
        ("threshold=0.5", "threshold=inf", "is a damaged LightGBM text file"),
        ("split_feature=0", "split_feature=9", "is a damaged LightGBM text file"),
        ("end of trees", "", "is a damaged LightGBM text file (it does not end)"),
    ],
)
def test_what_does_not_open_is_said(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    path = tmp_path / "m.txt"
    path.write_text(TEXT.replace(old, new, 1))
    with pytest.raises(UserError) as refused:
        read_lightgbm(path)
    assert sentence in str(refused.value)
