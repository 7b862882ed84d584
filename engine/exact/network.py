"""A small network as a list of steps in float64: what is bounded, and what a verifier reads.

Images come in and outputs go out as (N, channels, height, width).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from engine.exact.operations import (
    Affine,
    Convolution,
    Floats,
    Operation,
    Shape,
    inward,
    outward,
)


@dataclass(frozen=True, eq=False)
class Step:
    """An operation and the indices of its inputs: 0 is the image, i + 1 the output of step i."""

    operation: Operation
    inputs: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Network:
    """A small network.

    Attributes:
        input_shape: (channels, height, width) of an image.
        steps: in order; the last one's result is the network's.
    """

    input_shape: tuple[int, int, int]
    steps: tuple[Step, ...]

    @classmethod
    def chain(cls, input_shape: tuple[int, int, int], operations: Sequence[Operation]) -> Network:
        """One operation after the other.

        Raises:
            ValueError: their shapes do not fit.
        """
        steps = tuple(Step(one, (place,)) for place, one in enumerate(operations))
        network = cls(input_shape, steps)
        assert network.shapes  # they fit
        return network

    def preceded(self, operation: Operation) -> Network:
        """The network with an operation before it."""
        later = [Step(one.operation, tuple(i + 1 for i in one.inputs)) for one in self.steps]
        return Network(self.input_shape, (Step(operation, (0,)), *later))

    @cached_property
    def shapes(self) -> tuple[Shape, ...]:
        """Of the image and of all results, channels last.

        Raises:
            ValueError: the steps do not fit together.
        """
        channels, height, width = self.input_shape
        found: list[Shape] = [(height, width, channels)]
        for step in self.steps:
            found.append(step.operation.shape(*(found[i] for i in step.inputs)))
        return tuple(found)

    @property
    def output_shape(self) -> Shape:
        """Of what the network gives, channels first."""
        last = self.shapes[-1]
        return (last[2], last[0], last[1]) if len(last) == 3 else last

    @property
    def work(self) -> int:
        """Multiplications of one forward pass."""
        return sum(step.operation.work(self.shapes[step.inputs[0]]) for step in self.steps)

    @property
    def widest(self) -> int:
        """Numbers of the largest result, patches of convolutions counted."""
        sizes = [math.prod(self.shapes[0])]
        for step, shape in zip(self.steps, self.shapes[1:], strict=True):
            each = step.operation.terms if isinstance(step.operation, Convolution) else 1
            places = math.prod(shape[:2]) if each > 1 else math.prod(shape)
            sizes.append(max(math.prod(shape), places * each))
        return max(sizes)

    @cached_property
    def last_uses(self) -> tuple[tuple[int, ...], ...]:
        """For every step the results that nothing needs after it."""
        last = {i: place for place, step in enumerate(self.steps) for i in step.inputs}
        return tuple(
            tuple(i for i, at in last.items() if at == place) for place in range(len(self.steps))
        )

    @cached_property
    def narrow(self) -> bool:
        """Whether it may be bounded in float32, which takes half the time."""
        affine = [one.operation for one in self.steps if isinstance(one.operation, Affine)]
        return all(one.narrow for one in affine)

    def values(self, images: Floats) -> Floats:
        """Outputs (N, ...) of images (N, channels, height, width), rounded as float64 rounds."""
        known: dict[int, Floats] = {0: inward(images)}
        for place, step in enumerate(self.steps):
            known[place + 1] = step.operation.values(*(known[i] for i in step.inputs))
            for i in self.last_uses[place]:
                del known[i]
        return outward(known[len(self.steps)])
