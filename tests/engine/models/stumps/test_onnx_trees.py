"""Tree ensembles as converters write them, read without onnxruntime, against what it computes."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.core.errors import UserError
from engine.models.stumps.onnx_trees import read_onnx_trees


def varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def field(number: int, value: Any) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def attribute(name: str, values: list[Any] | str) -> bytes:
    """Lists packed, as their writers do; type numbers of onnx.proto3."""
    if isinstance(values, str):
        return field(1, name) + field(4, values) + field(20, 3)
    if isinstance(values[0], float):
        packed = struct.pack(f"<{len(values)}f", *values)
        return field(1, name) + field(7, packed) + field(20, 6)
    if isinstance(values[0], int):
        return field(1, name) + field(8, b"".join(map(varint, values))) + field(20, 7)
    return field(1, name) + b"".join(field(9, one) for one in values) + field(20, 8)


def tensor(name: str, kind: int, *sides: int | str) -> bytes:
    shape = b"".join(
        field(1, field(1, side) if isinstance(side, int) else field(2, side)) for side in sides
    )
    return field(1, name) + field(2, field(1, field(1, kind) + field(2, shape)))


def onnx_file(path: Path, stumps: list[tuple[int, float, list[float], list[float]]],
              width: int, *, kind: int = 1, cast: int = 0, **more: Any) -> Path:  # fmt: skip
    """A classifier of stumps (column, cut, weights below, weights above): of one class or both.

    Of inputs of a kind of numbers, which are cast to another first if so.
    """
    nodes: dict[str, list[Any]] = {name: [] for name in (
        "nodes_treeids", "nodes_nodeids", "nodes_modes", "nodes_featureids", "nodes_values",
        "nodes_truenodeids", "nodes_falsenodeids", "class_treeids", "class_nodeids", "class_ids",
        "class_weights")}  # fmt: skip
    for tree, (column, cut, below, above) in enumerate(stumps):
        for node, mode in enumerate(("BRANCH_LEQ", "LEAF", "LEAF")):
            split = node == 0
            nodes["nodes_treeids"].append(tree)
            nodes["nodes_nodeids"].append(node)
            nodes["nodes_modes"].append(mode)
            nodes["nodes_featureids"].append(column if split else 0)
            nodes["nodes_values"].append(cut if split else 0.0)
            nodes["nodes_truenodeids"].append(1 if split else 0)
            nodes["nodes_falsenodeids"].append(2 if split else 0)
        for node, weights in ((1, below), (2, above)):
            ids = [0] if len(weights) == 1 else [0, 1]
            for label, weight in zip(ids, weights, strict=True):
                nodes["class_treeids"].append(tree)
                nodes["class_nodeids"].append(node)
                nodes["class_ids"].append(label)
                nodes["class_weights"].append(weight)
    nodes.update(more)
    nodes.setdefault("classlabels_int64s", [0, 1])
    attributes = [attribute(name, values) for name, values in nodes.items()]
    node = field(1, "cast" if cast else "x") + field(2, "label") + field(2, "probabilities")
    node += field(4, "TreeEnsembleClassifier") + b"".join(field(5, one) for one in attributes)
    node += field(7, "ai.onnx.ml")
    to = field(1, "to") + field(3, cast) + field(20, 2)
    first = field(1, "x") + field(2, "cast") + field(4, "Cast") + field(5, to)
    graph = (field(1, first) if cast else b"") + field(1, node) + field(2, "g")
    graph += field(11, tensor("x", kind, "n", width))
    graph += field(12, tensor("label", 7, "n")) + field(12, tensor("probabilities", 1, "n", 2))
    opsets = field(8, field(1, "ai.onnx.ml") + field(2, 1)) + field(8, field(1, "") + field(2, 9))
    path.write_bytes(field(1, 6) + field(7, graph) + opsets)
    return path


def some(rng: np.random.Generator, *, both: bool, sign: float) -> list[Any]:
    """Thirty stumps of six columns; what one side adds, the other takes away."""

    def stump() -> tuple[int, float, list[float], list[float]]:
        below = float(rng.uniform(sign, 1)) / 30
        above = sign / 30 + 1 / 30 - below
        leaves = [[1 / 30 - one, one] if both else [one] for one in (below, above)]
        return int(rng.integers(6)), float(rng.uniform(0, 1)), leaves[0], leaves[1]

    return [stump() for _ in range(30)]


@pytest.mark.parametrize(
    ("both", "sign", "more"),
    [
        (True, 0.0, {}),
        (False, 0.0, {}),
        (False, -1.0, {"post_transform": "LOGISTIC"}),
        (False, -1.0, {"post_transform": "LOGISTIC", "base_values": [0.05]}),
    ],
)
def test_what_the_runtime_computes_on_a_thousand_rows(
    tmp_path: Path, both: bool, sign: float, more: dict[str, Any]
) -> None:
    """A forest of both classes, of one, a boosted sum, and one with a base value."""
    import onnxruntime

    rng = np.random.default_rng(5)
    path = onnx_file(tmp_path / "m.onnx", some(rng, both=both, sign=sign), 6, **more)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    x = rng.uniform(0, 1, (1000, 6)).astype(np.float32)
    theirs = session.run(["probabilities"], {"x": x})[0]
    found = read_onnx_trees(path, 6)
    assert found is not None
    margins = found.ensemble.margins(x.astype(np.float64))
    sure = np.abs(margins) > float(found.ensemble.slack)
    assert sure.mean() > 0.99 and 0.05 < (margins > 0).mean() < 0.95
    assert ((theirs[:, 1] > theirs[:, 0]) == (margins > 0))[sure].all()
    assert found.classes == ("0", "1") and found.trees == 30


STUMPS = [(0, 0.5, [-1.0], [1.0]), (1, 0.25, [-1.0], [1.0])]


def test_another_graph_is_none_of_its(tmp_path: Path) -> None:
    node = field(4, "Gemm")
    path = tmp_path / "other.onnx"
    path.write_bytes(field(7, field(1, node)))
    assert read_onnx_trees(path, 2) is None


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"nodes_treeids": [0, 0, 0, 0, 0, 0]}, "its tree 0 is deeper than one split"),
        ({"nodes_modes": ["BRANCH_EQ", "LEAF", "LEAF"] * 2}, "compares numbers by BRANCH_EQ"),
        ({"nodes_modes": ["BRANCH_LT", "LEAF", "LEAF", "BRANCH_LEQ", "LEAF", "LEAF"]},
         "mixes kinds of comparisons"),
        ({"classlabels_int64s": [0, 1, 2]}, "has 3 classes"),
        ({"base_values": [0.0, 1.0]}, "has a base value for each class"),
        ({"nodes_featureids": [9] * 6}, "is a damaged ONNX file"),
        ({"class_treeids": [0]}, "is a damaged ONNX file"),
    ],
)  # fmt: skip
def test_what_does_not_open_is_said(tmp_path: Path, more: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UserError) as refused:
        read_onnx_trees(onnx_file(tmp_path / "m.onnx", STUMPS, 2, **more), 2)
    assert sentence in str(refused.value)


def test_a_file_that_is_cut_is_damaged(tmp_path: Path) -> None:
    path = onnx_file(tmp_path / "m.onnx", STUMPS, 2)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(UserError, match="is a damaged ONNX file"):
        read_onnx_trees(path, 2)


@pytest.mark.parametrize(("kind", "cast"), [(7, 0), (6, 0), (1, 7), (1, 10), (7, 1)])
def test_trees_that_compare_rounded_numbers_do_not_open(
    tmp_path: Path, kind: int, cast: int
) -> None:
    """Their cuts are not where they say: certified by these, a radius would be too large."""
    stumps = [(0, 0.5, [0.6, 0.4], [0.4, 0.6])]
    path = onnx_file(tmp_path / "m.onnx", stumps, 2, kind=kind, cast=cast)
    with pytest.raises(UserError, match="rounds the numbers of a row before its trees"):
        read_onnx_trees(path, 2)


@pytest.mark.parametrize(("kind", "cast"), [(11, 0), (11, 1), (1, 11), (1, 1)])
def test_real_numbers_are_read_whatever_their_digits(tmp_path: Path, kind: int, cast: int) -> None:
    stumps = [(0, 0.5, [0.6, 0.4], [0.4, 0.6])]
    path = onnx_file(tmp_path / "m.onnx", stumps, 2, kind=kind, cast=cast)
    found = read_onnx_trees(path, 2)
    assert found is not None and found.ensemble.numbers[0].cuts == (0.5,)


def test_a_base_value_of_one_of_two_classes_is_not_read(tmp_path: Path) -> None:
    """onnxruntime adds it to the first class, and the sum here is that of the second."""
    stumps = [(0, 0.5, [0.6, 0.4], [0.4, 0.6])]
    path = onnx_file(tmp_path / "m.onnx", stumps, 2, base_values=[0.5])
    with pytest.raises(UserError, match="base value to one of two classes"):
        read_onnx_trees(path, 2)
