"""Tree ensembles in ONNX files, as converters of scikit-learn write them: read as data, not run.

The file's few protocol-buffer fields that matter are read directly (onnx.proto3, onnx-ml): the
nodes of the graph, and the attributes of the one that is a TreeEnsembleClassifier.
"""

from __future__ import annotations

import math
import struct
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from engine.core.errors import UserError, quoted
from engine.core.files import read_bounded
from engine.models.protobuf import attribute, first, messages
from engine.models.stumps.reading import (
    MOST_BYTES,
    MOST_TREES,
    ROUNDING32,
    Stump,
    StumpFile,
    damaged,
    ensemble_of,
    refuse_depth,
)

FORMAT = "ONNX"
_TREES = "TreeEnsembleClassifier"
_BESIDE = {"ZipMap", "Cast", "Identity"}
"""Operators beside it that change no class."""
_GRAPH, _NODE, _INPUT, _OPERATOR, _ATTRIBUTE = 7, 1, 11, 4, 5
_REAL = (1, 11)
"""TensorProto.DataType of float32 and float64."""
_MODES = {"BRANCH_LEQ": (True, True), "BRANCH_LT": (True, False),
          "BRANCH_GT": (False, True), "BRANCH_GTE": (False, False)}  # fmt: skip
"""Whether the true branch lies below the cut, and whether the cut itself does."""


def read_onnx_trees(path: Path, width: int) -> StumpFile | None:
    """The ensemble of an ONNX classifier of rows; None where it is another model.

    A number is compared and summed in float32. With weights for one class, class 1 is predicted
    where their sum exceeds 0, or 1/2 if no weight is negative; with weights for both, where those
    of class 1 are greater.

    Args:
        path: of the file.
        width: how many numbers it takes.

    Raises:
        UserError: damaged, more than two classes, splits of another kind, or trees that are deeper.
    """
    data = read_bounded(path, MOST_BYTES, what="model")
    try:
        graph = first(data, _GRAPH)
        nodes = [_node(node) for node in messages(graph, _NODE)]
        operators = [node.operator for node in nodes]
        if _TREES not in operators or set(operators) - _BESIDE != {_TREES}:
            return None
        found = next(node for node in nodes if node.operator == _TREES)
        _check_numbers(path, graph, nodes, found.inputs[0])
        return _read(path, found.attributes, width)
    except UserError:
        raise
    except (ValueError, LookupError, struct.error, OverflowError, TypeError) as error:
        raise damaged(path, FORMAT, type(error).__name__) from error


def _read(path: Path, found: Mapping[str, list[Any]], width: int) -> StumpFile:
    names = found.get("classlabels_strings") or found.get("classlabels_int64s") or []
    bases = found.get("base_values", [])
    if len(names) != 2:
        raise UserError(
            f"{path} has {len(names)} classes; exact probabilities of trees are computed for two."
        )
    if any(name.endswith("_as_tensor") for name in found) or len(bases) > 1:
        raise UserError(
            f"{path} keeps its trees in float64 or has a base value for each class, which is not "
            "read; export it in float32."
        )
    weights = _weights(found)
    stumps, closed = _stumps(path, found, weights, width)
    if bases and len(set(found["class_ids"])) > 1:
        raise UserError(f"{path} adds a base value to one of two classes, which is not read.")
    one_class = set(found["class_ids"]) in ({0}, {1})
    positive = one_class and min(found["class_weights"], default=0.0) >= 0
    return StumpFile(
        ensemble_of(
            stumps,
            width,
            base=sum(bases),
            above=0.5 if positive else 0.0,
            rounding=ROUNDING32,
            closed=closed,
        ),
        FORMAT,
        len(stumps),
        classes=tuple(
            quoted(name.decode() if isinstance(name, bytes) else str(name), 80) for name in names
        ),
    )


def _weights(found: Mapping[str, list[Any]]) -> Mapping[tuple[int, int], float]:
    """What a leaf adds to the sum, by tree and node: weights of class 1 less those of class 0."""
    ids = found["class_ids"]
    both = len(set(ids)) > 1
    total: dict[tuple[int, int], float] = defaultdict(float)
    for tree, node, label, weight in zip(
        found["class_treeids"], found["class_nodeids"], ids, found["class_weights"], strict=True
    ):
        if label not in (0, 1) or not math.isfinite(weight):
            raise ValueError("weight")
        total[tree, node] += -weight if both and label == 0 else weight
    return total


def _stumps(
    path: Path,
    found: Mapping[str, list[Any]],
    weights: Mapping[tuple[int, int], float],
    width: int,
) -> tuple[list[Stump], bool]:
    columns = (
        "nodes_treeids",
        "nodes_nodeids",
        "nodes_modes",
        "nodes_featureids",
        "nodes_values",
        "nodes_truenodeids",
        "nodes_falsenodeids",
    )
    rows = list(zip(*(found[name] for name in columns), strict=True))
    splits = [row for row in rows if row[2] != b"LEAF"]
    deep = next((tree for tree, many in Counter(r[0] for r in splits).items() if many > 1), None)
    if deep is not None:
        refuse_depth(path, deep, "is deeper than one split")
    if len(rows) > 3 * MOST_TREES:
        raise UserError(f"{path} has more than {MOST_TREES:,} trees.")
    stumps, closed = [], set()
    for tree, _, mode, column, cut, yes, no in splits:
        if mode.decode() not in _MODES:
            raise UserError(
                f"{path} compares numbers by {quoted(mode.decode(), 20)}, which is no stump."
            )
        below, at_cut = _MODES[mode.decode()]
        closed.add(at_cut)
        low, high = (yes, no) if below else (no, yes)
        if not 0 <= column < width or not math.isfinite(cut):
            raise IndexError("column")
        stumps.append(Stump(column, cut, weights[tree, low], weights[tree, high]))
    cut_trees = {row[0] for row in splits}
    alone = [weights[row[0], row[1]] for row in rows if row[0] not in cut_trees]
    stumps += [Stump(None, 0.0, value, value) for value in alone]
    if len(closed) > 1:
        raise UserError(f"{path} mixes kinds of comparisons, which is not read; export it again.")
    return stumps, closed == {True}


class _Node(NamedTuple):
    operator: str
    inputs: list[str]
    outputs: list[str]
    attributes: Mapping[str, list[Any]]


def _node(data: bytes) -> _Node:
    return _Node(
        first(data, _OPERATOR).decode(),
        [one.decode() for one in messages(data, 1)],
        [one.decode() for one in messages(data, 2)],
        dict(map(attribute, messages(data, _ATTRIBUTE))),
    )


def _check_numbers(path: Path, graph: bytes, nodes: Sequence[_Node], name: str) -> None:
    """Refuse trees that are not given the numbers of a row as they are.

    Whole numbers, or those of fewer digits, have cuts elsewhere than the trees say.
    """
    makers = {output: node for node in nodes for output in node.outputs}
    while name in makers:
        node = makers.pop(name)
        real = node.operator == "Identity" or (
            node.operator == "Cast" and node.attributes["to"][0] in _REAL
        )
        if not real:
            _refuse_numbers(path)
        name = node.inputs[0]
    kinds = {
        first(one, 1).decode(): next(messages(first(first(one, 2), 1), 1))
        for one in messages(graph, _INPUT)
    }
    if kinds[name] not in _REAL:
        _refuse_numbers(path)


def _refuse_numbers(path: Path) -> NoReturn:
    raise UserError(
        f"{path} rounds the numbers of a row before its trees compare them, so that their cuts are "
        "not where they say; export it for float32 inputs."
    )
