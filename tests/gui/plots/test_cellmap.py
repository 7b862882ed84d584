"""The map of cells: its mask is the region, layer by layer."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from engine.schemes import parse_scheme
from gui.plots.cellmap import CellsPlot
from tests.factories import make_region_figure

NODES = parse_scheme({"key": "hierarchical-sparse", "p": 0.81, "p_plus": 0.05, "p_minus": 0.8})


def test_the_mask_is_the_region(shown) -> None:
    plot, figure = shown(CellsPlot()), make_region_figure("cells")
    plot.show_figure(figure)
    mask = plot.mask(figure)
    for row, column in np.ndindex(mask.shape):
        assert mask[row, column] == (figure.region.cell(row, column) is not None)
    assert (plot.certified.image[..., 3] > 0).tolist() == mask.tolist()


def test_the_outline_is_the_border_of_the_certified_cells(shown) -> None:
    plot, figure = shown(CellsPlot()), make_region_figure("cells")
    plot.show_figure(figure)
    x, y = plot.outline.getData()
    area = 0.5 * np.sum(  # of a polygon, from pieces that are all axis-parallel
        np.abs(np.diff(x.reshape(-1, 2), axis=1)).sum() + np.abs(np.diff(y.reshape(-1, 2))).sum()
    )
    rows, columns = figure.region.most()
    assert area == rows + 1 + columns + 1  # half the perimeter of a staircase from the corner


def test_a_chooser_goes_through_the_layers(shown, qtbot) -> None:
    plot = shown(CellsPlot(), 480, 360)
    plot.show_figure(make_region_figure("cells", scheme=NODES))
    assert plot.layer.isVisible() and plot.layer.maximum() == plot.figure.needs.layers > 1
    assert plot.layer.prefix() == "nodes: "
    assert plot.layer.accessibleName() == "How many nodes are changed"
    first = plot.mask(plot.figure).sum()
    plot.choose({"additions": 1.0, "deletions": 1.0, "entities": 1.0})
    assert plot.answer.text() == "1 addition and 1 deletion at 1 node: certified"
    plot.layer.setValue(2)
    assert plot.mask(plot.figure).sum() < first
    assert plot.chosen["entities"] == 2.0
    assert plot.answer.text().startswith("1 addition and 1 deletion at 2 nodes: ")


def test_without_layers_there_is_no_chooser(shown) -> None:
    plot = shown(CellsPlot())
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
    plot = shown(CellsPlot(), width, 360)
    plot.show_figure(figure.model_copy(update={"region": region}))
    QApplication.processEvents()
    plot.label()
    texts = [text.toPlainText() for text in plot.strengths if text.isVisible()]
    if width > 500:
        assert texts == ["0.51", "0.43", "0.25", "0.31", "0.12", "0.06"]


def test_words_for_screen_readers(shown) -> None:
    plot, figure = shown(CellsPlot()), make_region_figure("cells", share=0.8, n=500)
    plot.show_figure(figure)
    corners = ", ".join(map(str, figure.region.corners()))
    assert plot.summary() == f"Certified up to (additions, deletions) = {corners}."
    assert plot.plot.getAxis("bottom").labelText == "deletions"
    assert plot.plot.getAxis("left").labelText == "additions"


def test_a_change_chosen_elsewhere_turns_to_its_layer_and_nobody_is_told(shown, qtbot) -> None:
    plot = shown(CellsPlot(), 480, 360)
    plot.show_figure(make_region_figure("cells", scheme=NODES))
    change = {"entities": 2.0, "additions": 1.0, "deletions": 0.0}
    with qtbot.assertNotEmitted(plot.asked):
        plot.choose(change)
    assert plot.layer.value() == 2 and plot.shown_layer == 1 and plot.chosen == change


def test_another_layer_is_another_change(shown, qtbot) -> None:
    plot = shown(CellsPlot(), 480, 360)
    plot.show_figure(make_region_figure("cells", scheme=NODES))
    plot.choose({"entities": 1.0, "additions": 1.0, "deletions": 0.0})
    with qtbot.waitSignal(plot.asked) as asked:
        plot.layer.setValue(2)
    assert asked.args == [{"entities": 2.0, "additions": 1.0, "deletions": 0.0}]
    assert plot.shown_layer == 1
