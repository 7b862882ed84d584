"""What schemes over the parameters of a transformation share."""

from __future__ import annotations

from engine.core.records import ProbabilityBounds

_MARGIN = 2.0**-46
"""More than the relative rounding of a quantile, a probability or a product."""


def against_half(bounds: ProbabilityBounds) -> float:
    """q = 1 - p for which these bounds certify what p_lower = p against one half does.

    1 - p_lower where p_upper is no better than that, else (1 - p_lower + p_upper) / 2. Let h(q) be
    the most that a moved law can give a set of probability q. The class stays ahead if
    h(1 - p_lower) + h(p_upper) < 1; h is concave, so that 2 h of the mean is at least that sum, and
    h of the mean below one half suffices.

    Returns:
        From 0 to 1; nothing is certified unless it is below one half.
    """
    missing = 1.0 - bounds.p_lower
    if bounds.p_upper >= missing:
        return missing if bounds.p_lower > bounds.p_upper else 1.0
    return (missing + bounds.p_upper) / 2 * (1.0 + 2.0**-50)


def sigmas(bounds: ProbabilityBounds) -> float | None:
    """How far a normal law may be moved: (Phi^-1(p_lower) - Phi^-1(p_upper)) / 2, rounded down.

    Returns:
        In standard deviations, at least 0; None unless p_lower > p_upper. Where only p_lower is
        known (p_upper = 1 - p_lower) it is Phi^-1(p_lower).
    """
    from scipy.special import ndtri  # deferred: the window lists schemes before scipy loads

    if bounds.p_lower <= bounds.p_upper:
        return None
    lower = float(ndtri(bounds.p_lower))
    one_sided = bounds.p_upper >= 1.0 - bounds.p_lower
    upper = -lower if one_sided else float(ndtri(bounds.p_upper))
    return max(0.0, (lower - upper - _MARGIN * (abs(lower) + abs(upper))) / 2)


def required_within(size: float) -> float:
    """Phi(size): the p_lower that allows a normal law to be moved by so many sigmas."""
    from scipy.special import ndtr  # deferred as above

    return float(ndtr(size)) * (1.0 + _MARGIN) if size else 0.5
