"""A node of a graph: its neighbourhood, and the other nodes to pick from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit, QVBoxLayout

from gui.controllers.loading import Loading
from gui.setup.input_view import InputView, place_of
from gui.widgets.layouts import filled
from gui.widgets.neighbourhood import NeighbourhoodView
from gui.widgets.section import say, words
from gui.widgets.text_table_model import Index, RowsModel, plain_table

if TYPE_CHECKING:
    from engine.inputs.graph import Graph
    from engine.inputs.node import GraphInput

DRAWING, LIST = 150, 108
"""Heights."""


class NodeInput(InputView):
    """A drawing of what the model reads around the node, and a list with a filter.

    Attributes:
        picked: the list, whose current row is the node.
    """

    def __init__(self, loading: Loading) -> None:
        super().__init__(loading)
        self._graph: Graph | None = None
        self._shown: GraphInput | None = None
        self._searched: list[str] = []
        self._chosen: int | None = None
        self.name, self.facts = words(role="title"), words(role="small")
        self.drawing = NeighbourhoodView()
        self.drawing.setFixedHeight(DRAWING)
        self.drawing.asked.connect(self._ask)
        self.filter = QLineEdit(placeholderText="Find a node: number, name or label")
        self.filter.setClearButtonEnabled(True)
        self.filter.setAccessibleName("Find a node")
        self.filter.textChanged.connect(self._narrow)
        self.model: RowsModel[int] = RowsModel(("Node", "Name", "Label"), self._texts)
        self.picked = plain_table(self.model, "Nodes of the graph", (52, 110))
        self.picked.setFixedHeight(LIST)
        self.picked.activated.connect(self._pick)
        self.picked.clicked.connect(self._pick)
        parts = (self.name, self.facts, self.drawing, self.filter, self.picked)
        filled(QVBoxLayout(self), *parts, spacing=4)
        loading.around_changed.connect(self._draw)
        loading.model_changed.connect(self._draw)

    def refresh(self) -> None:
        """The node, and the list of its graph."""
        given = self.loading.given
        if given is None or given.kind != "graph":
            return
        if given is self._shown:
            return
        self._shown = given
        self.name.setText(given.name)
        say(self.facts, "\n".join(filter(None, self._facts(given))))
        if given.graph is not self._graph:
            self._take(given.graph)
        self._draw()
        self._mark(given.node)

    def _facts(self, given: GraphInput) -> tuple[str, ...]:
        graph = given.graph
        label = "" if given.label is None else f"label {given.label_name}"
        degree = int(graph.adjacency.counts[given.node])
        own = int(graph.features.counts[given.node])
        place = place_of(self.loading)
        return (
            label,
            f"{degree} neighbours, {own} of {graph.features.columns:,} features",
            f"graph of {graph.nodes:,} nodes" + (f", {place} to test" if place else ""),
        )

    def _take(self, graph: Graph) -> None:
        """Another graph: what its nodes are searched by."""
        self._graph = graph
        self._searched = [" ".join(self._texts(node)).lower() for node in range(graph.nodes)]
        self.filter.clear()
        self._narrow()

    def _texts(self, node: int) -> tuple[str, str, str]:
        graph = self._graph
        if graph is None:
            return "", "", ""
        named = graph.node_names[node] if graph.node_names else ""
        label = "" if graph.labels is None else graph.class_names[int(graph.labels[node])]
        return str(node), named, label

    @Slot()
    def _narrow(self) -> None:
        """Show the nodes that match every word of the filter; a number means that node first."""
        if self._graph is None:
            return
        asked = self.filter.text().lower().split()
        found = [
            node for node, text in enumerate(self._searched) if all(word in text for word in asked)
        ]
        exact = [node for node in found if asked == [str(node)]]
        self.model.show_rows((*exact, *(node for node in found if node not in exact)))
        self.picked.setColumnHidden(1, not self._graph.node_names)
        self.picked.setColumnHidden(2, self._graph.labels is None)
        if self._shown is not None:
            self._mark(self._shown.node)

    def _mark(self, node: int) -> None:
        if node in self.model.rows:
            place = self.model.index(self.model.rows.index(node), 0)
            self.picked.setCurrentIndex(place)
            self.picked.scrollTo(place)
        else:
            self.picked.clearSelection()

    def show_chosen(self, chosen: int | None) -> None:
        """Its nodes have the accent, as in the plots."""
        if chosen != self._chosen:
            self._chosen = chosen
            self._draw()

    @Slot()
    def _draw(self) -> None:
        around, model = self.loading.around, self.loading.model
        if around is not None and model is not None and model.kind == "graph":
            from engine.figures.graph_layout import named_by

            around = named_by(around, model.class_names)
        self.drawing.show_figure(around, chosen=self._chosen)

    def _pick(self, index: Index) -> None:
        self._ask(self.model.rows[index.row()])

    @Slot(int)
    def _ask(self, node: int) -> None:
        if self._graph is not None and self._shown is not None and node != self._shown.node:
            self.wanted.emit(self._graph.spec(node))
