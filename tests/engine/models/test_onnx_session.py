from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.core.errors import UserError
from engine.models import ModelRequest, load_model
from engine.models.onnx_session import (
    _refusal,
    first_line,
    is_tabular,
    open_session,
    read_graph,
    read_table_graph,
)
from tests.hostile.onnx import MATRIX, field, linear, model, node, value_info, weight


def opened(tmp_path, content: bytes):
    path = tmp_path / "m.onnx"
    path.write_bytes(content)
    session = open_session(path, threads=1)
    return session, read_graph(path, session, None)


@pytest.mark.parametrize(("batch", "fixed", "rows"), [("n", None, 2), (4, 4, 4)])
def test_what_goes_in_and_comes_out(tmp_path, batch, fixed, rows):
    session, graph = opened(tmp_path, linear([batch, 3, 4, 4]))
    assert (graph.input_name, graph.output_name) == ("x", "y")
    assert (graph.shape, graph.batch, graph.rows) == ((3, 4, 4), fixed, rows)
    images = np.random.default_rng(0).random((rows, 3, 4, 4), dtype=np.float32)
    found = graph.run(session, images)
    np.testing.assert_allclose(found, images.reshape(rows, -1) @ MATRIX, rtol=1e-5)
    assert found.dtype == np.float32


def test_names_that_are_no_text_are_refused_and_nothing_is_printed(tmp_path, capfd):
    broken = linear(["n", 3, 4, 4]).replace(field(1, "x"), field(1, b"\xff"))
    with pytest.raises(UserError, match=r"m\.onnx is a damaged or truncated ONNX file"):
        opened(tmp_path, broken)
    assert capfd.readouterr().out == ""


def test_refusals_are_one_printable_line(tmp_path):
    broken = model(
        [node("Flatten", ["\x00\x07\n" * 100], "flat"), node("MatMul", ["flat", "w"], "y")],
        [weight("w", MATRIX)],
        [value_info("x", ["n", 3, 4, 4])],
        [value_info("y", ["n", 5])],
    )
    with pytest.raises(UserError) as refused:
        opened(tmp_path, broken)
    sentence = str(refused.value)
    assert sentence.isprintable() and len(sentence) < 300 and sentence.endswith(".")


def test_the_part_about_the_model():
    message = "[ONNXRuntimeError] : 1 : FAIL : Load model from /a/b failed:Node () is odd.\nmore"
    assert first_line(message) == "Node () is odd"
    assert first_line(ValueError()) == "ValueError"


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


def test_a_version_that_is_too_new_is_named_with_its_number():
    cases = Path(__file__).parents[2] / "cases" / "field" / "onnx"
    with pytest.raises(UserError, match=r"opset 40 is newer than .* reads \(up to \d+\)"):
        load_model(ModelRequest(str(cases / "opset_future.onnx")))
    message = "... Unsupported model IR version: 99, max supported IR version: 11"
    said = str(_refusal(Path("m.onnx"), message))
    assert "IR version 99 is newer than this onnxruntime reads (up to 11)" in said
