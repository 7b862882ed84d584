from __future__ import annotations

import math

import pytest

from engine.demos.gallery import case_of
from engine.evidence.evidence import Evidence
from engine.evidence.settings import CertifySettings
from engine.figures.runs_together import bounds_together, regions_together, rows_together
from engine.procedures.certify import certify
from engine.regions import Ball, Count, Staircase
from engine.schemes import Gaussian
from tests.fakes import HalfSpace, finish, fitted

STAIRS = Staircase(
    count_term="entities",
    first=1,
    strength_term="epsilon",
    reach=(0.9, 0.4),
    norm="l2",
    unit="pixels in [0,1]",
    things="pixels",
)


def run(sigma=0.25, n=2_000, threshold=0.3, **changes):
    settings = CertifySettings(scheme=Gaussian(sigma=sigma), n=n, n0=50, **changes)
    return finish(certify(HalfSpace(threshold), fitted(), settings))


@pytest.fixture(scope="module")
def runs():
    return run(), run(sigma=0.5, n=4_000), run(threshold=0.0, seed=3)


def of(region, base):
    return base.model_copy(update={"region": region})


def test_bounds_share_their_axes_and_end_where_the_runs_do(runs):
    figure = bounds_together([("run 1", runs[0]), ("run 2", runs[1])])
    assert figure.log_x and figure.x_range[1] == 4_000
    for curve, found in zip(figure.curves, runs, strict=False):
        assert curve.points[-1] == (found.bounds.n, found.bounds.p_lower)


@pytest.mark.parametrize(
    ("norm", "size"),
    [
        ("l2", math.hypot),
        ("l1", lambda x, y: abs(x) + abs(y)),
        ("linf", lambda x, y: max(abs(x), abs(y))),
    ],
)
def test_a_ball_is_its_outline(runs, norm, size):
    balls = [of(Ball(norm=norm, radius=r, unit="pixels"), runs[0]) for r in (0.5, 1.25)]
    figure = regions_together(list(zip(("a", "b"), balls, strict=True)))
    for curve, radius in zip(figure.curves, (0.5, 1.25), strict=True):
        assert (curve.points[0][0], curve.points[-1][0]) == (-radius, pytest.approx(radius))
        sizes = [size(x, y) for x, y in curve.points if y > 1e-9]
        assert sizes and all(found == pytest.approx(radius) for found in sizes if norm != "linf")
        assert max(size(x, y) for x, y in curve.points) == pytest.approx(radius)
    assert figure.one_scale and not regions_together([("a", of(STAIRS, runs[0]))]).one_scale
    assert figure.x_name == f"{norm} distance, pixels"
    assert figure.y_name == f"{norm} distance across, pixels"


def test_steps_are_those_of_the_region(runs):
    figure = regions_together([("a", of(STAIRS, runs[0]))])
    heights = {x + 0.5: y for x, y in figure.curves[0].points[::2]}  # of the left end of a step
    assert heights[1] == pytest.approx(0.9) and heights[2] == pytest.approx(0.4)
    assert figure.curves[0].points[-1] == (2.5, 0.0)
    assert figure.top < 10  # no changed pixel has no limit, and is cut off above the others


def test_counts_lie_one_below_the_other(runs):
    counts = [of(Count(term="entities", most=k, unit="pixels"), runs[0]) for k in (2, 5)]
    figure = regions_together(list(zip("ab", counts, strict=True)))
    assert [[x for x, _ in curve.points] for curve in figure.curves] == [
        [0.0, pytest.approx(2)],
        [0.0, pytest.approx(5)],
    ]
    assert [curve.points[0][1] for curve in figure.curves] == [1.0, 2.0]


def test_runs_that_say_nothing_of_the_same_are_not_drawn_together(runs):
    other = of(Ball(norm="l1", radius=1.0, unit="pixels"), runs[0])
    assert regions_together([("a", runs[0]), ("b", other)]) is None
    assert regions_together([("a", of(STAIRS, runs[0])), ("b", runs[0])]) is None
    assert regions_together([("c", runs[2])]) is None
    both = regions_together([("a", runs[0]), ("c", runs[2])])
    assert len(both.curves) == 1 and both.subtitle == "c certifies nothing"
    left = [(name, runs[2]) for name in "cde"]
    assert regions_together([("a", runs[0]), *left[:2]]).subtitle == "c and d certify nothing"
    assert regions_together([("a", runs[0]), *left]).subtitle == "c, d and e certify nothing"


def test_what_differs_is_known(runs):
    rows = {row.name: row for row in rows_together(runs)}
    assert {name for name, row in rows.items() if row.differs and row.declared} == {
        "sigma",
        "n",
        "seed",
    }
    assert rows["sigma"].values == ("0.25", "0.5", "0.25")
    assert rows["scheme"].values == ("Gaussian smoothing",) * 3  # its name, and not its key
    assert rows["outcome"].values == ("certified", "certified", "abstained")
    assert rows["certified region"].values[2] == "nothing" and not rows["outcome"].declared


def test_the_share_of_a_map_is_called_no_probability() -> None:
    evidence = Evidence.model_validate_json(case_of("aircraft").evidence.read_bytes())
    found = {row.name: row.values for row in rows_together([evidence])}
    assert found["certified share of the box"] == ("0.5800",) and "p_lower" not in found
