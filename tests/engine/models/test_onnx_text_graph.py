from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.core.errors import UserError
from engine.models.onnx_session import open_session
from engine.models.onnx_text_graph import is_text, read_text_graph
from tests.hostile.onnx import model, node, value_info
from tests.onnx_texts import INT64, summed

ROWS = np.arange(12.0).reshape(6, 2)


def test_shorter_texts_are_filled_up_behind_a_mask(tmp_path: Path) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(summed(ROWS, ["n", 5]))
    session = open_session(path, threads=1)
    graph = read_text_graph(path, session)
    assert is_text(session) and (graph.batch, graph.length) == (None, 5)
    found = graph.run(session, np.array([[1, 2], [3, 3]]))
    np.testing.assert_allclose(found, [ROWS[1] + ROWS[2], 2 * ROWS[3]])


def test_other_inputs_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.onnx"
    ids, out = value_info("input_ids", ["n", "l"], INT64), value_info("y", ["n", "l"], INT64)
    same = [node("Identity", ["input_ids"], "y")]
    for data, sentence in (
        (summed(ROWS, ["n", 5], masked=False), "takes texts of 5 tokens and no attention_mask"),
        (
            model(same, [], [ids, value_info("pixels", ["n", 3])], [out]),
            r"takes 'pixels' as tensor\(float\) of 2 dimensions; a text model takes input_ids",
        ),
        (
            model(
                [node("Identity", ["input_ids"], "y")],
                [],
                [value_info("input_ids", ["n", "l"])],
                [value_info("y", ["n", "l"])],
            ),
            r"takes 'input_ids' as tensor\(float\)",
        ),
    ):
        path.write_bytes(data)
        with pytest.raises(UserError, match=sentence):
            read_text_graph(path, open_session(path, threads=1))
