"""LightGBM's text files: two-class ensembles of trees of depth one, read as data."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path

from engine.core.errors import UserError, quoted
from engine.core.files import read_bounded
from engine.models.stumps.reading import (
    MOST_BYTES,
    ROUNDING64,
    Stump,
    StumpFile,
    check_size,
    damaged,
    ensemble_of,
    refuse_depth,
)

FORMAT = "LightGBM text"
_CATEGORICAL, _MISSING, _ZERO = 1, 2, 1
_UNNAMED = "Column_"


def read_lightgbm(path: Path) -> StumpFile:
    """The ensemble of a model saved as text.

    A tree goes left where the number is at most its threshold; all is float64, and class 1 is
    predicted where the sum is positive.

    Raises:
        UserError: damaged, another objective than two classes, splits on categories or with zeros
            as missing values, linear leaves, or trees that are deeper.
    """
    data = read_bounded(path, MOST_BYTES, what="model")
    try:
        return _read(path, data.decode("utf-8"))
    except UserError:
        raise
    except (ValueError, LookupError, OverflowError) as error:
        raise damaged(path, FORMAT, type(error).__name__) from error


def _read(path: Path, text: str) -> StumpFile:
    body, end, _ = text.partition("\nend of trees")
    if not end:
        raise damaged(path, FORMAT, "it does not end")
    head, *blocks = body.split("\nTree=")
    facts = _entries(head)
    objective = facts["objective"].split()
    if objective[:1] != ["binary"] or facts["num_class"] != "1":
        raise UserError(
            f"{path} was trained for '{quoted(facts['objective'], 40)}'; exact probabilities are "
            "computed for classifiers of two classes (binary)."
        )
    width = int(facts["max_feature_idx"]) + 1
    check_size(path, width, len(blocks))
    stumps = [_stump(path, place, _entries(block), width) for place, block in enumerate(blocks)]
    names = tuple(quoted(one, 80) for one in facts["feature_names"].split())
    named = len(names) == width and not all(one.startswith(_UNNAMED) for one in names)
    return StumpFile(
        ensemble_of(stumps, width, rounding=ROUNDING64, closed=True),
        FORMAT,
        len(stumps),
        names if named else (),
    )


def _entries(text: str) -> Mapping[str, str]:
    pairs = (line.partition("=") for line in text.splitlines())
    return {key.strip(): value for key, mark, value in pairs if mark}


def _stump(path: Path, place: int, tree: Mapping[str, str], width: int) -> Stump:
    leaves = list(_numbers(tree["leaf_value"]))
    if tree.get("is_linear", "0") != "0":
        raise UserError(f"{path}: its tree {place} has linear leaves, which are no stumps.")
    if int(tree["num_leaves"]) == 1:
        return Stump(None, 0.0, leaves[0], leaves[0])
    if int(tree["num_leaves"]) > 2:
        refuse_depth(path, place, f"has {quoted(tree['num_leaves'], 12)} leaves")
    kind = int(tree["decision_type"])
    if kind & _CATEGORICAL or int(tree.get("num_cat", "0")):
        raise UserError(
            f"{path}: its tree {place} splits on categories, which are not read; train with "
            "numbers alone."
        )
    if (kind >> _MISSING) & 3 == _ZERO:
        raise UserError(
            f"{path}: its tree {place} takes zeros for missing values (zero_as_missing), which is "
            "not read; train without."
        )
    column, (cut,) = int(tree["split_feature"]), _numbers(tree["threshold"])
    if not 0 <= column < width or (tree["left_child"], tree["right_child"]) != ("-1", "-2"):
        raise ValueError("children")
    return Stump(column, cut, leaves[0], leaves[1])


def _numbers(text: str) -> Iterator[float]:
    for word in text.split():
        value = float(word)
        if not math.isfinite(value):
            raise ValueError("not finite")
        yield value
