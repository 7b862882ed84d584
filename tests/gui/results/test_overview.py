from __future__ import annotations

import time

import pytest
from PySide6.QtCore import Qt

from engine.core.outputs import OutputInterval, Outputs
from engine.evidence.settings import (
    CertifySettings,
    ExactSettings,
    MeasureSettings,
    PredictSettings,
    declared,
)
from engine.schemes import parse_scheme
from engine.schemes.rotation import Rotation
from engine.schemes.stumps_fields import StumpsFields
from gui.results.overview import TURN_MS, Explore
from tests.factories import (
    STRUCTURED,
    make_graph_examples,
    make_pixel_examples,
    make_region_run,
    make_row_examples,
    make_text_examples,
)


@pytest.fixture
def explore(qtbot, idle_session, make):
    idle_session.loading.model = make.model()
    explore = Explore(idle_session)
    explore.resize(900, 700)
    qtbot.addWidget(explore)
    return explore


def test_every_plot_waits_with_a_sentence(explore):
    assert all(plot.waiting.text() for plot in explore.plots)
    assert all(plot.figure is None for plot in explore.plots)


def test_plots_follow_snapshots_then_evidence(explore, idle_session, make, qtbot):
    idle_session.runs.snapshot = make.snapshot(CertifySettings(), 5000)
    idle_session.runs.snapshot_changed.emit()
    qtbot.waitUntil(lambda: explore.votes.figure is not None)
    qtbot.waitUntil(lambda: explore.bounds.figure is not None)
    assert explore.votes.figure.n_estimation == 5000
    idle_session.runs.evidence = make.evidence(CertifySettings(n=8000))
    idle_session.runs.evidence_changed.emit()
    assert explore.votes.figure.n_estimation == 8000
    assert explore.bounds.figure.n_plan == 8000


def test_between_two_snapshots_nothing_is_drawn_again(explore, idle_session, make, qtbot):
    drawn = []
    for plot in (explore.votes, explore.bounds):
        show = plot.show_figure
        plot.show_figure = lambda figure, plot=plot, show=show, **told: (
            drawn.append(plot) or show(figure, **told)
        )
    for n in (1000, 2000):
        idle_session.runs.snapshot = make.snapshot(CertifySettings(), n)
        idle_session.runs.snapshot_changed.emit()
        drawn.clear()
        qtbot.wait(6 * TURN_MS)
        assert sorted(drawn, key=id) == sorted((explore.votes, explore.bounds), key=id)
    assert explore.votes.figure.n_estimation == 2000 and explore.bounds.figure.points[-1].n == 2000


def test_out_of_sight_nothing_is_drawn_and_what_comes_back_is_up_to_date(
    explore, idle_session, make, qtbot
):
    explore.stage(on=True)
    idle_session.runs.snapshot = make.snapshot(CertifySettings(), 1000)
    idle_session.runs.snapshot_changed.emit()
    qtbot.wait(4 * TURN_MS)
    assert explore.region.figure is not None
    assert explore.votes.figure is None and explore.bounds.figure is None
    explore.grid.stage(1)
    assert explore.bounds.figure.points[-1].n == 1000 and explore.votes.figure is None
    explore.stage(on=False)
    assert explore.votes.figure.n_estimation == 1000


def test_what_takes_long_to_draw_is_drawn_less_often(
    explore, idle_session, make, qtbot, monkeypatch
):
    show = explore.votes.show_figure
    monkeypatch.setattr(
        explore.votes, "show_figure", lambda figure, **_: time.sleep(0.006) or show(figure)
    )
    idle_session.runs.snapshot = make.snapshot(CertifySettings(), 1000)
    idle_session.runs.snapshot_changed.emit()
    assert explore._turns.interval() == TURN_MS
    qtbot.waitUntil(lambda: explore.votes.figure is not None)
    assert explore._turns.interval() == 300


def test_a_prediction_has_no_bound_over_n(explore, idle_session, make):
    found = make.evidence(CertifySettings())
    settings = PredictSettings(n=found.settings.n)
    idle_session.runs.evidence = found.model_copy(update={"settings": settings, "trajectory": ()})
    idle_session.runs.evidence_changed.emit()
    assert "no bound over n" in explore.bounds.waiting.text()
    sweep = declared("certify", Rotation(), {"seed": 1})
    idle_session.runs.evidence = found.model_copy(update={"settings": sweep, "trajectory": ()})
    idle_session.runs.evidence_changed.emit()
    assert explore.bounds.waiting.text().startswith("Each anchor has a bound of its own")
    idle_session.runs.evidence = None
    idle_session.runs.evidence_changed.emit()
    assert explore.bounds.waiting.text() == "The confidence bound appears here as samples arrive."


def test_images_come_and_go(explore, idle_session, make):
    idle_session.illustrator.slice = make.slice(CertifySettings())
    idle_session.illustrator.examples = make.examples()
    idle_session.illustrator.changed.emit()
    assert explore.region.figure is idle_session.illustrator.slice
    idle_session.illustrator.clear()
    assert explore.region.figure is None
    assert explore.examples.figure is None


def test_a_ball_grows_with_every_snapshot_over_the_map_as_it_comes(explore, idle_session, make):
    """Without a map the ball stands alone; the first map and a finer one do not stop it."""
    images, sides = idle_session.illustrator, {500: None, 2000: 3, 5000: 9}
    radii = []
    for n, side in sides.items():
        if side is not None:
            images.sketch.slice = make.slice(CertifySettings(), side)
        idle_session.runs.snapshot = make.snapshot(CertifySettings(), n)
        idle_session.runs.snapshot_changed.emit()
        figure = explore.region.figure
        assert figure.radius == idle_session.runs.snapshot.region.radius
        assert len(figure.base) == (side or 1)
        radii.append(figure.radius)
    assert radii == sorted(radii) and radii[0] < radii[-1]
    idle_session.runs.evidence = make.evidence(CertifySettings())
    images.slice = make.slice(CertifySettings(), 5)  # coarser than what the run has drawn
    idle_session.runs.evidence_changed.emit()
    assert len(explore.region.figure.base) == 9
    assert explore.region.figure.radius == idle_session.runs.evidence.radius
    images.slice = make.slice(CertifySettings(), 17)
    images.changed.emit()
    assert explore.region.figure is images.slice


def test_what_is_written_at_a_growing_ball_is_of_the_moment_of_the_claim_beside_it(
    explore, idle_session, make
):
    """The ball grows with every snapshot; its number follows when numbers are read."""
    runs, written, outlines = idle_session.runs, [], []
    for n, is_read in ((500, True), (20_000, False), (50_000, True)):
        runs.snapshot = make.snapshot(CertifySettings(), n)
        runs.snapshot_changed.emit()
        if is_read:
            runs.read.emit()
        written.append(explore.region.radius_label.toPlainText())
        outlines.append(explore.region.ball.path().boundingRect().width())
    assert outlines[0] < outlines[1] < outlines[2]
    assert written[0] == written[1] != written[2] == runs.snapshot.region.headline()
    runs.evidence = make.evidence(CertifySettings())
    runs.evidence_changed.emit()
    assert explore.region.radius_label.toPlainText() == runs.evidence.region.headline()


def test_first_samples_are_shown_while_a_run_goes_on(explore, idle_session, make):
    idle_session.illustrator.sketch.examples = make.examples()
    idle_session.runs.snapshot = make.snapshot(CertifySettings(), 500)
    idle_session.runs.snapshot_changed.emit()
    assert explore.examples.figure is idle_session.illustrator.sketch.examples
    idle_session.illustrator.clear()
    assert explore.examples.figure is None


def test_a_replay_is_shown_in_every_plot_and_called_so(explore, idle_session, make):
    """Of the shown run over its own map; of another one as a ball alone, with room for its end."""
    playback, runs = idle_session.playback, idle_session.runs
    runs.evidence = make.evidence(CertifySettings(n=8000))
    idle_session.illustrator.slice = make.slice(CertifySettings(), 9)
    runs.evidence_changed.emit()
    idle_session.illustrator.examples = make.examples()
    explore.refresh_images()
    other = make.evidence(CertifySettings(n=8000))
    for evidence, side in ((runs.evidence, 9), (other, 1)):
        playback.evidence, playback.snapshot = evidence, make.snapshot(CertifySettings(), 500)
        playback.changed.emit()
        region = explore.region.figure
        assert explore.votes.figure.n_estimation == 500
        assert region.radius == playback.snapshot.region.radius < evidence.radius < region.extent
        assert len(region.base) == side
        assert (explore.examples.figure is None) is (evidence is other)  # they are of the shown run
        for plot in (explore.votes, explore.bounds, explore.region):
            assert plot.title.text().startswith("Replay · ")
    playback.evidence = playback.snapshot = None
    playback.changed.emit()
    assert explore.examples.figure is idle_session.illustrator.examples
    assert explore.region.figure is idle_session.illustrator.slice
    assert explore.votes.figure.n_estimation == sum(runs.evidence.votes.estimation)
    assert explore.votes.title.text() == "Votes"


def test_a_plot_takes_all_the_room_and_gives_it_back(explore, qtbot):
    explore.show()
    for plot in explore.plots:
        qtbot.mouseDClick(plot, Qt.MouseButton.LeftButton)
        assert [one.isVisible() for one in explore.plots] == [one is plot for one in explore.plots]
        qtbot.mouseDClick(plot, Qt.MouseButton.LeftButton)
        assert all(one.isVisible() for one in explore.plots)


def test_on_stage_one_plot_stands_alone(explore):
    explore.show()
    explore.stage(on=True)
    assert [one for one in explore.plots if one.isVisible()] == [explore.region]
    for i, plot in enumerate(explore.plots):
        explore.grid.show_plot(i)
        assert [one for one in explore.plots if one.isVisible()] == [plot]
    explore.stage(on=False)
    assert all(one.isVisible() for one in explore.plots)


def test_exports_are_told_in_the_window(explore, qtbot):
    with qtbot.waitSignal(explore.notice) as told:
        explore.votes.copy_image()
    assert told.args == ["error", "Votes: there is nothing to export yet."]


PICTURES = {"staircase": "map", "count": "bars", "cells": "map"}
STRUCTURED_SETTINGS = {
    kind: CertifySettings(scheme=parse_scheme(scheme), n=10_000)
    for kind, scheme in STRUCTURED.items()
}


@pytest.mark.parametrize("kind", STRUCTURED)
def test_the_place_of_the_region_shows_the_scheme_s_kind(explore, idle_session, kind):
    assert explore.place.currentWidget() is explore.regions["slice"] is explore.region
    idle_session.form.settings = STRUCTURED_SETTINGS[kind]
    idle_session.form.changed.emit()
    assert explore.place.currentWidget() is explore.regions[PICTURES[kind]] is explore.region
    assert explore.region.waiting.text() == "The required p_lower is being worked out."


@pytest.mark.parametrize("kind", STRUCTURED)
def test_a_region_grows_with_every_snapshot(explore, idle_session, kind):
    idle_session.form.settings = STRUCTURED_SETTINGS[kind]
    seen = []
    for n in (50, 500, 4000):
        idle_session.runs.snapshot = make_region_run(kind, n=n, share=0.96)
        idle_session.runs.snapshot_changed.emit()
        seen.append(explore.region.figure.standing.p_lower)
        assert explore.region.figure.region == idle_session.runs.snapshot.region
    assert seen == sorted(seen) and seen[0] < seen[-1]


def test_what_is_shown_has_the_settings_of_its_run_not_of_the_form(explore, idle_session):
    idle_session.form.settings = STRUCTURED_SETTINGS["count"]
    idle_session.runs.snapshot = make_region_run("staircase")
    idle_session.runs.snapshot_changed.emit()
    assert explore.picture == "map"
    assert explore.region.figure.needs.scheme == idle_session.runs.snapshot.settings.scheme


def test_a_map_of_a_row_waits_for_its_run(qtbot, session):
    explore = Explore(session)
    qtbot.addWidget(explore)
    session.form.set(ExactSettings(scheme=StumpsFields()))
    qtbot.waitUntil(lambda: "depends on the input" in explore.region.waiting.text())
    assert explore.picture == "map"


def test_before_a_run_the_worker_finds_out_what_it_takes(qtbot, session, make):
    explore = Explore(session)
    qtbot.addWidget(explore)
    session.form.set(STRUCTURED_SETTINGS["staircase"])
    qtbot.waitUntil(lambda: explore.region.figure is not None)
    assert explore.region.figure.region is None
    assert explore.region.figure.needs.scheme == session.form.settings.scheme
    session.form.set(CertifySettings())
    assert explore.picture == "slice"


def test_settings_that_can_certify_nothing_are_told(explore, idle_session):
    settings = STRUCTURED_SETTINGS["staircase"]
    idle_session.form.settings = settings
    explore._show_map((settings, None))
    assert explore.region.waiting.text() == "Nothing can be certified under these settings."


def test_a_chosen_change_is_the_same_in_both_plots(explore, idle_session, make):
    run = make_region_run("staircase")
    idle_session.form.settings = run.settings
    idle_session.runs.snapshot = run
    idle_session.runs.snapshot_changed.emit()
    idle_session.illustrator.examples = make_pixel_examples("staircase")
    idle_session.illustrator.changed.emit()
    assert explore.region.chosen == explore.examples.change
    explore.examples.slider.slider.setValue(0)
    assert explore.region.chosen["entities"] == 1.0
    explore.region.asked.emit({"entities": 2.0, "epsilon": 0.1})
    assert explore.examples.boxes.perturbed.caption == "changed: 2 pixels, l2 norm 0.100"
    assert explore.examples.boxes.perturbed.views[0].mark.places.sum() == 2


def test_examples_of_every_kind_are_drawn_as_they_come(explore, idle_session):
    assert explore.examples.waiting.text().startswith("Noisy samples")
    for figure in (make_graph_examples(), make_text_examples(), make_row_examples()):
        idle_session.illustrator.examples = figure
        idle_session.illustrator.changed.emit()
        assert explore.examples.figure is figure and explore.examples.change is not None
    idle_session.illustrator.examples = None
    idle_session.illustrator.changed.emit()
    assert explore.examples.figure is None


def test_a_result_keeps_its_own_classes_when_another_model_is_chosen(explore, idle_session, make):
    """The old run had ten classes and certified the eighth; the new model has two."""
    idle_session.loading.model = make.model()
    idle_session.runs.evidence = make.evidence(CertifySettings())
    idle_session.runs.evidence_changed.emit()
    names = idle_session.runs.evidence.model.class_names
    idle_session.loading.model = idle_session.loading.model.model_copy(
        update={"class_names": names[:2]}
    )
    explore.refresh_run()
    assert explore._source() == (idle_session.runs.evidence, names)


def test_places_take_the_region_of_a_run_that_measures(explore, idle_session, make):
    outputs = Outputs(kind="numbers", names=("age",))
    idle_session.loading.model = make.model().model_copy(update={"outputs": outputs})
    settings = MeasureSettings(epsilon=0.1, n=1000)
    interval = OutputInterval(name="age", lower=1.0, median=2.0, upper=3.0)
    running = make.snapshot(CertifySettings(), 500)
    idle_session.runs.snapshot = running.model_copy(
        update={"settings": settings, "intervals": (interval,), "trajectory": (), "bounds": None}
    )
    idle_session.runs.snapshot_changed.emit()
    assert explore.picture == "places"
    assert explore.region.figure.intervals == (interval,)
    assert "l2 norm at most 0.1" in explore.region.figure.claim
