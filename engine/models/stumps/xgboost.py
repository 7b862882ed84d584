"""XGBoost's JSON files: two-class ensembles of trees of depth one, read as data."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from engine.core.errors import UserError, quoted
from engine.core.files import read_bounded
from engine.models.stumps.reading import (
    MOST_BYTES,
    ROUNDING32,
    Stump,
    StumpFile,
    check_size,
    damaged,
    ensemble_of,
    refuse_depth,
)

FORMAT = "XGBoost JSON"
_OBJECTIVE = "binary:logistic"


def read_xgboost(path: Path) -> StumpFile:
    """The ensemble of a model saved as ``.json``.

    A tree goes left where the number is below its cut, compared and summed in float32; class 1 is
    predicted where the sum with the base score is positive.

    Raises:
        UserError: damaged, more than two classes, another booster or objective, splits on
            categories, or trees that are deeper.
    """
    data = read_bounded(path, MOST_BYTES, what="model")
    try:
        learner = json.loads(data)["learner"]
        return _read(path, learner)
    except UserError:
        raise
    except (ValueError, TypeError, LookupError, RecursionError, OverflowError) as error:
        raise damaged(path, FORMAT, type(error).__name__) from error


def _read(path: Path, learner: Mapping[str, Any]) -> StumpFile:
    booster, facts = learner["gradient_booster"], learner["learner_model_param"]
    objective, name = str(learner["objective"]["name"]), str(booster.get("name"))
    if objective != _OBJECTIVE or int(facts["num_class"]) > 1:
        raise UserError(
            f"{path} was trained for '{quoted(objective, 40)}'; exact probabilities are computed "
            f"for classifiers of two classes ({_OBJECTIVE})."
        )
    if name != "gbtree":
        raise UserError(
            f"{path} was boosted as '{quoted(name, 40)}'; only trees that are summed as they are "
            "(gbtree) open here."
        )
    trees, width = booster["model"]["trees"], int(facts["num_feature"])
    best = learner.get("attributes", {}).get("best_iteration")
    if best is not None and int(best) + 1 < len(trees):
        raise UserError(
            f"{path} was stopped early: XGBoost's classifier answers by {int(best) + 1:,} "
            f"of {len(trees):,} trees, its booster by all. Cut it to those that are meant: "
            "booster[: best_iteration + 1].save_model(...)."
        )
    check_size(path, width, len(trees))
    base = _base(str(facts["base_score"]))
    names = tuple(quoted(one, 80) for one in learner.get("feature_names", ()))
    stumps = list(_stumps(path, trees, width))
    return StumpFile(
        ensemble_of(stumps, width, base=base, rounding=ROUNDING32, closed=False),
        FORMAT,
        len(stumps),
        names if len(names) == width else (),
    )


def _stumps(path: Path, trees: list[Mapping[str, Any]], width: int) -> Iterator[Stump]:
    for place, tree in enumerate(trees):
        left, right = tree["left_children"], tree["right_children"]
        values = [float(np.float32(value)) for value in tree["split_conditions"]]
        if any(tree.get("split_type", ())):
            raise UserError(
                f"{path}: its tree {place} splits on categories, which are not read; train with "
                "numbers alone."
            )
        if left[0] == -1:
            yield _checked(Stump(None, 0.0, values[0], values[0]))
            continue
        children = int(left[0]), int(right[0])
        if min(children) < 1 or any(left[child] != -1 for child in children):
            refuse_depth(path, place, "is deeper than one split")
        column = int(tree["split_indices"][0])
        if not 0 <= column < width:
            raise IndexError("column")
        yield _checked(Stump(column, values[0], values[children[0]], values[children[1]]))


def _checked(stump: Stump) -> Stump:
    if not all(map(math.isfinite, (stump.cut, stump.below, stump.above))):
        raise ValueError("not finite")
    return stump


def _base(text: str) -> float:
    """The base score, a probability, as what is added to the sum; newer files list it."""
    score = float(text.strip("[] "))
    return float(np.float32(math.log(score / (1.0 - score))))
