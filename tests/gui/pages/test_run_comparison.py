from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from engine.evidence.observations import Exact
from engine.evidence.settings import CertifySettings, ExactSettings
from engine.regions import GainBrightness, LightMap
from engine.schemes import ContrastBrightness, ExactMap, Gaussian, TextMask
from gui.pages.run_comparison import RunComparison, inputs_of
from gui.style import theme as themes
from gui.style.stylesheet import apply_theme


@pytest.fixture
def view(qtbot):
    view = RunComparison()
    qtbot.addWidget(view)
    view.resize(1200, 700)
    view.show()
    return view


@pytest.fixture
def runs(make):
    settings = [
        CertifySettings(n=n, scheme=Gaussian(sigma=sigma), seed=1)
        for n, sigma in ((1_000, 0.25), (5_000, 0.25), (5_000, 0.5), (2_000, 1.0))
    ]
    return [(f"Run {i}", make.evidence(one)) for i, one in enumerate(settings, 1)]


def test_differences_are_marked_and_the_rest_is_one_click_away(view, runs):
    view.show_runs(runs)
    assert view.subtitle.text() == "differ in sigma, n"
    names = [row.name for row in view.model.rows]
    assert "sigma" in names and "alpha" not in names
    assert view.model.header == ("", "Run 1", "Run 2", "Run 3", "Run 4")
    place = view.model.index(names.index("sigma"), 0)
    assert place.data() == "≠  sigma"
    accent = themes.current().accent.lower()
    assert place.data(Qt.ItemDataRole.ForegroundRole).name() == accent
    assert place.siblingAtColumn(3).data() == "0.5"
    view.only.click()
    rows = {row.name: row for row in view.model.rows}
    assert not rows["alpha"].differs and rows["alpha"].values == ("0.001",) * 4


def test_a_seed_is_read_whole_and_a_fact_that_a_run_lacks_is_a_dash(view, runs, qapp):
    (_, first), (_, second) = runs[:2]
    seeded = first.settings.model_copy(update={"seed": 6902120641272036651})
    other = first.model_copy(update={"settings": seeded})
    masked = second.settings.model_copy(update={"scheme": TextMask(beta=0.5, vocabulary=5)})
    view.show_runs([("Run 1", other), ("Run 2", second.model_copy(update={"settings": masked}))])
    rows = {row.name: place for place, row in enumerate(view.model.rows)}
    assert [view.model.index(rows["sigma"], column).data() for column in (1, 2)] == ["0.25", "–"]
    assert view.model.index(rows["beta"], 1).data() == "–"
    try:
        for scale in (1.0, 1.5):
            apply_theme(qapp, "light", scale=scale)
            view.resize(round(1200 * scale), 700)
            qapp.processEvents()
            view.retheme()
            seed = view.model.index(rows["seed"], 1).data()
            needed = view.table.fontMetrics().horizontalAdvance(seed)
            assert view.table.columnWidth(1) > needed
    finally:
        apply_theme(qapp, "light")


def test_bounds_and_regions_share_their_axes(view, runs):
    view.show_runs(runs)
    assert [curve.name for curve in view.bounds.figure.curves] == [name for name, _ in runs]
    assert len(view.regions.figure.curves) == 4
    radii = [run.radius for _, run in runs]
    assert view.regions.figure.x_range == pytest.approx((-max(radii), max(radii)))
    inks = {line.opts["pen"].color().name() for line in view.regions.lines}
    assert len(inks) == 4  # each run has its own


def test_plots_of_many_runs_keep_their_height_and_scroll(view, runs, qtbot):
    view.resize(900, 380)
    view.show_runs([(f"{name} once more and again", run) for name, run in (runs * 3)[:9]])
    for plot in (view.bounds, view.regions):
        qtbot.waitUntil(lambda plot=plot: plot.pixel_frame().h > 70)
    assert view.regions.height() + view.bounds.height() > view.height()


def test_four_runs_stand_side_by_side_and_more_leave_the_plots_their_room(view, runs, qtbot):
    view.show_runs(runs[:2])
    facts, plots = view.columns.sizes()
    assert facts < plots
    view.show_runs(runs)
    qtbot.waitUntil(lambda: view.table.horizontalScrollBar().maximum() == 0)
    view.columns.setSizes([facts, plots])
    view.show_runs(runs)
    assert view.columns.sizes() == [facts, plots]  # as somebody made them
    view.show_runs(runs * 3)
    facts, plots = view.columns.sizes()
    assert plots > 0.3 * (facts + plots)


@pytest.mark.parametrize(("width", "height"), [(972, 380), (1228, 400)])
def test_four_runs_with_long_seeds_are_in_sight_in_a_small_window(view, runs, qtbot, width, height):
    """Of screens of 1024 by 768 and 1280 by 800: seeds give, and their tips have all of them."""
    seeds = (8279557480014699401, 3158293440034109103, 6206881363003285921, 2947797078430871171)
    seeded = [
        (name, run.model_copy(update={"settings": run.settings.model_copy(update={"seed": seed})}))
        for (name, run), seed in zip(runs, seeds, strict=True)
    ]
    view.resize(width, height)
    view.show_runs(seeded)
    bars = view.table.horizontalScrollBar(), view.table.verticalScrollBar()
    qtbot.waitUntil(lambda: all(bar.maximum() == 0 for bar in bars))
    place = view.model.index([row.name for row in view.model.rows].index("seed"), 1)
    assert str(seeds[0]) in place.data(Qt.ItemDataRole.ToolTipRole)


def test_images_are_shown_where_the_inputs_are_still_there(view, runs, make):
    view.show_runs(runs[:2])
    digest = runs[0][1].input.sha256
    assert list(inputs_of(runs)) == [digest]
    view.show_images({digest: make.image("digits:7").pixels})
    cells = [view.images.itemAt(i).widget() for i in range(2)]
    pictures = [cell.findChildren(QLabel)[0] for cell in cells]
    assert all(not picture.pixmap().isNull() for picture in pictures)


def test_runs_that_bound_nothing_say_so(view, runs):
    bare = {"trajectory": (), "region": None}
    view.show_runs([(name, run.model_copy(update=bare)) for name, run in runs[:2]])
    assert view.bounds.figure is None and "bounds a class" in view.bounds.waiting.text()
    assert view.regions.figure is None
    assert view.regions.waiting.text() == "None of these runs certifies anything."


def test_regions_without_axes_in_common_say_so_in_no_more_room_than_that_takes(
    view, runs, make, qtbot
):
    settings = CertifySettings(scheme=ContrastBrightness(), n=1000, seed=1)
    light = GainBrightness(sigma_k=0.2, sigma_b=0.2, p_lower=0.9)
    other = runs[0][1].model_copy(update={"settings": settings, "region": light})
    view.show_runs(runs[:2])
    drawn = view.regions.height()
    view.show_runs([runs[0], ("Run 5", other)])
    assert "no axes in common" in view.regions.waiting.text()
    qtbot.waitUntil(lambda: view.regions.height() < drawn / 2)
    waiting = view.regions.waiting
    assert waiting.visibleRegion().boundingRect().height() == waiting.height()  # all in sight
    assert waiting.height() >= waiting.fontMetrics().height()
    view.show_runs(runs[:2])
    qtbot.waitUntil(lambda: view.regions.height() == drawn)


def test_a_smoothing_certificate_lies_over_an_exact_map(view, runs, make):
    base = make.evidence(CertifySettings(n=1000, seed=1))
    smooth = CertifySettings(scheme=ContrastBrightness(), n=1000, seed=1)
    smoothed = GainBrightness(sigma_k=0.2, sigma_b=0.2, p_lower=0.9)
    light = LightMap(contrast=0.25, brightness=0.15, convention="linear", clip=True, cells="scv")
    votes = base.votes
    observed = Exact(selection=(0,) * 10, estimation=votes.estimation, guess=votes.guess)
    exact = {"settings": ExactSettings(scheme=ExactMap()), "observations": observed}
    first = base.model_copy(update={**exact, "region": light})
    second = base.model_copy(update={"settings": smooth, "region": smoothed})
    view.show_runs([("a", first), ("b", second)])
    assert view.cells.isVisible() and not view.regions.isVisible()
    assert [one.words for one in view.cells.figure.beside] == ["b: smoothing, unclipped"]
    view.show_runs(runs)
    assert view.regions.isVisible() and not view.cells.isVisible()
