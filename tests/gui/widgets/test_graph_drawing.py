from __future__ import annotations

from gui.style import theme as themes
from gui.widgets.graph_drawing import GraphView
from tests.factories import make_graph_examples


def test_it_shows_rings_and_is_told_to_screen_readers(qtbot):
    view, (graph,) = GraphView(), make_graph_examples().samples[0].media
    qtbot.addWidget(view)
    view.show_graph(graph, "noisy: safe", "one node", "accent")
    assert view.drawing.figure is graph.around and view.drawing.rings.nodes == {1, 3}
    assert view.drawing.rings.color == themes.current().accent and not view.drawing.rings.hollow
    assert view.accessibleName() == "noisy: safe"
    assert view.accessibleDescription() == "one node"
    assert view.caption.toolTip() == "noisy: safe\none node"
    assert not view.drawing.hasMouseTracking()


def test_without_a_legend_there_is_more_room(qtbot):
    rooms, figure = [], make_graph_examples()
    for example in (figure.original, figure.samples[0]):
        view = GraphView()
        qtbot.addWidget(view)
        view.show_graph(example.media[0], "x", "", "accent")
        view.drawing.resize(100, 100)
        rooms.append(view.drawing._room().height())
    assert rooms[1] == 100 > rooms[0]
