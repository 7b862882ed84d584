from engine.evidence.spread import MemberSpread
from engine.figures.spread import spread_figure


def test_measured_points_stand_beside_the_law():
    spread = MemberSpread(samples=1000, variances=(1.0, 2.0, 3.0), of_first=(1.0, 1.1, 1.2))
    measured, law = spread_figure(spread).curves
    assert measured.points == ((1.0, 0.5), (2.0, 0.55), (3.0, 0.6)) and law.dashed
    assert law.points[0] == (1.0, 1.0) and law.at(3.0) == spread.law(3)
    assert "zeta 0.40" in law.name
