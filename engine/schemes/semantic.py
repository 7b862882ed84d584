"""What schemes over the parameters of a transformation share."""

from __future__ import annotations

from engine.core.records import ProbabilityBounds


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
