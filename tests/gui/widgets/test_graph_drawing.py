from __future__ import annotations

from gui.widgets.graph_drawing import NodesView
from gui.widgets.neighbourhood import Rings
from tests.factories import make_nodes_figure


def test_it_shows_rings_and_is_told_to_screen_readers(qtbot):
    view, around = NodesView(legend=False), make_nodes_figure().around
    qtbot.addWidget(view)
    view.show_nodes(around, Rings(frozenset({1}), "#ff0000"), "noisy: safe", detail="one node")
    assert view.drawing.figure is around and view.drawing.rings.nodes == {1}
    assert view.accessibleName() == "noisy: safe"
    assert view.accessibleDescription() == "one node"
    assert view.caption.toolTip() == "noisy: safe\none node"
    assert not view.drawing.hasMouseTracking()


def test_without_a_legend_there_is_more_room(qtbot):
    rooms = []
    for legend in (True, False):
        view = NodesView(legend=legend)
        qtbot.addWidget(view)
        view.show_nodes(make_nodes_figure().around, Rings(frozenset(), "#ff0000"), "x")
        view.drawing.resize(100, 100)
        rooms.append(view.drawing._room().height())
    assert rooms[1] == 100 > rooms[0]
