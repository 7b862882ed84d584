"""ONNX graphs of a few operators as lists of layers, read from the file's own fields (onnx.proto3).

A graph in which something else stands is refused by the name of that operator.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from engine.core.errors import UserError, quoted
from engine.core.files import read_bounded
from engine.core.records import ModelIdentity
from engine.exact.network import Network, Step
from engine.exact.operations import (
    Add,
    AveragePool,
    Clip,
    Convolution,
    Dense,
    Flatten,
    Floats,
    MaxPool,
    Operation,
    Relu,
    Scale,
    Shape,
)
from engine.models.networks.plans import READ
from engine.models.protobuf import attribute, first, messages, varints

MOST_BYTES = 256_000_000
_GRAPH, _NODE, _INITIALIZER, _INPUT, _OUTPUT = 7, 1, 5, 11, 12
_TYPES = {1: "<f4", 6: "<i4", 7: "<i8", 11: "<f8"}
"""Numbers of tensors, by TensorProto.DataType."""
_SAME = ("Identity", "Dropout")
_NOTHING = (0, 0, 0, 0)
_EPSILON = float(np.float32(1e-5))


def read_onnx(path: Path, model: ModelIdentity) -> Network:
    """The network of an ONNX file.

    Raises:
        UserError: an operator or a setting of it is not read, or the file is damaged.
    """
    data = read_bounded(path, MOST_BYTES, what="model")
    channels, height, width = model.input_shape
    try:
        graph = _Graph(path, first(data, _GRAPH), (channels, height, width))
        return graph.network(model.architecture)
    except (ValueError, LookupError, StopIteration, struct.error, TypeError) as error:
        raise UserError(
            f"The layers of {path} are not read ({quoted(str(error), 80)}); an exact map takes "
            f"ONNX files of {READ}, with their weights inside."
        ) from error


@dataclass
class _Node:
    operator: str
    inputs: list[str]
    outputs: list[str]
    attributes: dict[str, list[Any]]

    def number(self, name: str, usual: float) -> float:
        return float(self.attributes.get(name, [usual])[0])

    def whole(self, name: str, usual: Sequence[int]) -> list[int]:
        return [int(one) for one in self.attributes.get(name, usual)]


@dataclass
class _Graph:
    """A graph as it is walked: what each name stands for, a result or fixed numbers."""

    path: Path
    data: bytes
    shape: tuple[int, int, int]
    steps: list[Step] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)
    results: dict[str, int] = field(default_factory=dict)
    fixed: dict[str, Floats] = field(default_factory=dict)

    def network(self, architecture: str) -> Network:
        """All nodes, in order, up to the output that the architecture names."""
        self.fixed = dict(_tensor(one) for one in messages(self.data, _INITIALIZER))
        given = [first(one, 1).decode() for one in messages(self.data, _INPUT)]
        (image,) = [name for name in given if name not in self.fixed]
        self.results[image] = 0
        channels, height, width = self.shape
        self.shapes = [(height, width, channels)]
        for one in messages(self.data, _NODE):
            self._take(_node(one))
        outputs = [first(one, 1).decode() for one in messages(self.data, _OUTPUT)]
        named = architecture.partition(", output ")[2]
        chosen = next((name for name in outputs if quoted(name) == named), outputs[0])
        last = self.results[chosen]
        if len(self.shapes[last]) == 3 and self.shapes[last][:2] == (1, 1):
            last = self._add(Flatten(), last)
        found = Network(self.shape, tuple(self.steps[:last]))
        assert found.shapes  # they fit
        return found

    def _take(self, node: _Node) -> None:
        if node.operator == "Constant":
            self.fixed[node.outputs[0]] = _tensor(node.attributes["value"][0])[1]
            return
        inputs = [name for name in node.inputs if name in self.results]
        if not inputs:
            self._refuse(node, "of fixed numbers")
        if node.operator in _SAME:
            self.results[node.outputs[0]] = self.results[inputs[0]]
            return
        make = _READ.get(node.operator)
        if make is None:
            self._refuse(node)
        place = self.results[inputs[0]]
        if node.operator == "Add" and len(inputs) == 2:
            self.results[node.outputs[0]] = self._add(Add(), *(self.results[i] for i in inputs))
            return
        if len(inputs) > 1:
            self._refuse(node, "of two results")
        for operation in make(self, node, self.shapes[place]):
            place = self._add(operation, place)
        self.results[node.outputs[0]] = place

    def _add(self, operation: Operation, *places: int) -> int:
        self.steps.append(Step(operation, places))
        self.shapes.append(operation.shape(*(self.shapes[i] for i in places)))
        return len(self.steps)

    def _refuse(self, node: _Node, how: str = "") -> NoReturn:
        what = f"{quoted(node.operator, 40)} {how}".strip()
        raise UserError(
            f"{self.path} holds the operator {what}, which is not read; an exact map takes {READ}. "
            "Leave out what stands after the scores (a softmax changes no class)."
        )

    def constants(self, node: _Node) -> list[Floats]:
        """Its inputs that are fixed numbers, in order."""
        return [self.fixed[name] for name in node.inputs if name in self.fixed]

    def convolution(self, node: _Node, given: Shape) -> Sequence[Operation]:
        """Without groups and gaps."""
        weight, *bias = self.constants(node)
        plain = node.whole("group", [1]) == [1] and set(node.whole("dilations", [1])) == {1}
        if not plain or weight.ndim != 4:
            self._refuse(node, "with groups or gaps")
        padding, strides = self._padding(node), node.whole("strides", [1, 1])
        offset = bias[0] if bias else np.zeros(len(weight))
        return (Convolution(weight, offset, (strides[0], strides[1]), padding),)

    def dense(self, node: _Node, given: Shape) -> Sequence[Operation]:
        """Gemm, or a product with fixed numbers."""
        weight, *bias = self.constants(node)
        if node.whole("transA", [0]) != [0] or node.inputs[0] not in self.results:
            self._refuse(node, "from the left")
        if node.operator == "MatMul" or node.whole("transB", [0]) == [0]:
            weight = weight.T
        weight = weight * node.number("alpha", 1.0)
        offset = bias[0].reshape(-1) * node.number("beta", 1.0) if bias else np.zeros(1)
        return (Dense(weight, np.broadcast_to(offset, (len(weight),)).copy()),)

    def scaled(self, node: _Node, given: Shape) -> Sequence[Operation]:
        """A sum, difference, product or quotient with fixed numbers, one for each channel."""
        (number,) = self.constants(node)
        number = self._by_channel(node, number, given)
        one, none = np.ones(1), np.zeros(1)
        first = node.inputs[0] in self.results
        if node.operator == "Add":
            return (Scale(one, number),)
        if node.operator == "Sub":
            return (Scale(one, -number) if first else Scale(-one, number),)
        if node.operator == "Mul":
            return (Scale(number, none),)
        if not first:
            self._refuse(node, "by a result")
        return (Scale(1.0 / number, none),)

    def _by_channel(self, node: _Node, number: Floats, given: Shape) -> Floats:
        wanted = (given[-1], 1, 1) if len(given) == 3 else (given[-1],)
        shape = tuple(number.shape)
        while len(shape) > len(wanted) and shape[0] == 1:
            shape = shape[1:]
        if number.size != 1 and shape != wanted:
            self._refuse(node, "with numbers that differ from place to place")
        return number.reshape(-1)

    def batch_norm(self, node: _Node, given: Shape) -> Sequence[Operation]:
        """With its fixed statistics."""
        scale, shift, mean, variance = self.constants(node)
        factor = scale / np.sqrt(variance + node.number("epsilon", _EPSILON))
        # one after the other: shift - mean factor may lose more than the bounds of a layer allow
        return Scale(np.ones(1), -mean), Scale(factor, shift)

    def pooled(self, node: _Node, given: Shape) -> Sequence[Operation]:
        """The mean or the largest of windows."""
        if node.operator == "GlobalAveragePool":
            return (AveragePool((given[0], given[1]), (1, 1), _NOTHING),)
        size, padding = node.whole("kernel_shape", ()), self._padding(node)
        strides = node.whole("strides", [1, 1])
        odd = node.whole("ceil_mode", [0]) != [0] or set(node.whole("dilations", [1])) != {1}
        mean = node.operator == "AveragePool"
        if odd or (mean and any(padding) and not node.whole("count_include_pad", [0])[0]):
            self._refuse(node, "with windows that are cut off or have gaps")
        kind = AveragePool if mean else MaxPool
        return (kind((size[0], size[1]), (strides[0], strides[1]), padding),)

    def _padding(self, node: _Node) -> tuple[int, int, int, int]:
        if node.attributes.get("auto_pad", [b"NOTSET"])[0] not in (b"NOTSET", b"VALID"):
            self._refuse(node, "with padding that depends on the size")
        above, left, below, right = node.whole("pads", _NOTHING)
        return above, left, below, right

    def flattened(self, node: _Node, given: Shape) -> Sequence[Operation]:
        """To a row for each image."""
        if node.operator == "Reshape":
            (wanted,) = self.constants(node)
            whole = int(np.prod(given))
            if len(wanted) != 2 or int(wanted[1]) not in (-1, whole):
                self._refuse(node, "to another shape than a row")
        elif node.whole("axis", [1]) != [1]:
            self._refuse(node, "of more than an image")
        return () if len(given) == 1 else (Flatten(),)

    def clipped(self, node: _Node, given: Shape) -> Sequence[Operation]:
        """Between two numbers, or from one on."""
        ends = [float(self.fixed[name]) if name else None for name in node.inputs[1:]]
        low, high = (*ends, None, None)[:2]
        if low is None or high is None or not low < high:
            self._refuse(node, "with one end alone")
        return (Clip(low, high),)

    def rectified(self, node: _Node, given: Shape) -> Sequence[Operation]:
        """ReLU."""
        return (Relu(),)


_READ: dict[str, Callable[[_Graph, _Node, Shape], Sequence[Operation]]] = {
    "Conv": _Graph.convolution,
    "Gemm": _Graph.dense,
    "MatMul": _Graph.dense,
    "Add": _Graph.scaled,
    "Sub": _Graph.scaled,
    "Mul": _Graph.scaled,
    "Div": _Graph.scaled,
    "BatchNormalization": _Graph.batch_norm,
    "AveragePool": _Graph.pooled,
    "GlobalAveragePool": _Graph.pooled,
    "MaxPool": _Graph.pooled,
    "Flatten": _Graph.flattened,
    "Reshape": _Graph.flattened,
    "Clip": _Graph.clipped,
    "Relu": _Graph.rectified,
}


def _node(data: bytes) -> _Node:
    return _Node(
        operator=first(data, 4).decode(),
        inputs=[one.decode() for one in messages(data, 1)],
        outputs=[one.decode() for one in messages(data, 2)],
        attributes=dict(map(attribute, messages(data, 5))),
    )


def _tensor(data: bytes) -> tuple[str, Floats]:
    """Name and numbers of a TensorProto whose numbers lie inside."""
    sizes: list[int] = []
    for one in messages(data, 1):
        sizes += list(varints(one)) if isinstance(one, bytes) else [one]
    kind = next(messages(data, 2))
    if kind not in _TYPES:
        raise ValueError("numbers of a kind that is not read")
    if any(messages(data, 14)):
        raise ValueError("its weights lie in another file")
    raw = next(messages(data, 9), None)
    if raw is None:  # written one by one
        parts: list[Any] = []
        for one in messages(data, {1: 4, 6: 5, 7: 7, 11: 10}[kind]):
            packed = isinstance(one, bytes)
            if kind in (1, 11):
                parts += list(np.frombuffer(one, _TYPES[kind])) if packed else [one]
            else:
                parts += list(varints(one)) if packed else [one]
        found = np.array(parts, dtype=np.float64)
    else:
        found = np.frombuffer(raw, dtype=_TYPES[kind]).astype(np.float64)
    name = next(messages(data, 8), b"").decode()
    return name, found.reshape(sizes)
