"""What does it mean, for a node of a graph: which nodes noise and an attack touch."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from gui.plots.perturbation_slider import ChangingPlot, change_caption
from gui.style import theme as themes
from gui.style.theme import set_role
from gui.widgets.graph_drawing import NodesView
from gui.widgets.neighbourhood import Rings

if TYPE_CHECKING:
    from engine.figures import NodeSample, NodesFigure
    from engine.regions import Perturbation

_WIDE = 1.6
"""Wider than this many heights, noisy samples stand beside the change, else below it."""
_LISTED = 6
"""Nodes that are listed below the drawing; the others are counted, and in the tooltip."""


class NodesPlot(ChangingPlot["NodesFigure"]):
    """The neighbourhood after a change of a certified size, and noisy samples of it.

    Attributes:
        changed: the neighbourhood with the attacked nodes pointed out.
        noisy: the noisy samples.
        heading: above them.
        listed: what the attack does to each node.
    """

    stem: ClassVar[str] = "nodes"

    def make_body(self) -> QWidget:
        """The drawings; those of noisy samples are made as they come."""
        body = super().make_body()
        self.changed = NodesView(parent=self.images)
        self.noisy: list[NodesView] = []
        self.listed, self.heading = (
            QLabel(),
            QLabel("Noisy samples, and what the base model answers"),
        )
        for label in (self.listed, self.heading):
            label.setWordWrap(True)
            set_role(label, "small")
        self._wide: bool | None = None
        self._grid = QGridLayout(self.images)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(6)
        column = body.layout()
        if column is not None:
            column.removeWidget(self.slider)
            column.addWidget(self.listed)
            column.addWidget(self.slider)
        return body

    def draw(self, figure: NodesFigure) -> None:
        """All drawings with their captions."""
        while len(self.noisy) < len(figure.samples):
            self.noisy.append(NodesView(legend=False, parent=self.images))
            self._wide = None
        for i, view in enumerate(self.noisy):
            view.setVisible(i < len(figure.samples))
        for view, sample in zip(self.noisy, figure.samples, strict=False):
            self._draw_sample(view, sample, figure)
        color = themes.current().runner_up
        self.changed.show_nodes(
            figure.around, Rings(frozenset(), color), f"without noise: {figure.answer}"
        )
        self.listed.hide()
        self.offer_changes()
        self.tell_noise(figure.noise_in_words)
        self._arrange()

    def summary(self) -> str:
        """The captions in words."""
        figure = self.figure
        if figure is None:
            return ""
        answers = ", ".join(sample.answer for sample in figure.samples)
        words = f"{self.changed.caption.text()}; noisy samples that the base model calls {answers}."
        return f"{words} {self.listed.text()}" if not self.listed.isHidden() else words

    def show_change(self, change: Perturbation) -> None:
        """Show the nodes that an attack of this size touches, certified or not."""
        figure = self.figure
        touches = figure.touched(change) if figure is not None else None
        if figure is None or figure.attack is None or touches is None:
            return
        self.slider.follow(change)
        nodes = frozenset(touch.position for touch in touches)
        caption, told = change_caption(figure.region, change), figure.told(touches)
        rings = Rings(nodes, themes.current().runner_up)
        self.changed.show_nodes(
            figure.around, rings, caption, detail=f"{figure.attack.how}\n{told}"
        )
        answer = figure.answer_after(change)
        said = f"The base model answers {answer}." if answer else ""
        few = figure.told(touches[:_LISTED]) or "No flip within these limits helps the attack"
        more = len(touches) - _LISTED
        self.listed.setText(f"{few}{f'; {more} more' if more > 0 else ''}. {said}")
        self.listed.setToolTip(told if more > 0 else "")
        self.listed.show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size may want another arrangement."""
        super().resizeEvent(event)
        if self.figure is not None:
            self._arrange()

    def _draw_sample(self, view: NodesView, sample: NodeSample, figure: NodesFigure) -> None:
        theme, gone = themes.current(), sample.mark == "taken away"
        nodes = frozenset(touch.position for touch in sample.touches)
        rings = Rings(nodes, theme.muted if gone else theme.accent, hollow=gone)
        added, removed = (
            sum(t.added for t in sample.touches),
            sum(t.removed for t in sample.touches),
        )
        count = f"{len(nodes)} of {len(figure.around.nodes)} nodes"
        told = f"{count} taken away" if gone else f"{count} noised: +{added} features, -{removed}"
        detail = f"One noisy sample; the base model answers {sample.answer}. {told}."
        view.show_nodes(figure.around, rings, sample.answer, detail=detail)

    def _arrange(self) -> None:
        wide = self.width() > _WIDE * self.height()
        if wide == self._wide:
            return
        self._wide = wide
        for view in (self.changed, self.heading, *self.noisy):
            self._grid.removeWidget(view)
        count, top = max(1, len(self.noisy)), 0 if wide else 1
        self._grid.addWidget(self.changed, 0, 0, 2 if wide else 1, 1 if wide else count)
        self._grid.addWidget(self.heading, top, int(wide), 1, count)
        for i, view in enumerate(self.noisy):
            self._grid.addWidget(view, top + 1, i + wide)
        for row, stretch in enumerate((0, 1, 0) if wide else (3, 0, 2)):
            self._grid.setRowStretch(row, stretch)
        for i in range(count + 1):
            self._grid.setColumnStretch(i, 2 if wide and not i else int(wide or i < count))
