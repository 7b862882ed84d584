from __future__ import annotations

import sys

import pytest
import torch

from engine.core.errors import UserError
from engine.models import ModelRequest, load_model
from tests.hostile.onnx import MATRIX, linear, model, node, value_info


def load(path, content: bytes, **changes: object):
    path.write_bytes(content)
    return load_model(ModelRequest(str(path), **changes))


@pytest.mark.parametrize("batch", ["n", 1, 4])
def test_any_batch_size_gives_the_matrix_product(tmp_path, batch):
    classifier = load(tmp_path / "m.onnx", linear([batch, 3, 4, 4]))
    assert classifier.identity.input_shape == (3, 4, 4)
    assert classifier.identity.format == "onnx"
    assert len(classifier.identity.class_names) == 5
    classifier.prepare(torch.device("cpu"), "fp32")
    x = torch.rand(6, 3, 4, 4)
    expected = x.flatten(1) @ torch.from_numpy(MATRIX)
    torch.testing.assert_close(classifier.scores(x), expected, rtol=1e-5, atol=1e-5)
    assert not classifier.differentiable


def test_a_normalisation_goes_before_the_graph(tmp_path):
    classifier = load(tmp_path / "m.onnx", linear(["n", 3, 4, 4]), normalize="half")
    assert classifier.identity.normalization_origin == "given"
    x = torch.rand(2, 3, 4, 4)
    expected = (x * 2 - 1).flatten(1) @ torch.from_numpy(MATRIX)
    torch.testing.assert_close(classifier.scores(x), expected, rtol=1e-5, atol=1e-5)


def test_only_float32(tmp_path):
    classifier = load(tmp_path / "m.onnx", linear(["n", 3, 4, 4]))
    with pytest.raises(UserError, match="Precision bf16 does not work for an ONNX file"):
        classifier.prepare(torch.device("cpu"), "bf16")


def test_a_truncated_file_is_refused(tmp_path):
    whole = linear(["n", 3, 4, 4])
    with pytest.raises(UserError, match=r"m\.onnx is a damaged or truncated ONNX file"):
        load(tmp_path / "m.onnx", whole[: len(whole) // 2])


def test_weights_in_another_file_are_refused(tmp_path):
    (tmp_path / "weights.bin").write_bytes(MATRIX.tobytes())
    (tmp_path / "inner").mkdir()
    for location in ("weights.bin", "../weights.bin"):
        with pytest.raises(UserError, match="keeps its weights in another file"):
            load(tmp_path / "inner" / "m.onnx", linear(["n", 3, 4, 4], external=location))
    if sys.platform != "win32":
        (tmp_path / "inner" / "weights.bin").symlink_to(tmp_path / "weights.bin")
        with pytest.raises(UserError, match="keeps its weights in another file"):
            load(tmp_path / "inner" / "m.onnx", linear(["n", 3, 4, 4], external="weights.bin"))


def test_unknown_operators_are_refused(tmp_path):
    with pytest.raises(UserError, match="uses operators that onnxruntime does not know"):
        load(tmp_path / "m.onnx", linear(["n", 3, 4, 4], operator="Mystery"))


@pytest.mark.parametrize(
    ("shape", "sentence"),
    [
        (["n", 16, 1, 3], "takes 16x1x3 images; only channels first"),
        (["n", 6, 8], "takes tensor.float. of 3 dimensions"),
        (["n", 3, "h", "w"], "does not fix the size of its image; name it with --arch @3x224x224"),
        (["n", 3, 5, 5], r"m\.onnx cannot be opened by onnxruntime: Node"),
    ],
)
def test_other_inputs_are_refused(tmp_path, shape, sentence):
    with pytest.raises(UserError, match=sentence):
        load(tmp_path / "m.onnx", linear(shape))


def test_a_free_size_can_be_named(tmp_path):
    classifier = load(tmp_path / "m.onnx", linear(["n", 3, "h", "w"]), arch="@3x4x4")
    assert classifier.identity.input_shape == (3, 4, 4)
    with pytest.raises(UserError, match="does not run on a 3x5x5 image"):
        load(tmp_path / "m.onnx", linear(["n", 3, "h", "w"]), arch="@3x5x5")


def test_two_inputs_or_no_row_of_scores_are_refused(tmp_path):
    image = [1, 3, 4, 4]
    two = model(
        [node("Add", ["x", "z"], "y")],
        [],
        [value_info("x", image), value_info("z", image)],
        [value_info("y", image)],
    )
    with pytest.raises(UserError, match="has 2 inputs and 1 outputs; only models with one image"):
        load(tmp_path / "m.onnx", two)
    same = model([node("Relu", ["x"], "y")], [], [value_info("x", image)], [value_info("y", image)])
    with pytest.raises(UserError, match="is no image classifier: it returns 1 x 3 x 4 x 4"):
        load(tmp_path / "m.onnx", same)


def test_an_image_and_its_indicator(tmp_path):
    two = linear(["n", 2, 4, 6])
    with pytest.raises(UserError, match="takes 2 channels: a grey image with an indicator"):
        load(tmp_path / "m.onnx", two)
    classifier = load(tmp_path / "m.onnx", two, encoding="indicator", normalize="half")
    assert classifier.identity.encoding == "indicator"
    x = torch.rand(2, 2, 4, 6)
    seen = torch.stack([x[:, 0] * 2 - 1, x[:, 1]], 1)
    expected = seen.flatten(1) @ torch.from_numpy(MATRIX)
    torch.testing.assert_close(classifier.scores(x), expected, rtol=1e-5, atol=1e-5)
