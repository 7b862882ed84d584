"""Maps: the line is the certificate, layer by layer, strengths are rounded down."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication

from engine.core.rounding import round_down
from engine.figures.regions import RegionFigure
from engine.regions import GainBrightness, Staircase
from engine.regions.required_probability import required_map
from engine.schemes import ContrastBrightness, parse_scheme
from gui.plots.grid_map import MapPlot
from tests.factories import make_region_figure

NODES = parse_scheme({"key": "hierarchical-sparse", "p": 0.81, "p_plus": 0.05, "p_minus": 0.8})


def test_the_line_is_the_region(shown) -> None:
    plot, figure = shown(MapPlot(), 420, 360), make_region_figure("staircase")
    plot.show_figure(figure)
    x, y = plot.steps.points
    reach = figure.region.reach
    assert x.tolist() == pytest.approx(np.repeat(np.arange(len(reach) + 1) - 0.5, 2).tolist())
    assert y.tolist() == pytest.approx([0, *np.repeat(reach, 2), 0])


def test_steps_bear_their_strength_rounded_down(shown) -> None:
    plot, figure = shown(MapPlot(), 480, 380), make_region_figure("staircase")
    plot.show_figure(figure)
    QApplication.processEvents()
    texts = [text.toPlainText() for text in plot.strengths if text.isVisible()]
    assert texts == [round_down(reach, 3) for reach in figure.region.reach]
    assert [float(text) for text in texts] <= list(figure.region.reach)


def test_what_the_votes_to_come_could_reach_lies_above(shown) -> None:
    plot = shown(MapPlot())
    plot.show_figure(make_region_figure("staircase"))
    _, certified = plot.steps.points
    _, reachable = plot.within_reach.points
    assert reachable.max() > certified.max()
    plot.show_figure(make_region_figure("staircase", n=10_000))
    assert len(plot.within_reach.points[0]) == 0


def test_many_counts_share_columns(shown) -> None:
    scheme = parse_scheme({"key": "hierarchical-gaussian", "sigma": 0.25, "p": 0.995})
    plot = shown(MapPlot())
    plot.show_figure(make_region_figure("staircase", scheme=scheme))
    region, counts = plot.figure.region, plot.figure.needs.counts
    _, y = plot.steps.points
    for j in range(len(y) // 2 - 1):
        assert y[2 * j + 1] == region.strength(counts[j])
    assert not any(text.isVisible() for text in plot.strengths)


def test_an_image_beside_words_starts_at_no_word(shown) -> None:
    """``first`` 0: hybrid smoothing certifies the image alone in the first column."""
    figure = make_region_figure("staircase")
    utmost = figure.needs.utmost
    facts = {"first": 0, "things": "words", "count_term": "entities"}
    needs = type(figure.needs)(
        figure.needs.scheme,
        figure.needs.ceiling,
        Staircase(**{**utmost.model_dump(), **facts}),
        (0, 1, 2, 3),
        figure.needs.top,
        figure.needs.strengths,
        figure.needs.required[:, :4],
    )
    region = Staircase(**{**figure.region.model_dump(), **facts})
    plot = shown(MapPlot(), 420, 360)
    plot.show_figure(figure.model_copy(update={"needs": needs, "region": region}))
    assert plot.steps.points[1][1] == region.reach[0]
    assert plot.plot.getAxis("bottom").labelText == "changed words"
    assert plot.change_at(QPointF(0.0, 0.1))["entities"] == 0.0


def test_words_for_screen_readers(shown) -> None:
    plot = shown(MapPlot())
    plot.show_figure(make_region_figure("staircase"))
    assert plot.summary().startswith("Certified: 1 pixel: 0.387, 3 pixels: ")
    assert plot.plot.getAxis("left").labelText == "epsilon (l2 norm)"


def mask(plot) -> np.ndarray:
    """Which cells of the layer on view lie below the line."""
    needs = plot.figure.needs
    heights = needs.heights(plot.figure.region, plot.shown_layer)
    return np.arange(needs.rows)[:, None] < heights[None, :]


def test_the_cells_below_the_line_are_the_region(shown) -> None:
    plot, figure = shown(MapPlot()), make_region_figure("cells")
    plot.show_figure(figure)
    found = mask(plot)
    for row, column in np.ndindex(found.shape):
        assert found[row, column] == (figure.region.cell(row, column) is not None)
    x, y = plot.steps.points
    area = 0.5 * abs(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))
    assert area == found.sum()


def test_a_chooser_goes_through_the_layers(shown, qtbot) -> None:
    plot = shown(MapPlot(), 480, 360)
    plot.show_figure(make_region_figure("cells", scheme=NODES))
    assert plot.layer.isVisible() and plot.layer.maximum() == plot.figure.needs.layers > 1
    assert plot.layer.prefix() == "nodes: "
    assert plot.layer.accessibleName() == "How many nodes are changed"
    first = mask(plot).sum()
    plot.choose({"additions": 1.0, "deletions": 1.0, "entities": 1.0})
    assert plot.answer.text() == "1 addition and 1 deletion at 1 node: certified"
    plot.layer.setValue(2)
    assert mask(plot).sum() < first
    assert plot.chosen["entities"] == 2.0
    assert plot.answer.text().startswith("1 addition and 1 deletion at 2 nodes: ")


def test_without_layers_there_is_no_chooser(shown) -> None:
    plot = shown(MapPlot())
    plot.show_figure(make_region_figure("cells"))
    assert not plot.layer.isVisible() and plot.shown_layer == 0


@pytest.mark.parametrize("width", [520, 240])
def test_strengths_stand_in_the_cells_where_there_is_room(shown, width) -> None:
    figure = make_region_figure("cells", share=0.75, n=400)
    region = figure.region.model_copy(
        update={
            "strength_term": "epsilon",
            "norm": "l2",
            "layers": (((0.519, 0.4375, 0.25), (0.3125, 0.125), (0.0625,)),),
        }
    )
    plot = shown(MapPlot(), width, 360)
    plot.show_figure(figure.model_copy(update={"region": region}))
    QApplication.processEvents()
    plot.label()
    texts = [text.toPlainText() for text in plot.strengths if text.isVisible()]
    if width > 500:
        assert texts == ["0.51", "0.43", "0.25", "0.31", "0.12", "0.06"]


def test_corners_for_screen_readers(shown) -> None:
    plot, figure = shown(MapPlot()), make_region_figure("cells", share=0.8, n=500)
    plot.show_figure(figure)
    corners = ", ".join(map(str, figure.region.corners()))
    assert plot.summary() == f"Certified up to (additions, deletions) = {corners}."
    assert plot.plot.getAxis("bottom").labelText == "deletions"
    assert plot.plot.getAxis("left").labelText == "additions"


def test_a_change_chosen_elsewhere_turns_to_its_layer_and_nobody_is_told(shown, qtbot) -> None:
    plot = shown(MapPlot(), 480, 360)
    plot.show_figure(make_region_figure("cells", scheme=NODES))
    change = {"entities": 2.0, "additions": 1.0, "deletions": 0.0}
    with qtbot.assertNotEmitted(plot.asked):
        plot.choose(change)
    assert plot.layer.value() == 2 and plot.shown_layer == 1 and plot.chosen == change


def test_another_layer_is_another_change(shown, qtbot) -> None:
    plot = shown(MapPlot(), 480, 360)
    plot.show_figure(make_region_figure("cells", scheme=NODES))
    plot.choose({"entities": 1.0, "additions": 1.0, "deletions": 0.0})
    with qtbot.waitSignal(plot.asked) as asked:
        plot.layer.setValue(2)
    assert asked.args == [{"entities": 2.0, "additions": 1.0, "deletions": 0.0}]
    assert plot.shown_layer == 1


def test_a_plane_of_two_parameters_is_filled_around_no_change(shown) -> None:
    """Columns on both sides of the gain 1, and the answer for a pair under the pointer."""
    needs = required_map(ContrastBrightness(sigma_k=0.2, sigma_b=0.2), 0.95)
    region = GainBrightness(sigma_k=0.2, sigma_b=0.2, p_lower=0.8)
    plot = shown(MapPlot(), 640, 420)
    plot.show_figure(RegionFigure(needs=needs, region=region, class_name="7"))
    x, y = plot.steps.points
    middle = needs.place({"gain": 1.0, "brightness": 0.0})[0]
    assert 0 < x.min() < middle < x.max() < len(needs.columns) and y[0] == y[-1] == 0.0
    plot.choose({"gain": 0.9, "brightness": -0.05})
    assert plot.answer.text() == "gain 0.900, brightness -0.050: certified"
    assert plot.change_at(QPointF(middle, 0.1))["gain"] == pytest.approx(1.0, abs=0.02)
