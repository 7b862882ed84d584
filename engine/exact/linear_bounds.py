"""Forward linear bounds: every number of a network between two affine functions of parameters.

With t in [-1, 1]^P, a number z satisfies low(t) <= z(t) <= high(t), each an affine function with
P + 1 coefficients, the constant first. An affine layer W maps the pair to W+ low + W- high and
W+ high + W- low. max(z, 0) lies below the chord of max(high, 0) over the range of high, and above
low or 0 (Zhang et al., CROWN, NeurIPS 2018, forward instead of backward, with bounds of their own
for each side). For a fixed image all of it is exact before the first ReLU.

Everything is outward rounded: a sum of n products, in any order, differs from the exact one by at
most n u / (1 - n u) times the sum of the products' sizes, where u is 2^-53 in float64 and 2^-24 in
float32 (Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 3.1); twice that, and
a little more for the operations around it, is added to the constants of both sides. Forms are
bounded in the precision they come in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, cast

from engine.core.late import np
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
"""Twice the relative rounding of one operation in float64."""
TINY = 2.0**-1000
"""More than products below the range of float64 lose."""


class Rounding(NamedTuple):
    """What a precision loses.

    Attributes:
        unit: twice the relative rounding of one operation.
        tiny: more than products below its range lose.
    """

    unit: float
    tiny: float


_LOSSES = {"float64": Rounding(ROUNDING, TINY), "float32": Rounding(2.0**-23, 2.0**-100)}
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

    def narrowed(self) -> Forms:
        """Around the same numbers, in float32."""
        unit, tiny = _LOSSES["float32"]
        sides = []
        for side, sign in ((self.low, -1.0), (self.high, 1.0)):
            found = cast(Floats, side.astype(np.float32))  # all that is typed so takes it
            found[0] += sign * (2 * unit * np.abs(found).sum(0) + tiny)
            sides.append(found)
        return Forms(*sides)


def rounding(form: Floats) -> Rounding:
    """What the precision of some numbers loses."""
    return _LOSSES[form.dtype.name]


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
            after = _after(step.operation, [known[i] for i in step.inputs])
            known[place + 1] = _within_range(after)
            for i in network.last_uses[place]:
                del known[i]
    found = known[len(network.steps)]
    return Forms(outward(found.low, 5), outward(found.high, 5))


def _within_range(forms: Forms) -> Forms:
    """The same; not a number where a sum left the range of its precision, in place.

    A lower side that overflowed upwards says nothing, and a later layer could make it finite.
    """
    for constants, beyond in ((forms.low[0], np.inf), (forms.high[0], -np.inf)):
        over = constants == beyond
        if over.any():
            constants[over] = np.nan
    return forms


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
    """W m -/+ |W| r with m the middle and r half the width: W+ low + W- high, in half the work.

    What the sums lose is a share of |W| s with s = |m| + |r|, all coefficients without their sign
    (r is not below 0, but its slopes are), and goes into the constants of r.
    """
    terms, count = forms.low.shape[:2]
    rest = forms.low.shape[2:]
    unit, tiny = rounding(forms.low)
    middle, radius = (forms.low + forms.high) * 0.5, (forms.high - forms.low) * 0.5
    size = (np.abs(middle) + np.abs(radius)).sum(0)
    size *= (operation.terms + _AROUND) * unit
    radius[0] += size
    centre = operation.linear(middle.reshape(-1, *rest))
    spread = operation.linear(radius.reshape(-1, *rest), absolute=True)
    centre = centre.reshape(terms, count, *centre.shape[1:])
    spread = spread.reshape(centre.shape)
    offset = operation.offset.astype(centre.dtype, copy=False)
    centre[0] += offset
    spread[0] += _AROUND * unit * np.abs(offset) + tiny
    return Forms(centre - spread, centre + spread)


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
    slope = np.where(crossing, most / (most - least), least >= 0)
    found = high * slope
    unit, tiny = rounding(high)
    lift = np.maximum(-slope * least, most * (1.0 - slope))
    lift += 8 * unit * (most - least) + tiny
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
    unit, tiny = rounding(form)
    lost: Floats = 2 * unit * (np.abs(form[0]) + abs(number)) + tiny
    return lost


def _sum(one: Forms, other: Forms) -> Forms:
    low, high = one.low + other.low, one.high + other.high
    unit, tiny = rounding(low)
    pairs = ((low, one.low, other.low, -1.0), (high, one.high, other.high, 1.0))
    for total, a, b, sign in pairs:
        lost = unit * ((np.abs(a) + np.abs(b)).sum(0) + np.abs(total[0])) + tiny
        total[0] += sign * lost
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
    unit, tiny = rounding(one)
    apart[0] += unit * size + tiny
    above = _from_above(apart)
    found = one + above
    found[0] += unit * (size + np.abs(above).sum(0)) + tiny
    return found


def extent(form: Floats) -> tuple[Floats, Floats]:
    """The least and the largest value of affine functions over t in [-1, 1]^P, rounded outwards."""
    unit, tiny = rounding(form)
    spread = np.abs(form[1:]).sum(0)
    wide = spread + (len(form) + 2) * unit * (spread + np.abs(form[0])) + tiny
    return form[0] - wide, form[0] + wide


def least_difference(low: Floats, high: Floats) -> Floats:
    """The least of low(t) - high(t), rounded down; shapes are broadcast."""
    size = np.abs(low).sum(0) + np.abs(high).sum(0)
    unit, tiny = rounding(low)
    found: Floats = extent(low - high)[0] - 2 * unit * size - tiny
    return found
