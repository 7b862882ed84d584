from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor

from engine.figures.graph_layout import neighbourhood_figure
from engine.inputs import load_input
from gui.style import theme as themes
from gui.widgets.neighbourhood import NeighbourhoodView, Rings, _places, thumbnail_of


@pytest.fixture
def figure():
    given = load_input("karate:12")
    return neighbourhood_figure(given.graph, given.node)


@pytest.fixture
def view(qtbot, figure):
    view = NeighbourhoodView()
    qtbot.addWidget(view)
    view.resize(260, 200)
    view.show_figure(figure)
    view.show()
    return view


def test_every_node_is_where_it_is_found(view, figure):
    places = _places(figure, view._room())
    middle = figure.nodes[0]
    assert view.node_at(places[0]) is middle
    assert view.node_at(QPointF(-50, -50)) is None
    for place in places:
        assert view.rect().contains(place.toPoint())


def test_a_neighbour_that_is_clicked_is_asked_for_and_the_node_itself_is_not(view, figure, qtbot):
    places = _places(figure, view._room())
    with qtbot.waitSignal(view.asked) as asked:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=places[1].toPoint())
    assert asked.args == [figure.nodes[1].number]
    with qtbot.assertNotEmitted(view.asked):
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=places[0].toPoint())


def test_the_middle_is_painted_in_the_colour_of_its_class(view, figure):
    at = _places(figure, view._room())[0].toPoint()
    wanted = QColor(themes.current().class_color(figure.nodes[0].label))
    assert view.grab().toImage().pixelColor(at) == wanted


def test_the_class_that_a_run_has_chosen_has_the_accent(view, figure):
    at = _places(figure, view._room())[0].toPoint()
    view.show_figure(figure, chosen=figure.nodes[0].label)
    assert view.grab().toImage().pixelColor(at) == QColor(themes.current().accent)


def test_it_says_what_it_shows(view, figure):
    assert view.accessibleName() == f"The neighbourhood of {figure.nodes[0].name}"
    assert str(len(figure.edges)) in view.accessibleDescription()


def test_a_thumbnail_is_not_empty(figure, qapp):
    pixmap = thumbnail_of(figure, 40, ratio=2.0)
    assert pixmap.width() == 80 and pixmap.devicePixelRatio() == 2.0
    image = pixmap.toImage()
    inks = {image.pixelColor(x, y).name() for x in range(80) for y in range(80)}
    assert len(inks) > 3


def test_without_a_figure_nothing_is_drawn_or_found(qtbot):
    view = NeighbourhoodView()
    qtbot.addWidget(view)
    view.resize(80, 80)
    assert view.node_at(QPointF(40, 40)) is None
    view.grab()


@pytest.mark.parametrize("hollow", [False, True])
def test_nodes_that_are_pointed_out_are_ringed_or_hollow(view, figure, hollow):
    plain = view.grab().toImage()
    rings = Rings(frozenset({3}), themes.current().danger, hollow=hollow)
    view.show_figure(figure, rings)
    image, at = view.grab().toImage(), _places(figure, view._room())[3].toPoint()
    around = {
        image.pixelColor(at.x() + x, at.y() + y).name()
        for x in range(-11, 12)
        for y in range(-11, 12)
    }
    assert QColor(themes.current().danger).name() in around
    assert (image.pixelColor(at) == plain.pixelColor(at)) is not hollow
