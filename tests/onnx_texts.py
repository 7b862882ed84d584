"""Text classifiers in ONNX whose scores anybody can add up: a row for each token id, summed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from tests.hostile.onnx import field, model, node, value_info
from tests.pretrained import bert_tokenizer

INT64 = 7


def whole(name: str, numbers: list[int]) -> bytes:
    """An int64 weight."""
    data = np.array(numbers, dtype=np.int64).tobytes()
    return field(1, len(numbers)) + field(2, INT64) + field(8, name) + field(9, data)


def real(name: str, array: np.ndarray) -> bytes:
    """A float weight."""
    head = b"".join(field(1, size) for size in array.shape) + field(2, 1) + field(8, name)
    return head + field(9, array.astype(np.float32).tobytes())


def summed(
    rows: np.ndarray, shape: list[int | str], *, masked: bool = True, positions: int = 0
) -> bytes:
    """Scores (B, K): the sum of ``rows[id]`` over the tokens that the mask keeps.

    Args:
        rows: (ids, K).
        shape: of the token ids.
        masked: whether there is an attention mask.
        positions: length up to which it runs; 0 for any.
    """
    nodes = [node("Gather", ["rows", "input_ids"], "read")]
    inputs, weights = [value_info("input_ids", shape, INT64)], [real("rows", rows)]
    weights += [whole("one", [1])]
    kept = "read"
    if masked:
        weights.append(real("keep", np.array([[0.0], [1.0]])))
        nodes += [
            node("Gather", ["keep", "attention_mask"], "m"),
            node("Mul", ["read", "m"], "kept"),
        ]
        inputs.append(value_info("attention_mask", shape, INT64))
        kept = "kept"
    if positions:  # adding a row of zeros for each position, of which there are so many
        weights += [real("zeros", np.zeros((positions, 1))), whole("axes", [0])]
        nodes += [
            node("Shape", ["input_ids"], "sizes"),
            node("Gather", ["sizes", "one"], "length"),
            node("Sub", ["length", "one"], "last"),
            node("Gather", ["zeros", "last"], "nothing"),
            node("Add", [kept, "nothing"], "placed"),
        ]
        kept = "placed"
    nodes += [node("ReduceSum", [kept, "one"], "sum"), node("Squeeze", ["sum", "one"], "logits")]
    out = value_info("logits", [shape[0], rows.shape[1]])
    return model(nodes, weights, inputs, [out])


def save_onnx_text(
    folder: Path,
    *,
    classes: int = 3,
    shape: tuple[int | str, int | str] = ("n", "l"),
    masked: bool = True,
    positions: int = 0,
    **config: object,
) -> np.ndarray:
    """Write ``model.onnx``, its tokenizer and configuration; the row of each token id."""
    ids = bert_tokenizer(folder)
    rows = np.random.default_rng(0).normal(size=(ids, classes)).astype(np.float32)
    data = summed(rows, list(shape), masked=masked, positions=positions)
    (folder / "model.onnx").write_bytes(data)
    if config:
        (folder / "config.json").write_text(json.dumps({"vocab_size": ids, **config}))
    return rows
