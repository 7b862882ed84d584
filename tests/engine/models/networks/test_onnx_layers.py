"""ONNX graphs as layers give what onnxruntime gives; what is not read is named."""

from __future__ import annotations

from decimal import Decimal, getcontext
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.core.errors import UserError
from engine.exact.linear_bounds import Forms, propagated
from engine.models import ModelRequest, load_model
from engine.models.networks.checked import read_network
from engine.models.networks.onnx_layers import read_onnx
from tests.fakes import identity as fake_identity
from tests.hostile import onnx
from tests.hostile.onnx import attribute, integers, model, node, value_info, weight

CPU = torch.device("cpu")
RNG = np.random.default_rng(5)


def numbers(*shape: int) -> np.ndarray:
    return RNG.normal(size=shape).astype(np.float32) / 2


def everything() -> bytes:
    """Normalisation, a residual block with fixed statistics, all kinds of pooling, three layers."""
    first = node("Conv", ["n2", "k1", "b1"], "c1") + attribute("pads", [1, 0, 1, 2])
    first += attribute("strides", [1, 2])
    second = node("Conv", ["r1", "k2"], "c2") + attribute("pads", [1, 1, 1, 1])
    largest = node("MaxPool", ["r2"], "m") + attribute("kernel_shape", [3, 3])
    largest += attribute("pads", [1, 1, 1, 1]) + attribute("strides", [2, 2])
    mean = node("AveragePool", ["m"], "a") + attribute("kernel_shape", [2, 1])
    nodes = [
        node("Sub", ["x", "mean"], "n1"),
        node("Div", ["n1", "std"], "n2"),
        first,
        node("Relu", ["c1"], "r1"),
        second,
        node("BatchNormalization", ["c2", "s", "h", "u", "v"], "bn"),
        node("Add", ["bn", "r1"], "sum"),
        node("Clip", ["sum", "zero", "six"], "r2"),
        largest,
        mean,
        node("Reshape", ["a", "row"], "flat"),
        node("MatMul", ["flat", "w1"], "d1"),
        node("Add", ["d1", "b2"], "d2"),
        node("Identity", ["d2"], "d3"),
        node("Mul", ["d3", "two"], "d4"),
        node("Sub", ["two", "d4"], "d5"),
        node("Relu", ["d5"], "r3"),
        node("Gemm", ["r3", "w2", "b3"], "y") + attribute("transB", 1),
    ]
    weights = [
        weight("mean", numbers(1, 3, 1, 1)), weight("std", np.full((3, 1, 1), 0.7)),
        weight("k1", numbers(4, 3, 3, 3)), weight("b1", numbers(4)),
        weight("k2", numbers(4, 4, 3, 3)), weight("s", numbers(4)), weight("h", numbers(4)),
        weight("u", numbers(4)), weight("v", numbers(4) ** 2 + 0.1),
        weight("zero", np.array(0.0)), weight("six", np.array(6.0)), integers("row", [0, -1]),
        weight("w1", numbers(16, 5)), weight("b2", numbers(5)), weight("two", np.array(2.0)),
        weight("w2", numbers(3, 5)), weight("b3", numbers(3)),
    ]  # fmt: skip
    given, out = [value_info("x", ["n", 3, 6, 8])], [value_info("y", ["n", 3])]
    return model(nodes, weights, given, out)


@pytest.mark.walk
@pytest.mark.parametrize(
    ("data", "shape"),
    [(everything(), (3, 6, 8)), (onnx.convolution(), (3, 4, 4)), (onnx.linear([2, 3, 4, 4]), None)],
    ids=["everything", "small", "a batch of two"],
)
def test_layers_give_what_the_program_gives(
    tmp_path: Path, data: bytes, shape: tuple[int, ...] | None
) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(data)
    classifier = load_model(ModelRequest(str(path)))
    classifier.prepare(CPU, "fp32")
    found = read_network(classifier, CPU).network  # it compares them itself
    assert shape is None or found.input_shape == shape
    x = RNG.uniform(size=(4, *found.input_shape)).astype(np.float32)
    expected = classifier.scores(torch.from_numpy(x)).numpy()
    assert np.allclose(found.values(x.astype(np.float64)), expected, atol=1e-4)


def broken(operator: bytes) -> bytes:
    weights = [weight("k", numbers(2, 1, 3, 3)), weight("p", numbers(1, 1, 4, 4))]
    return model(
        [operator], weights, [value_info("x", ["n", 1, 4, 4])], [value_info("y", ["n", 2])]
    )


@pytest.mark.walk
@pytest.mark.parametrize(
    ("operator", "words"),
    [
        (node("Sigmoid", ["x"], "y"), "operator Sigmoid, which is not read.*takes convolutions"),
        (node("Conv", ["x", "k"], "y") + attribute("dilations", [2, 2]), "with groups or gaps"),
        (node("Add", ["x", "p"], "y"), "differ from place to place"),
        (node("Mul", ["x", "x"], "y"), "of two results"),
        (node("Relu", ["p"], "y"), "of fixed numbers"),
        (node("Softmax", ["x"], "y"), "a softmax changes no class"),
        (
            node("AveragePool", ["x"], "y") + attribute("kernel_shape", [3, 3])
            + attribute("pads", [1, 1, 1, 1]),
            "windows that are cut off",
        ),
    ],
)  # fmt: skip
def test_what_is_not_read_is_named(tmp_path: Path, operator: bytes, words: str) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(broken(operator))
    (tmp_path / "ok.onnx").write_bytes(onnx.convolution())
    identity = load_model(ModelRequest(str(tmp_path / "ok.onnx"))).identity
    shaped = identity.model_copy(update={"input_shape": (1, 4, 4)})
    with pytest.raises(UserError, match=words):
        read_onnx(path, shaped)


def test_a_damaged_file_and_weights_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "ok.onnx").write_bytes(onnx.convolution())
    identity = load_model(ModelRequest(str(tmp_path / "ok.onnx"))).identity
    path = tmp_path / "m.onnx"
    for data in (everything()[:500], onnx.linear(["n", 3, 4, 4], external="w.bin"), b"\x08"):
        path.write_bytes(data)
        with pytest.raises(UserError, match="are not read.*with their weights inside"):
            read_onnx(path, identity)


def test_bounds_hold_what_batch_normalisation_rounds(tmp_path: Path) -> None:
    """shift - mean factor is small between two large numbers, and their rounding is larger."""
    getcontext().prec = 60
    scale, shift, mean, variance = (np.array([n], np.float32) for n in (0.7, 7e9, 1e10, 1 - 1e-5))
    names = {"s": scale, "h": shift, "u": mean, "v": variance}
    nodes = [node("BatchNormalization", ["x", *names], "y")]
    inits = [weight(name, value) for name, value in names.items()]
    given, out = [value_info("x", ["n", 1, 1, 1])], [value_info("y", ["n", 1, 1, 1])]
    path = tmp_path / "m.onnx"
    path.write_bytes(model(nodes, inits, given, out))
    identity = fake_identity(1, input_shape=(1, 1, 1))
    pixel = np.zeros((1, 1, 1, 1, 1))
    found = propagated(read_onnx(path, identity), Forms(pixel, pixel))
    s, h, u, v = (Decimal(float(one[0])) for one in names.values())
    exact = h - u * s / (v + Decimal(float(np.float32(1e-5)))).sqrt()
    assert Decimal(found.low.item()) <= exact <= Decimal(found.high.item())
    assert found.high.item() - found.low.item() < 1e-3
