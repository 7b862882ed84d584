"""A writer for just enough of the ONNX format (protobuf field numbers of onnx.proto3)."""

from __future__ import annotations

import numpy as np


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


def attribute(name: str, value: int | list[int] | bytes) -> bytes:
    """A number, numbers, or a graph of a node."""
    if isinstance(value, int):
        return field(5, field(1, name) + field(3, value) + field(20, 2))
    if isinstance(value, bytes):
        return field(5, field(1, name) + field(6, value) + field(20, 5))
    return field(5, field(1, name) + b"".join(field(8, each) for each in value) + field(20, 7))


def integers(name: str, values: list[int]) -> bytes:
    """An int64 vector among the weights."""
    data = np.array(values, dtype="<i8").tobytes()
    return field(1, len(values)) + field(2, 7) + field(8, name) + field(9, data)


def convolution() -> bytes:
    """A small network of the usual layers."""
    kernel = np.ones((4, 3, 3, 3), dtype=np.float32)
    conv = node("Conv", ["x", "k"], "a") + attribute("pads", [1, 1, 1, 1])
    conv += attribute("strides", [1, 1]) + attribute("kernel_shape", [3, 3])
    pool = node("MaxPool", ["b"], "c") + attribute("kernel_shape", [2, 2])
    pool += attribute("strides", [2, 2]) + attribute("ceil_mode", 0)
    return model(
        [
            conv,
            node("Relu", ["a"], "b"),
            pool,
            node("GlobalAveragePool", ["c"], "d"),
            node("Flatten", ["d"], "e") + attribute("axis", 1),
            node("Gemm", ["e", "w"], "y") + attribute("transB", 0),
        ],
        [weight("k", kernel), weight("w", MATRIX[:4])],
        [value_info("x", ["n", 3, 4, 4])],
        [value_info("y", ["n", 5])],
    )


def reshaping() -> bytes:
    """Scores behind the operators whose inputs are sizes, places and a branch."""
    branch = field(1, node("Identity", ["y6"], "z")) + field(2, "b")
    branch += field(12, value_info("z", ["n", 5]))
    return model(
        [
            node("Flatten", ["x"], "flat"),
            node("MatMul", ["flat", "w"], "y0"),
            node("Slice", ["y0", "zero", "five", "one"], "y1"),
            node("Pad", ["y1", "pads"], "y2"),
            node("Tile", ["y2", "ones"], "y3"),
            node("Expand", ["y3", "shape"], "y4"),
            node("Gather", ["y4", "places"], "y5") + attribute("axis", 1),
            node("Reshape", ["y5", "rows"], "y6"),
            node("ConstantOfShape", ["one"], "c0"),
            node("Cast", ["c0"], "c1") + attribute("to", 9),
            node("If", ["c1"], "y7")
            + attribute("then_branch", branch)
            + attribute("else_branch", branch),
            node("Softmax", ["y7"], "y") + attribute("axis", 1),
        ],
        [
            weight("w", MATRIX),
            integers("zero", [0]),
            integers("one", [1]),
            integers("five", [5]),
            integers("ones", [1, 1]),
            integers("pads", [0, 0, 0, 0]),
            integers("shape", [1, 5]),
            integers("places", [4, 3, 2, 1, 0]),
            integers("rows", [-1, 5]),
        ],
        [value_info("x", ["n", 3, 4, 4])],
        [value_info("y", ["n", 5])],
    )


def constant(size: int) -> bytes:
    """Scores plus the sum of ``size`` zeros that are made on the way."""
    total = node("ReduceSum", ["zeros"], "sum") + attribute("keepdims", 0)
    return model(
        [
            node("ConstantOfShape", ["size"], "zeros"),
            total,
            node("Flatten", ["x"], "flat"),
            node("MatMul", ["flat", "w"], "scores"),
            node("Add", ["scores", "sum"], "y"),
        ],
        [weight("w", MATRIX), integers("size", [size])],
        [value_info("x", ["n", 3, 4, 4])],
        [value_info("y", ["n", 5])],
    )


def loop(times: int) -> bytes:
    """Scores doubled ``times`` times."""
    body = field(1, node("Identity", ["go"], "on")) + field(2, "body")
    body += field(1, node("Add", ["v", "v"], "w2"))
    body += field(11, value_info("i", [], 7)) + field(11, value_info("go", [], 9))
    body += field(11, value_info("v", ["n", 5]))
    body += field(12, value_info("on", [], 9)) + field(12, value_info("w2", ["n", 5]))
    return model(
        [
            node("Flatten", ["x"], "flat"),
            node("MatMul", ["flat", "w"], "scores"),
            node("Loop", ["times", "", "scores"], "y") + attribute("body", body),
        ],
        [weight("w", MATRIX), integers("times", [times])],
        [value_info("x", ["n", 3, 4, 4])],
        [value_info("y", ["n", 5])],
    )
