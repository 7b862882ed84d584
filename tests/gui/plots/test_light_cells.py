"""The map of cells in the window: what lies where, in words and as an image."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication

from engine.figures.regions import Beside, RegionFigure
from engine.regions.required_probability import required_map
from engine.schemes import ExactMap
from engine.schemes.exact_map import MAP, TOP
from gui.plots.light_cells import LightCellsPlot
from gui.style.stylesheet import apply_theme

SCHEME = ExactMap(contrast=0.4, brightness=0.2)


def figure(text: str) -> RegionFigure:
    region = SCHEME.region(None, {MAP: text, TOP: 0.0})
    return RegionFigure(needs=required_map(SCHEME), region=region, run=True)


@pytest.fixture
def plot(shown) -> LightCellsPlot:
    found = shown(LightCellsPlot(), 520, 480)
    found.pixels = np.full((1, 8, 8), 0.5, dtype=np.float32)
    found.show_figure(figure("scsvo"))
    QApplication.processEvents()
    return found


@pytest.mark.parametrize(
    ("point", "status"), [((-0.2, 0.1), "c"), ((0.2, -0.1), "v"), ((0.2, 0.1), "o")]
)
def test_every_change_lies_in_its_cell(plot, point, status) -> None:
    held = {name for name, item in plot.cells.items() if item.path().contains(QPointF(*point))}
    assert held == {status}
    assert plot.hatch.path().contains(QPointF(*point)) == (status == "v")


def test_signed_ticks_stand_clear_of_the_name_of_their_axis(plot) -> None:
    axis = plot.plot.getAxis("left")
    font = QFontMetricsF(axis.style["tickFont"])
    ticks = axis.width() - axis.style["tickTextOffset"][0] - font.horizontalAdvance("-0.05")
    margin = axis.label.document().documentMargin()
    name = axis.label.pos().x() + axis.label.boundingRect().height() - margin
    assert ticks > name


def test_a_map_without_a_certified_cell_is_drawn(shown) -> None:
    facts = {MAP: "svo", TOP: 0.0}
    found = figure("svo")
    assert found.region is None
    plot = shown(LightCellsPlot(), 520, 480)
    plot.show_figure(found.model_copy(update={"drawn": SCHEME.known(facts).drawn}))
    assert plot.cells["v"].path().contains(QPointF(-0.2, 0.1))
    assert not plot.cells["c"].path().elementCount()
    assert plot.summary().startswith("Nothing is certified (clip((1 + c) x + b); cells: 1 violated")
    assert "in a violated cell" in plot.told({"contrast": -0.2, "brightness": 0.1})


def test_pointing_tells_what_is_known(plot) -> None:
    assert plot.change_at(QPointF(0.5, 0.0)) is None
    change = plot.change_at(QPointF(0.2, -0.1))
    assert change == {"contrast": 0.2, "brightness": -0.1}
    assert "in a violated cell" in plot.told(change)
    assert plot.told({"contrast": -0.2, "brightness": 0.1}).endswith("certified")
    assert "neither certified nor violated" in plot.told({"contrast": 0.2, "brightness": 0.1})
    assert plot.place_of(change) == (0.2, -0.1)


def test_the_violating_image_is_shown(plot) -> None:
    plot.choose({"contrast": 0.4, "brightness": -0.2})
    assert plot.pictured and "in a violated cell" in plot.answer.text()
    image = plot.figure.pictured(plot.pixels, plot.chosen)
    assert image is not None


def test_arrows_stay_in_the_box(plot) -> None:
    assert plot.beside(None, (1, 0)) == {"contrast": 0.02, "brightness": 0.0}
    corner = {"contrast": 0.4, "brightness": 0.2}
    assert plot.beside(corner, (1, 1)) == corner


def test_a_map_that_grows_is_drawn_anew(plot) -> None:
    plot.show_figure(figure("scscc"))
    assert plot.cells["v"].path().isEmpty() and plot.hatch.path().isEmpty()
    assert "|c| ≤ 0.4" in plot.in_words(plot.figure)


def test_nothing_certified_and_other_themes(plot, qapp) -> None:
    plot.show_figure(figure("v"))
    assert plot.in_words(plot.figure) == "Nothing is certified."
    assert "nothing is known" in plot.told({"contrast": 0.0, "brightness": 0.0})
    before = plot.cells["c"].brush().color()
    apply_theme(qapp, "dark")
    plot.retheme()
    assert plot.cells["c"].brush().color() != before
    apply_theme(qapp, "light")


def test_what_smoothing_certifies_is_drawn_over_it(plot) -> None:
    line = ((-0.1, 0.0), (0.0, 0.1), (0.1, 0.0), (-0.1, 0.0))
    over = Beside(words="smoothing", outline=line, attack=(0.2, 0.1))
    plot.show_figure(figure("scsvo").model_copy(update={"beside": (over,)}))
    (item,) = plot.beside_lines
    assert item.getData()[0].tolist() == [-0.1, 0.0, 0.1, -0.1]
    assert plot.beside_attacks.getData()[0].tolist() == [0.2]
    assert "smoothing" in [entry.text for entry in plot.legend.entries]
    plot.show_figure(figure("scsvo"))
    assert not item.getData()[0].size
