"""Curves of a set, against counting at every size and against the summary's own shares."""

from __future__ import annotations

import pytest

from engine.evidence.settings import CertifySettings
from engine.figures.curves import Curve
from engine.regions import Interval
from engine.report.audit.figure import certified_accuracy_figure, right, usual
from engine.schemes import Gaussian, HierarchicalGaussian
from tests.sets import make_set


def value(points: tuple[tuple[float, float], ...], x: float) -> float:
    """The curve at ``x``, between corners that are steps."""
    return min((share for at, share in points if at <= x), default=1.0) if points else 0.0


def test_the_curves_pass_through_the_shares_of_the_summary() -> None:
    result = make_set().result
    figure = certified_accuracy_figure(result)
    assert figure is not None and figure.x_name == "l2 radius"
    each, joint, population = figure.curves
    summary = result.summary
    assert summary.simultaneous is not None and population.dashed
    for radius in (0.1, 0.25):
        text = f"radius={radius}"
        assert value(each.points, radius) == summary.certified_accuracy[text]
        assert value(joint.points, radius) == summary.simultaneous.certified_accuracy[text]
        least = summary.population[text].population_lower
        assert value(population.points, radius) == pytest.approx(least, abs=1e-12)
    assert each.points[0][1] == summary.clean_accuracy


def test_without_labels_every_certified_row_counts() -> None:
    result = make_set(label=None).result
    figure = certified_accuracy_figure(result)
    assert figure is not None and figure.title == "Certified share"
    assert len(right(result)) == sum(row.region is not None for row in result.rows) == 5


def test_regions_without_a_radius_have_a_curve_for_each_of_their_sizes() -> None:
    result = make_set().result
    shifts = [0.1, 0.2, 0.3, 0.4]
    rows = [
        row.model_copy(
            update={
                "radius": None,
                "region": Interval(term="brightness", lower=-shift, upper=2 * shift, unit="u"),
            }
        )
        for row, shift in zip(result.rows, shifts, strict=False)
    ]
    figure = certified_accuracy_figure(result.model_copy(update={"rows": tuple(rows)}))
    assert figure is not None and figure.x_name == "shift"
    down, up = figure.curves
    assert isinstance(down, Curve) and (down.name, up.name) == ("brightness down", "brightness up")
    for x in (0.05, 0.15, 0.35):
        assert value(down.points, x) == sum(shift >= x for shift in shifts) / 4
        assert value(up.points, x) == sum(2 * shift >= x for shift in shifts) / 4


def test_a_set_that_certifies_nothing_has_no_curve() -> None:
    assert certified_accuracy_figure(make_set(("0.5",)).result) is None


def test_usual_radii_are_those_that_n_votes_reach() -> None:
    settings = CertifySettings(scheme=Gaussian(sigma=0.25), n=1000)
    assert usual(settings) == ("radius=0.25", "radius=0.5")  # 1,000 of 1,000 reach about 0.6
    assert usual(CertifySettings(scheme=Gaussian(sigma=0.05), n=100)) == ()
    assert usual(CertifySettings(scheme=HierarchicalGaussian())) == ()
