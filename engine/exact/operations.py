"""The operations of small networks, in float64.

Feature maps are (N, height, width, channels) inside, since rows of patches then lie side by side.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from engine.core.late import np

if TYPE_CHECKING:
    import numpy.typing as npt


Floats: TypeAlias = "npt.NDArray[np.float64]"
Shape = tuple[int, ...]
Pair = tuple[int, int]
_LEAST_NARROW, _MOST_NARROW, _MOST_TERMS = 2.0**-100, 2.0**20, 1 << 20
"""Sizes of numbers, and products of a sum, that bounds in float32 allow for."""


class Operation(ABC):
    """One operation on a batch (N, ...) of values."""

    title: ClassVar[str]

    @abstractmethod
    def shape(self, *given: Shape) -> Shape:
        """Of one result, from those of its inputs.

        Raises:
            ValueError: they do not fit.
        """

    @abstractmethod
    def values(self, *given: Floats) -> Floats:
        """The results, in float64."""

    def work(self, given: Shape) -> int:
        """Multiplications for one input."""
        return math.prod(given)


class Affine(Operation):
    """x -> W x + offset.

    Attributes:
        terms: products that are summed into one number, at most.
        offset: of shape that fits behind the batch.
    """

    terms: int
    offset: Floats
    _weight: Floats

    @abstractmethod
    def linear(self, x: Floats, *, absolute: bool = False) -> Floats:
        """W x, or |W| x with every weight taken without its sign; as precise as x comes."""

    @property
    def narrow(self) -> bool:
        """Whether float32 holds all of its numbers, but for their rounding."""
        sizes = np.abs(np.concatenate((self._weight.ravel(), self.offset.ravel())))
        within = (sizes == 0) | ((sizes > _LEAST_NARROW) & (sizes < _MOST_NARROW))
        return bool(within.all()) and self.terms < _MOST_TERMS

    def _weights(self, x: Floats, *, absolute: bool) -> Floats:
        found = np.abs(self._weight) if absolute else self._weight
        return found.astype(x.dtype, copy=False)

    def values(self, *given: Floats) -> Floats:
        """W x + offset."""
        return self.linear(given[0]) + self.offset


class Convolution(Affine):
    """A convolution with zero padding.

    Args:
        weight: (out, in, height, width).
        bias: (out,).
        stride, padding: down and across; of the padding above, left, below and right.
    """

    title = "convolution"

    def __init__(
        self, weight: Floats, bias: Floats, stride: Pair, padding: tuple[int, int, int, int]
    ) -> None:
        self.size: Pair = (weight.shape[2], weight.shape[3])
        self.stride, self.padding = stride, padding
        self.channels = weight.shape[1]
        self._weight = np.ascontiguousarray(weight.transpose(2, 3, 1, 0).reshape(-1, len(weight)))
        self.terms, self.offset = len(self._weight), bias

    def shape(self, *given: Shape) -> Shape:
        """(height, width, out)."""
        height, width, channels = given[0]
        if channels != self.channels:
            raise ValueError(f"a convolution of {self.channels} channels is given {channels}")
        sides = _sides((height, width), self.size, self.stride, self.padding)
        return (*sides, self._weight.shape[1])

    def linear(self, x: Floats, *, absolute: bool = False) -> Floats:
        """Rows of patches times the weights."""
        patches = windows(padded(x, self.padding), self.size, self.stride)
        rows = patches.reshape(-1, len(self._weight))
        found = rows @ self._weights(x, absolute=absolute)
        return found.reshape(*patches.shape[:3], -1)

    def work(self, given: Shape) -> int:
        """One for each weight and place."""
        height, width, _ = self.shape(given)
        return height * width * self._weight.size


class Dense(Affine):
    """A full linear layer.

    Args:
        weight: (out, in).
        bias: (out,).
    """

    title = "linear layer"

    def __init__(self, weight: Floats, bias: Floats) -> None:
        self._weight = np.ascontiguousarray(weight.T)
        self.terms, self.offset = len(self._weight), bias

    def shape(self, *given: Shape) -> Shape:
        """(out,)."""
        if given[0] != (len(self._weight),):
            raise ValueError(f"a linear layer of {len(self._weight)} numbers is given {given[0]}")
        return (self._weight.shape[1],)

    def linear(self, x: Floats, *, absolute: bool = False) -> Floats:
        """x W^T."""
        found: Floats = x @ self._weights(x, absolute=absolute)
        return found

    def work(self, given: Shape) -> int:
        """One for each weight."""
        return self._weight.size


class Scale(Affine):
    """A factor and a number for each channel: normalisation, or batch statistics that are fixed.

    Args:
        factor, offset: (channels,), or (1,) for all alike.
    """

    title = "normalisation"
    terms = 1

    def __init__(self, factor: Floats, offset: Floats) -> None:
        self._weight, self.offset = factor, offset

    def shape(self, *given: Shape) -> Shape:
        """As it comes."""
        if {*self._weight.shape, *self.offset.shape} - {1, given[0][-1]}:
            raise ValueError(f"a factor for each of {len(self._weight)} channels is given others")
        return given[0]

    def linear(self, x: Floats, *, absolute: bool = False) -> Floats:
        """Factor times x."""
        found: Floats = x * self._weights(x, absolute=absolute)
        return found


class AveragePool(Affine):
    """The mean of each window; padding counts as zeros.

    Args:
        size, stride, padding: as of a :class:`Convolution`.
    """

    title = "average pooling"

    def __init__(self, size: Pair, stride: Pair, padding: tuple[int, int, int, int]) -> None:
        self.size, self.stride, self.padding = size, stride, padding
        self.terms, self.offset = math.prod(size) + 1, np.zeros(1)
        self._weight = np.ones(1)

    def shape(self, *given: Shape) -> Shape:
        """(height, width, channels)."""
        sides = _sides(given[0][:2], self.size, self.stride, self.padding)
        return (*sides, given[0][2])

    def linear(self, x: Floats, *, absolute: bool = False) -> Floats:
        """Weights are positive."""
        del absolute
        found: Floats = windows(padded(x, self.padding), self.size, self.stride).mean((3, 4))
        return found


class Relu(Operation):
    """max(x, 0)."""

    title = "ReLU"

    def shape(self, *given: Shape) -> Shape:
        """As it comes."""
        return given[0]

    def values(self, *given: Floats) -> Floats:
        """NaN stays NaN."""
        found: Floats = np.maximum(given[0], 0.0)
        return found


@dataclass(frozen=True)
class Clip(Operation):
    """min(max(x, low), high)."""

    low: float = 0.0
    high: float = 1.0

    title: ClassVar[str] = "clipping"

    def shape(self, *given: Shape) -> Shape:
        """As it comes."""
        return given[0]

    def values(self, *given: Floats) -> Floats:
        """NaN stays NaN."""
        found: Floats = np.clip(given[0], self.low, self.high)
        return found


@dataclass(frozen=True)
class MaxPool(Operation):
    """The largest of each window; padding is never the largest, so it is narrower than a window."""

    size: Pair
    stride: Pair
    padding: tuple[int, int, int, int]

    title: ClassVar[str] = "max pooling"

    def shape(self, *given: Shape) -> Shape:
        """(height, width, channels)."""
        if any(pad >= side for pad, side in zip(self.padding, self.size * 2, strict=True)):
            raise ValueError("a max pooling is padded by a window or more")
        sides = _sides(given[0][:2], self.size, self.stride, self.padding)
        return (*sides, given[0][2])

    def candidates(self, x: Floats) -> Floats:
        """(N, height, width, size, size, channels); a copy of the border stands for the padding.

        The largest stays the same, for a window that reaches over the border holds the border.
        """
        above, left, below, right = self.padding
        wide = x
        if any(self.padding):
            wide = np.pad(x, ((0, 0), (above, below), (left, right), (0, 0)), mode="edge")
        return windows(wide, self.size, self.stride)

    def values(self, *given: Floats) -> Floats:
        """NaN stays NaN."""
        found: Floats = self.candidates(given[0]).max((3, 4))
        return found


class Flatten(Operation):
    """A feature map as a row: channel by channel, row by row."""

    title = "flattening"

    def shape(self, *given: Shape) -> Shape:
        """(numbers,)."""
        return (math.prod(given[0]),)

    def values(self, *given: Floats) -> Floats:
        """Numbers stay."""
        return outward(given[0]).reshape(len(given[0]), -1)

    def work(self, given: Shape) -> int:
        """None."""
        del given
        return 0


class Add(Operation):
    """The sum of two results: a residual connection."""

    title = "addition"

    def shape(self, *given: Shape) -> Shape:
        """As they come, alike."""
        if given[0] != given[1]:
            raise ValueError("results of different shapes are added")
        return given[0]

    def values(self, *given: Floats) -> Floats:
        """Their sum."""
        return given[0] + given[1]


def inward(images: Floats) -> Floats:
    """(..., channels, height, width) with its channels last."""
    return np.ascontiguousarray(np.moveaxis(images, -3, -1))


def outward(maps: Floats, least: int = 4) -> Floats:
    """(..., height, width, channels) with its channels first; rows (N, numbers) stay.

    Args:
        maps: results.
        least: axes of a result that has channels.
    """
    return np.moveaxis(maps, -1, -3) if maps.ndim >= least else maps


def padded(x: Floats, padding: tuple[int, int, int, int]) -> Floats:
    """(N, height, width, channels) with zeros around."""
    above, left, below, right = padding
    if not any(padding):
        return x
    count, height, width, channels = x.shape
    whole = (count, above + height + below, left + width + right, channels)
    out = np.zeros(whole, dtype=x.dtype)
    out[:, above : above + height, left : left + width] = x
    return out


def windows(x: Floats, size: Pair, stride: Pair) -> Floats:
    """(N, rows, columns, height, width, channels) of (N, height, width, channels), not copied."""
    count, height, width, channels = x.shape
    rows, columns = ((height - size[0]) // stride[0] + 1, (width - size[1]) // stride[1] + 1)
    n, h, w, c = x.strides
    return np.lib.stride_tricks.as_strided(
        x,
        (count, rows, columns, *size, channels),
        (n, h * stride[0], w * stride[1], h, w, c),
        writeable=False,
    )


def _sides(
    given: Sequence[int], size: Pair, stride: Pair, padding: tuple[int, int, int, int]
) -> Pair:
    """Rows and columns of windows."""
    whole = (given[0] + padding[0] + padding[2], given[1] + padding[1] + padding[3])
    if any(a < b for a, b in zip(whole, size, strict=True)):
        raise ValueError(
            f"windows of {size[0]} x {size[1]} do not fit into {whole[0]} x {whole[1]}"
        )
    return (whole[0] - size[0]) // stride[0] + 1, (whole[1] - size[1]) // stride[1] + 1
