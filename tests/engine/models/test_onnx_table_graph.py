from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest

from engine.core.errors import UserError
from engine.models.onnx_session import open_session
from engine.models.onnx_table_graph import is_tabular, read_table_graph
from tests.hostile.onnx import linear, model, node, value_info

GOLDEN = Path(__file__).parents[2] / "golden"
STRING, DOUBLE, BOOL = 8, 11, 9


def session(path: Path) -> Any:
    return open_session(path, threads=1)


def test_a_column_each():
    opened = session(GOLDEN / "pumps.onnx")
    graph = read_table_graph(GOLDEN / "pumps.onnx", opened)
    assert is_tabular(opened) and graph.width == 0 and not graph.maps
    assert graph.names[4:6] == ("hours", "sound") and graph.dtypes[5] is np.object_
    assert graph.trial(opened).shape == (2, 2)


def test_one_matrix():
    opened = session(GOLDEN / "pumps_matrix.onnx")
    graph = read_table_graph(GOLDEN / "pumps_matrix.onnx", opened)
    assert is_tabular(opened) and graph.width == 10 and graph.trial(opened).shape == (2, 2)


def test_images_are_no_columns(tmp_path: Path):
    path = tmp_path / "m.onnx"
    path.write_bytes(linear(["n", 3, 4, 4]))
    assert not is_tabular(session(path))


@pytest.mark.parametrize(
    ("inputs", "sentence"),
    [
        (
            [value_info("x", ["n", 1], BOOL)],
            r"takes 'x' as tensor\(bool\) of 2 dimensions; columns",
        ),
        ([value_info("x", ["n", "m"])], "takes a matrix without a fixed number of number columns"),
        (
            [value_info("x", ["n", 2]), value_info("z", ["n", 2])],
            "takes several matrices; export it with an input for each column",
        ),
    ],
)
def test_inputs_that_are_no_columns_are_refused(tmp_path: Path, inputs: Any, sentence: str):
    path = tmp_path / "m.onnx"
    kind = BOOL if "bool" in sentence else 1
    out = value_info("y", ["n", "k"], kind)
    path.write_bytes(model([node("Identity", ["x"], "y")], [], inputs, [out]))
    with pytest.raises(UserError, match=sentence):
        read_table_graph(path, session(path))


def test_no_probabilities_are_refused(tmp_path: Path):
    path = tmp_path / "m.onnx"
    inputs, out = [value_info("x", ["n", 1], STRING)], [value_info("y", ["n", 1], STRING)]
    path.write_bytes(model([node("Identity", ["x"], "y")], [], inputs, out))
    with pytest.raises(UserError, match="gives no probabilities of classes; export a classifier"):
        read_table_graph(path, session(path))


def test_a_real_file_that_takes_three_rows_a_call():
    """The classifier of irises that onnxruntime comes with."""
    path = Path(onnxruntime.__file__).parent / "datasets" / "logreg_iris.onnx"
    opened = session(path)
    graph = read_table_graph(path, opened)
    assert (graph.width, graph.batch, graph.maps) == (2, 3, True)
    rows = np.random.default_rng(0).uniform(1, 7, (7, 2)).astype(np.float32)
    found = graph.run(opened, [rows[:, 0], rows[:, 1]])
    for place in range(7):  # each in a call whose other rows are others
        fed = {graph.names[0]: np.stack([rows[place], rows[0], rows[1]])}
        (maps,) = opened.run([graph.output], fed)
        np.testing.assert_allclose(found[place], [maps[0][key] for key in (0, 1, 2)], rtol=1e-6)
