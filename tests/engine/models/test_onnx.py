from __future__ import annotations

import sys

import numpy as np
import pytest
import torch

from engine.errors import UserError
from engine.models import ModelRequest, load_model

# A writer for just enough of the ONNX format (protobuf field numbers of onnx.proto3).


def _varint(number: int) -> bytes:
    out = b""
    while number > 0x7F:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def field(number: int, value: int | str | bytes) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    data = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def value_info(name: str, shape: list[int | str], kind: int = 1) -> bytes:
    dims = b"".join(field(1, field(1 if isinstance(d, int) else 2, d)) for d in shape)
    return field(1, name) + field(2, field(1, field(1, kind) + field(2, dims)))


def node(operator: str, inputs: list[str], output: str, domain: str = "") -> bytes:
    named = b"".join(field(1, name) for name in inputs)
    return named + field(2, output) + field(4, operator) + (field(7, domain) if domain else b"")


def weight(name: str, array: np.ndarray, external: str = "") -> bytes:
    head = b"".join(field(1, size) for size in array.shape) + field(2, 1) + field(8, name)
    if external:
        return head + field(13, field(1, "location") + field(2, external)) + field(14, 1)
    return head + field(9, array.astype(np.float32).tobytes())


def model(
    nodes: list[bytes], weights: list[bytes], inputs: list[bytes], outputs: list[bytes]
) -> bytes:
    graph = b"".join(field(1, n) for n in nodes) + field(2, "g")
    graph += b"".join(field(5, w) for w in weights)
    graph += b"".join(field(11, i) for i in inputs) + b"".join(field(12, o) for o in outputs)
    opsets = field(8, field(1, "") + field(2, 13)) + field(8, field(1, "mine") + field(2, 1))
    return field(1, 8) + opsets + field(7, graph)


MATRIX = np.random.default_rng(0).normal(size=(48, 5)).astype(np.float32)


def linear(shape: list[int | str], *, external: str = "", operator: str = "MatMul") -> bytes:
    """Scores = the 3 x 4 x 4 image as a row, times a matrix."""
    domain = "mine" if operator != "MatMul" else ""
    return model(
        [node("Flatten", ["x"], "flat"), node(operator, ["flat", "w"], "y", domain)],
        [weight("w", MATRIX, external)],
        [value_info("x", shape)],
        [value_info("y", [shape[0], 5])],
    )


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
        (["n", 4, 4, 3], "takes 4x4x3 images; only channels first"),
        (["n", 48], "takes tensor.float. of 2 dimensions"),
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
