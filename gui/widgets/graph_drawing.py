"""A small drawing of a neighbourhood with a caption, some of its nodes pointed out."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.figures import NeighbourhoodFigure
from gui.style.theme import set_role
from gui.widgets.elided import ElidedLabel
from gui.widgets.neighbourhood import NeighbourhoodView, Rings


class NodesView(QWidget):
    """A neighbourhood above its caption.

    Attributes:
        drawing: the neighbourhood.
        caption: one line, shortened where it does not fit.
    """

    def __init__(self, *, legend: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.drawing, self.caption = NeighbourhoodView(), ElidedLabel()
        self.drawing.setMinimumSize(48, 48)
        self.drawing.setMouseTracking(False)  # nothing here can be clicked
        self.drawing.legend = legend
        set_role(self.caption, "small")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.drawing, 1)
        column.addWidget(self.caption)

    def show_nodes(
        self, figure: NeighbourhoodFigure, rings: Rings, caption: str, *, detail: str = ""
    ) -> None:
        """Show a neighbourhood; ``detail`` is what the caption is short for."""
        self.drawing.show_figure(figure, rings)
        self.caption.setText(caption)
        self.caption.set_whole(f"{caption}\n{detail}" if detail else "")
        self.setAccessibleName(caption)
        self.setAccessibleDescription(detail)
