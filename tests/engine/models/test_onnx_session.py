from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.core.errors import UserError
from engine.models import ModelRequest, load_model, onnx_session
from engine.models.onnx_session import _refusal, first_line, open_session, read_graph
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


def test_a_version_that_is_too_new_is_named_with_its_number():
    cases = Path(__file__).parents[2] / "cases" / "field" / "onnx"
    with pytest.raises(UserError, match=r"opset 40 is newer than .* reads \(up to \d+\)"):
        load_model(ModelRequest(str(cases / "opset_future.onnx")))
    message = "... Unsupported model IR version: 99, max supported IR version: 11"
    said = str(_refusal(Path("m.onnx"), message))
    assert "IR version 99 is newer than this onnxruntime reads (up to 11)" in said


@pytest.mark.thorough
def test_names_and_numbers_in_the_metadata(tmp_path: Path):
    whole = linear(["n", 3, 4, 4])
    names = ("cat", "dog", "emu", "fox", "gnu")
    for text in (
        '["cat", "dog", "emu", "fox", "gnu"]',
        '{"0": "cat", "1": "dog", "2": "emu", "3": "fox", "4": "gnu"}',
        "{4: 'gnu', 0: 'cat', 1: 'dog', 2: 'emu', 3: 'fox'}",  # as some exporters write it
        "cat,dog, emu,fox,gnu",
        "cat\ndog\nemu\nfox\ngnu\n",
    ):
        path = tmp_path / "m.onnx"
        path.write_bytes(whole + field(14, field(1, "names") + field(2, text)))
        assert load_model(ModelRequest(str(path))).identity.class_names == names
    for mean, std in (("[0.5, 0.4, 0.3]", "0.2,0.2,0.2"), ("[127.5, 102, 76.5]", "51 51 51")):
        entries = [field(1, "mean") + field(2, mean), field(1, "std") + field(2, std)]
        path.write_bytes(whole + b"".join(field(14, entry) for entry in entries))
        identity = load_model(ModelRequest(str(path))).identity
        assert identity.normalization == "stored: (x - 0.5 0.4 0.3) / 0.2 0.2 0.2"
        assert identity.normalization_origin == "stored in the file"
    path.write_bytes(whole + field(14, field(1, "names") + field(2, "[" * 5000)))
    assert load_model(ModelRequest(str(path))).identity.class_names[0] == "class 0"


def test_a_graphics_processor_computes_in_float32_too(tmp_path, monkeypatch):
    """onnxruntime's own default there is TF32."""
    import onnxruntime

    asked = {}
    monkeypatch.setattr(
        onnxruntime, "InferenceSession", lambda path, options, **given: asked.update(given)
    )
    open_session(tmp_path / "m.onnx", threads=1, providers=(onnx_session.CUDA, onnx_session.CPU))
    assert asked["providers"] == [
        ("CUDAExecutionProvider", {"use_tf32": "0"}),
        "CPUExecutionProvider",
    ]
