"""What the members of an ensemble take away from each other's variance."""

from __future__ import annotations

from engine.evidence.spread import MemberSpread
from engine.figures.curves import Curve, CurveFigure


def spread_figure(spread: MemberSpread) -> CurveFigure:
    """Variance over the number of members: measured, and by the law."""
    members = len(spread.variances)
    steps = [1 + place / 8 for place in range(8 * (members - 1) + 1)]
    measured = tuple(
        (float(k), value / spread.usual if spread.usual else 1.0)
        for k, value in enumerate(spread.of_first, 1)
    )
    return CurveFigure(
        title="Variance of the members",
        subtitle=f"lead of the class under the noise, {spread.samples:,} samples",
        x_name="members, in their order",
        whole_x=True,
        y_name="variance of their mean; a member on average = 1",
        curves=(
            Curve(name="measured", points=measured),
            Curve(
                name=f"(1 + zeta (k - 1)) / k, zeta {spread.zeta:.2f}",
                points=tuple((k, spread.law(k)) for k in steps),
                dashed=True,
            ),
        ),
    )
