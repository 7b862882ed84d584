"""A small drawing of a neighbourhood with a caption, touched nodes pointed out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.style import theme as themes
from gui.style.theme import set_role
from gui.widgets.elided import ElidedLabel
from gui.widgets.layouts import filled
from gui.widgets.neighbourhood import NeighbourhoodView, Rings

if TYPE_CHECKING:
    from engine.figures.media import GraphMedium


class GraphView(QWidget):
    """A neighbourhood above its caption; noisy samples have no legend.

    Attributes:
        drawing: the neighbourhood.
        caption: two lines at most, shortened where they have no room for it.
    """

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.drawing, self.caption = NeighbourhoodView(), ElidedLabel(lines=2)
        self.drawing.setMinimumSize(48, 48)
        self.drawing.setMouseTracking(False)  # nothing here can be clicked
        set_role(self.caption, "small")
        filled(QVBoxLayout(self), (self.drawing, 1), self.caption, spacing=2)

    def show_graph(
        self,
        graph: GraphMedium,
        caption: str,
        detail: str,
        ink: str,
        chosen: int | None = None,
    ) -> None:
        """Show a neighbourhood; ``detail`` is what the caption is short for."""
        theme, gone = themes.current(), graph.touch == "taken away"
        nodes = frozenset(touch.position for touch in graph.touches)
        rings = Rings(nodes, theme.muted if gone else getattr(theme, ink), hollow=gone)
        self.drawing.legend = graph.touch in ("", "changed")
        self.drawing.show_figure(graph.around, rings, chosen=chosen)
        self.caption.setText(caption)
        self.caption.set_whole(f"{caption}\n{detail}" if detail else "")
        self.setAccessibleName(caption)
        self.setAccessibleDescription(detail)
