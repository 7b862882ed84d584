from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from engine.figures.graph_layout import neighbourhood_figure
from engine.inputs import load_input
from gui.setup.node_input import NodeInput


@pytest.fixture
def view(qtbot, idle_session):
    view = NodeInput(idle_session.loading)
    qtbot.addWidget(view)
    idle_session.loading.given = load_input("karate:12")
    idle_session.loading.specs = ["karate:1", "karate:12"]
    view.refresh()
    return view


def test_the_node_and_its_graph(view):
    assert view.name.text() == "karate club, node 12"
    label, degree, graph = view.facts.text().split("\n")
    assert label == "label Mr. Hi"
    assert degree == "2 neighbours, 2 of 34 features"
    assert graph == "graph of 34 nodes, 2 of 2 to test"
    assert view.model.rowCount() == 34
    assert view.picked.currentIndex().row() == 12
    assert view.picked.isColumnHidden(1)  # the club counts its members and does not name them


def test_its_classes_have_the_colours_of_the_votes(view, make, idle_session):
    """Numbered as the model numbers them, and the chosen one with the accent."""
    given, loading = idle_session.loading.given, idle_session.loading
    loading.around = neighbourhood_figure(given.graph, given.node)
    names = ("neither", *reversed(given.graph.class_names))
    loading.model = make.model(kind="graph", class_names=names)
    view.show_chosen(2)
    middle = view.drawing.figure.nodes[0]
    assert names[middle.label] == given.label_name and view.drawing.chosen == 2


def test_nodes_are_found_by_number_and_by_label(view, qtbot):
    qtbot.keyClicks(view.filter, "3")
    assert view.model.rows[0] == 3  # itself, before 13, 23, 30 ...
    assert set(view.model.rows) == {n for n in range(34) if "3" in str(n)}
    view.filter.setText("officer")
    graph = view.loading.given.graph
    officer = graph.class_names.index("Officer")
    assert view.model.rows == tuple(n for n in range(34) if graph.labels[n] == officer)
    view.filter.setText("nobody")
    assert view.model.rowCount() == 0
    view.filter.clear()
    assert view.picked.currentIndex().row() == 12


def test_a_row_is_picked_by_key_and_by_mouse(view, qtbot):
    view.show()
    view.picked.selectRow(5)
    with qtbot.waitSignal(view.wanted) as wanted:
        view.picked.activated.emit(view.model.index(5, 0))
    assert wanted.args == ["karate:5"]
    with qtbot.assertNotEmitted(view.wanted):
        view.picked.clicked.emit(view.model.index(12, 0))  # it is open already


def test_the_neighbourhood_is_drawn_when_it_is_there(view):
    loading = view.loading
    assert view.drawing.figure is None
    loading.around = neighbourhood_figure(loading.given.graph, loading.given.node)
    loading.around_changed.emit()
    assert view.drawing.figure is loading.around


def test_a_graph_without_labels_has_no_column_for_them(qtbot, idle_session):
    given = load_input("karate:3")
    graph = replace(given.graph, labels=None, class_names=(), node_names=("x",) * 34)
    idle_session.loading.given = replace(given, graph=graph, label=None, label_name=None)
    view = NodeInput(idle_session.loading)
    qtbot.addWidget(view)
    view.refresh()
    assert view.picked.isColumnHidden(2) and not view.picked.isColumnHidden(1)
    assert view.model.index(3, 1).data(Qt.ItemDataRole.DisplayRole) == "x"


def test_a_session_tells_the_whole_way_from_a_node_to_its_drawing(session, qtbot):
    view = NodeInput(session.loading)
    qtbot.addWidget(view)
    loading = session.loading
    loading.input_changed.connect(view.refresh)
    loading.open_input("karate")
    qtbot.waitUntil(lambda: view.drawing.figure is not None)
    assert len(loading.specs) == 18
    loading.open_input("karate:0")  # trains the shipped model: not in the row, which stays
    qtbot.waitUntil(lambda: loading.given.node == 0)
    assert len(loading.specs) == 18 and loading.position == -1
    loading.step_input(1)
    qtbot.waitUntil(lambda: loading.given.source == loading.specs[0])
