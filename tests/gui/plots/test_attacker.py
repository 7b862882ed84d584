"""What an attacker would do to the image: under the pointer, and by sliders."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from engine.evidence.settings import CertifySettings
from engine.figures.regions import preview_figure
from engine.schemes.brightness import Brightness
from engine.schemes.contrast_brightness import ContrastBrightness
from engine.schemes.gaussian import Gaussian
from engine.schemes.translation import Translation
from gui.plots.attacker import LENS, SIDE, SMALL
from gui.plots.grid_map import MapPlot
from gui.plots.terms import TermsPlot
from gui.widgets.image import to_image
from tests.factories import make_region_figure

PIXELS = np.linspace(0.0, 1.0, 64, dtype=np.float32).reshape(1, 8, 8)
SCHEMES = {
    "light": (MapPlot, ContrastBrightness()),
    "brightness": (TermsPlot, Brightness()),
    "shift": (TermsPlot, Translation()),
}


@pytest.fixture(params=SCHEMES)
def plot(request, shown):
    kind, scheme = SCHEMES[request.param]
    found = shown(kind(), 420, 420)
    found.pixels = PIXELS
    found.show_figure(preview_figure(CertifySettings(scheme=scheme)))
    found.scheme = scheme
    return found


def seen(view) -> object:
    return view.image


def expected(plot, change):
    return to_image(np.clip(plot.scheme.transformed(PIXELS, change), 0, 1).astype(np.float32))


def at(plot, place: QPointF) -> QPoint:
    return plot.canvas.mapTo(plot, plot.canvas.mapFromScene(plot.view.mapViewToScene(place)))


def point(plot, place: QPoint) -> None:
    """Moves the mouse there; the event goes to the widget that lies there, as Qt sends it."""
    target = plot.childAt(place) or plot
    local, button = QPointF(target.mapFrom(plot, place)), Qt.MouseButton.NoButton
    spot = QPointF(plot.mapToGlobal(place))
    event = QMouseEvent(
        QEvent.Type.MouseMove, local, spot, button, button, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(target, event)


def test_the_image_under_the_pointer_is_the_one_after_that_change(plot, qtbot):
    place = QPointF(plot.view.viewRect().center())
    place += QPointF(0.1 * plot.view.viewRect().width(), 0.0)
    point(plot, at(plot, place))
    qtbot.waitUntil(plot.lens.isVisible)
    change = plot.change_at(plot.place_under(at(plot, place)))
    assert seen(plot.lens) == expected(plot, change)
    assert plot.rect().contains(plot.lens.geometry()) and plot.lens.width() == LENS
    assert not plot.lens.geometry().contains(at(plot, place))
    point(plot, QPoint(2, 2))  # beside the axes nothing is pointed at
    qtbot.waitUntil(plot.lens.isHidden)


def test_each_slider_changes_one_parameter_of_this_image_and_is_heard(plot, qtbot):
    assert plot.attacker.isVisible() and list(plot.attacker.sliders) == list(plot.scheme.terms)
    assert seen(plot.attacker.image) == to_image(PIXELS)
    for term, slider in plot.attacker.sliders.items():
        with qtbot.waitSignal(plot.asked) as asked:
            slider.setValue(slider.maximum())
        change = asked.args[0]
        assert change == plot.chosen and change[term] == pytest.approx(
            plot.needs.spans()[term][1], rel=1e-3
        )
        assert seen(plot.attacker.image) == expected(plot, change) != to_image(PIXELS)
    assert plot.answer.isVisible()


def test_the_image_is_made_once_for_a_change_however_often_the_region_grows(plot, monkeypatch):
    made, show = [], plot.attacker.show_image
    monkeypatch.setattr(
        plot.attacker, "show_image", lambda image, words: made.append(words) or show(image, words)
    )
    plot.show_figure(plot.figure)
    assert made == []
    plot.choose(plot.beside(plot.beside(None, (1, 0)), (1, 0)))
    plot.show_figure(plot.figure)
    assert made == [plot.needs.utmost.describe(plot.chosen)]
    assert seen(plot.attacker.image) == expected(plot, plot.chosen)


def test_one_parameter_has_a_strip_of_the_image_from_end_to_end(plot):
    strip = plot.attacker.strip
    if len(plot.scheme.terms) > 1:
        assert not strip[0].isVisible()
        return
    ((term, (low, high)),) = plot.needs.spans().items()
    for view, value in ((strip[0], low), (strip[3], (low + high) / 2), (strip[-1], high)):
        assert view.isVisible() and seen(view) == expected(plot, {term: value})


def test_what_is_chosen_on_the_map_moves_the_sliders(plot):
    change = {name: term.neutral for name, term in plot.scheme.terms.items()}
    assert plot.attacker.change() == change
    plot.choose(plot.beside(plot.beside(None, (1, 0)), (1, 0)))
    assert plot.attacker.change() == pytest.approx(plot.chosen, rel=0.05, abs=0.05)
    assert seen(plot.attacker.image) == expected(plot, plot.chosen)
    slider = next(iter(plot.attacker.sliders.values()))
    assert slider.accessibleDescription() == plot.needs.utmost.describe(plot.chosen)


def test_without_an_image_or_where_the_attacker_has_a_choice_there_is_neither(shown):
    for kind, figure, pixels in (
        (TermsPlot, preview_figure(CertifySettings(scheme=Brightness())), None),
        (MapPlot, make_region_figure("staircase"), PIXELS),
    ):
        plot = shown(kind(), 420, 420)
        plot.pixels = pixels
        plot.show_figure(figure)
        assert plot.attacker.isHidden()
        point(plot, at(plot, plot.view.viewRect().center()))
        assert plot.lens.isHidden() and not plot.pictured


def test_the_preview_of_a_ball_needs_no_such_plot():
    assert preview_figure(CertifySettings(scheme=Gaussian())) is None


def test_the_arrow_keys_still_move_the_choice(plot, qtbot):
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    assert plot.chosen is not None and seen(plot.attacker.image) == expected(plot, plot.chosen)


def test_a_low_card_keeps_its_map_and_the_image_under_the_pointer(plot, qtbot):
    plot.resize(420, 280)
    qtbot.waitUntil(plot.attacker.isHidden)
    plot.show_figure(plot.figure)
    point(plot, at(plot, plot.view.viewRect().center()))
    qtbot.waitUntil(plot.lens.isVisible)
    plot.resize(420, 420)
    qtbot.waitUntil(plot.attacker.isVisible)


def test_its_images_grow_with_the_plot(plot):
    panel = plot.attacker
    assert (panel.image.height(), panel.strip[0].maximumHeight()) == (84, 34)
    plot.resize(700, 1_000)
    assert (panel.image.height(), panel.strip[0].maximumHeight()) == (2 * SIDE, 2 * SMALL)
