from __future__ import annotations

import numpy as np
import pytest

from engine.core.errors import UserError
from engine.models.onnx_session import first_line, open_session, read_graph
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
