"""Forward linear bounds: every number of a network between two affine functions of parameters.

With t in [-1, 1]^P, a number z satisfies low(t) <= z(t) <= high(t), each an affine function with
P + 1 coefficients, the constant first. An affine layer W maps the pair to W+ low + W- high and
W+ high + W- low. max(z, 0) lies below the chord of max(high, 0) over the range of high, and above
low or 0 (Zhang et al., CROWN, NeurIPS 2018, forward instead of backward, with bounds of their own
for each side). For a fixed image all of it is exact before the first ReLU.

Everything is outward rounded: a sum of n products in float64, in any order, differs from the exact
one by at most n 2^-53 / (1 - n 2^-53) times the sum of the products' sizes (Higham, Accuracy and
Stability of Numerical Algorithms, 2002, section 3.1); twice that, and a little more for the
operations around it, is added to the constants of both sides.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.exact.network import Network
from engine.exact.operations import (
    Add,
    Affine,
    Clip,
    Floats,
    MaxPool,
    Operation,
    Relu,
    inward,
    outward,
)

ROUNDING = 2.0**-52
"""Twice the relative rounding of one operation."""
TINY = 2.0**-1000
"""More than products below the range of float64 lose."""
_AROUND = 8
"""Operations around a sum of products."""


@dataclass(frozen=True, eq=False)
class Forms:
    """Two affine functions of t around each number of a batch.

    Attributes:
        low, high: (P + 1, N, ...) coefficients, the constants first.
    """

    low: Floats
    high: Floats

    @property
    def least(self) -> Floats:
        """(N, ...) the least value of ``low``, rounded down."""
        return extent(self.low)[0]

    @property
    def most(self) -> Floats:
        """(N, ...) the largest value of ``high``, rounded up."""
        return extent(self.high)[1]


def propagated(network: Network, forms: Forms) -> Forms:
    """Bounds on the network's outputs.

    Args:
        network: read by ``models.networks``.
        forms: of pixels, (P + 1, N, channels, height, width).

    Returns:
        (P + 1, N, ...). Not finite where a number is not; then nothing is to be claimed.
    """
    known: dict[int, Forms] = {0: Forms(inward(forms.low), inward(forms.high))}
    with np.errstate(all="ignore"):
        for place, step in enumerate(network.steps):
            known[place + 1] = _after(step.operation, [known[i] for i in step.inputs])
            for i in network.last_uses[place]:
                del known[i]
    found = known[len(network.steps)]
    return Forms(outward(found.low, 5), outward(found.high, 5))


def _after(operation: Operation, given: list[Forms]) -> Forms:
    forms = given[0]
    if isinstance(operation, Affine):
        return _affine(operation, forms)
    if isinstance(operation, Relu):
        return rectified(forms)
    if isinstance(operation, Clip):
        return _clipped(operation, forms)
    if isinstance(operation, MaxPool):
        return _largest(operation, forms)
    if isinstance(operation, Add):
        return _sum(forms, given[1])
    rest = [each.reshape(-1, *each.shape[2:]) for each in (forms.low, forms.high)]
    low, high = (operation.values(each) for each in rest)  # numbers only change their places
    batch = forms.low.shape[:2]
    return Forms(low.reshape(*batch, *low.shape[1:]), high.reshape(*batch, *high.shape[1:]))


def _affine(operation: Affine, forms: Forms) -> Forms:
    """W m -/+ |W| r with m the middle and r half the width: W+ low + W- high, in half the work."""
    terms, count = forms.low.shape[:2]
    rest = forms.low.shape[2:]
    middle, radius = (forms.low + forms.high) * 0.5, (forms.high - forms.low) * 0.5
    size = np.maximum(np.abs(forms.low), np.abs(forms.high)).sum(0)
    around = np.concatenate((radius, size[None]))
    centre = operation.linear(middle.reshape(-1, *rest))
    spread = operation.linear(around.reshape(-1, *rest), absolute=True)
    centre = centre.reshape(terms, count, *centre.shape[1:])
    spread = spread.reshape(terms + 1, count, *spread.shape[1:])
    lost = spread[terms] + np.abs(operation.offset)
    lost *= (operation.terms + _AROUND) * ROUNDING
    lost += TINY
    low, high = centre - spread[:terms], centre + spread[:terms]
    low[0] += operation.offset - lost
    high[0] += operation.offset + lost
    return Forms(low, high)


def rectified(forms: Forms) -> Forms:
    """Around max(z, 0)."""
    return Forms(_from_below(forms.low), _from_above(forms.high))


def _from_below(low: Floats) -> Floats:
    """An affine function below max(low, 0): low itself, or 0, whichever leaves less between."""
    least, most = extent(low)
    return low * ((most > 0) & (most > -least))


def _from_above(high: Floats) -> Floats:
    """An affine function above max(high, 0): the chord over its range, rounded up."""
    least, most = extent(high)
    crossing = (least < 0) & (most > 0)
    slope = np.where(crossing, most / (most - least), (least >= 0) * 1.0)
    found = high * slope
    lift = np.maximum(-slope * least, most * (1.0 - slope))
    lift += 8 * ROUNDING * (most - least) + TINY
    found[0] += np.where(crossing, lift, 0.0)
    return found


def _clipped(operation: Clip, forms: Forms) -> Forms:
    """min(max(x, a), b) = b - max(b - a - max(x - a, 0), 0)."""
    above = rectified(_shifted(forms, -operation.low))
    room = rectified(_mirrored(above, operation.high - operation.low))
    return _mirrored(room, operation.high)


def _shifted(forms: Forms, by: float) -> Forms:
    if not by:
        return forms
    low, high = forms.low.copy(), forms.high.copy()
    low[0] += by - _lost(low, by)
    high[0] += by + _lost(high, by)
    return Forms(low, high)


def _mirrored(forms: Forms, end: float) -> Forms:
    """Around end - z."""
    low, high = -forms.high, -forms.low
    low[0] += end - _lost(low, end)
    high[0] += end + _lost(high, end)
    return Forms(low, high)


def _lost(form: Floats, number: float) -> Floats:
    lost: Floats = 2 * ROUNDING * (np.abs(form[0]) + abs(number)) + TINY
    return lost


def _sum(one: Forms, other: Forms) -> Forms:
    low, high = one.low + other.low, one.high + other.high
    pairs = ((low, one.low, other.low, -1.0), (high, one.high, other.high, 1.0))
    for total, a, b, sign in pairs:
        total[0] += sign * ROUNDING * ((np.abs(a) + np.abs(b)).sum(0) + np.abs(total[0]) + TINY)
    return Forms(low, high)


def _largest(operation: MaxPool, forms: Forms) -> Forms:
    """The largest of a window, one candidate after the other: max(u, v) = u + max(v - u, 0)."""
    batch, rest = forms.low.shape[:2], forms.low.shape[2:]
    lows, highs = (
        operation.candidates(each.reshape(-1, *rest)) for each in (forms.low, forms.high)
    )
    places = [(row, column) for row in range(lows.shape[3]) for column in range(lows.shape[4])]

    def taken(candidates: Floats, place: tuple[int, int]) -> Floats:
        found = candidates[:, :, :, place[0], place[1]]
        return found.reshape(*batch, *found.shape[1:])

    low, high = taken(lows, places[0]), taken(highs, places[0])
    for place in places[1:]:
        other = taken(lows, place)
        low = np.where(other[0] > low[0], other, low)
        high = _at_most(high, taken(highs, place))
    return Forms(low, high)


def _at_most(one: Floats, other: Floats) -> Floats:
    """An affine function above both."""
    size = np.abs(one).sum(0) + np.abs(other).sum(0)
    apart = other - one
    apart[0] += ROUNDING * size + TINY
    above = _from_above(apart)
    found = one + above
    found[0] += ROUNDING * (size + np.abs(above).sum(0)) + TINY
    return found


def extent(form: Floats) -> tuple[Floats, Floats]:
    """The least and the largest value of affine functions over t in [-1, 1]^P, rounded outwards."""
    spread = np.abs(form[1:]).sum(0)
    wide = spread + (len(form) + 2) * ROUNDING * (spread + np.abs(form[0])) + TINY
    return form[0] - wide, form[0] + wide


def least_difference(low: Floats, high: Floats) -> Floats:
    """The least of low(t) - high(t), rounded down; shapes are broadcast."""
    size = np.abs(low).sum(0) + np.abs(high).sum(0)
    found: Floats = extent(low - high)[0] - 2 * ROUNDING * size - TINY
    return found
