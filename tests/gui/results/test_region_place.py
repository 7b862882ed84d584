"""The region of a recorded result, drawn from its evidence alone."""

from __future__ import annotations

import pytest

from engine.demos.gallery import case_of, recorded_evidence
from gui.results.record import RecordView
from gui.results.region_place import RegionPlace


@pytest.fixture
def place(qtbot):
    place = RegionPlace()
    qtbot.addWidget(place)
    place.resize(500, 400)
    place.show()
    return place


def test_a_ball_stands_alone_with_its_radius(place):
    evidence = recorded_evidence(case_of("digit"))
    place.show_region(evidence)
    figure = place.plot.figure
    assert figure.radius == evidence.radius and figure.smoothed_votes == 0


def test_each_kind_has_one_plot_which_is_kept(place):
    place.show_region(recorded_evidence(case_of("ring")))
    ring = place.plot
    place.show_region(recorded_evidence(case_of("digit")))
    assert place.plot is not ring and not ring.isVisible()
    place.show_region(recorded_evidence(case_of("ring")))
    assert place.plot is ring and ring.isVisible()


def test_nothing_is_drawn_where_nothing_is_certified(place):
    evidence = recorded_evidence(case_of("digit"))
    nothing = {"region": None, "radius": None, "outcome": "abstained"}
    place.show_region(evidence.model_copy(update=nothing))
    assert not place.plot.figure or place.plot.figure.radius is None


def test_a_record_draws_its_region_unless_another_place_does(qtbot):
    evidence = recorded_evidence(case_of("digit"))
    for region in (True, False):
        view = RecordView(region=region)
        qtbot.addWidget(view)
        view.resize(1600, 500)
        view.show()
        view.show_evidence(evidence, "Run 3")
        assert view.region.isVisible() is region and view.bounds.isVisible()
        view.resize(1000, 400)
        assert view.region.isVisible() is region
        view.show_evidence(evidence.model_copy(update={"procedure": "predict"}), "Run 4")
        assert not view.region.isVisible()
