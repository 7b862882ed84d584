"""The histogram of a run: shares of the fresh votes, one half, and p lower."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy

from engine.core.rounding import round_down
from gui.playground.drawing import Drawing
from gui.playground.experiment import Experiment
from gui.playground.marks import color_of
from gui.style import theme as themes
from gui.style.theme import Theme


class BarsView(Drawing):
    """A bar for each class, its count at its end; the line is one half, the mark p lower.

    Args:
        experiment: whose votes are shown.
        bound: whether p lower is marked.
        selection: whether those of the first phase have a thin bar of their own, drawn to their n0.
    """

    stem: ClassVar[str] = "votes"

    def __init__(
        self, experiment: Experiment, *, bound: bool = True, selection: bool = False
    ) -> None:
        super().__init__()
        self._experiment, self._bounded, self._selection = experiment, bound, selection
        self.setAccessibleName("Votes")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        experiment.stood.connect(self._follow)
        experiment.ground.connect(self.updateGeometry)
        themes.registry.follow(self.retheme)

    def sizeHint(self) -> QSize:
        """A line for each class, and one below."""
        return QSize(240, (len(self._experiment.plane.names) + 1) * self._line())

    def minimumSizeHint(self) -> QSize:
        """As high, not as wide."""
        return QSize(160, self.sizeHint().height())

    def counts(self) -> tuple[int, ...]:
        """The fresh votes."""
        return self._experiment.standing.estimation.counts

    def retheme(self) -> None:
        """Another size of type needs other room."""
        self.updateGeometry()
        self.update()

    @Slot()
    def _follow(self) -> None:
        names, now = self._experiment.plane.names, self._experiment.standing
        phases = [("", now.estimation)] + [("; selection ", now.selection)] * self._selection
        said = ""
        for phase, votes in phases:
            pairs = zip(names, votes.counts, strict=True)
            said += phase + ", ".join(f"{name}: {count:,}" for name, count in pairs)
        self.setAccessibleDescription(said)
        self.update()

    def _line(self) -> int:
        return round(themes.current().px(21))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Names, bars, counts, lines."""
        theme, painter = themes.current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font("body"))
        names, counts = self._experiment.plane.names, self.counts()
        metrics, line, n = painter.fontMetrics(), self._line(), max(1, sum(counts))
        left = max(map(metrics.horizontalAdvance, names)) + 10
        width = max(20, self.width() - left - metrics.horizontalAdvance("1,000,000") - 8)
        thin = line // 4 if self._selection else 0
        right, center = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignVCenter
        ends = []
        for index, (name, count) in enumerate(zip(names, counts, strict=True)):
            row = QRectF(left, index * line, width * count / n, line)
            painter.fillRect(row.adjusted(0, 3, 0, -thin - 3), QColor(color_of(index, theme)))
            hatched = self._draw_selection(painter, theme, row, width, index) if thin else 0.0
            ends.append(left + max(row.width(), hatched))
            painter.setPen(QColor(theme.text))
            painter.drawText(QRectF(0, row.y(), left - 6, line), center | right, name)
        self._draw_lines(painter, theme, left, width)
        painter.setFont(theme.font("body"))
        for index, (end, count) in enumerate(zip(ends, counts, strict=True)):
            box = QRectF(end + 6, index * line, metrics.horizontalAdvance(f"{count:,}"), line)
            painter.fillRect(box.adjusted(-1, 3, 1, -3), QColor(theme.surface))  # not on a line
            painter.setPen(QColor(theme.text))
            painter.drawText(box, center, f"{count:,}")
        painter.end()

    def _draw_selection(
        self, painter: QPainter, theme: Theme, row: QRectF, width: float, index: int
    ) -> float:
        """The share of the first votes, hatched below the bar; how long it is."""
        votes, thin = self._experiment.standing.selection, row.height() // 4
        length = width * votes.counts[index] / max(1, votes.n)
        box = QRectF(row.left(), row.bottom() - thin - 3, length, thin)
        painter.fillRect(box, QBrush(QColor(theme.muted), Qt.BrushStyle.Dense4Pattern))
        return length

    def _draw_lines(self, painter: QPainter, theme: Theme, left: float, width: float) -> None:
        bounds, line = self._experiment.standing.bounds, self._line()
        foot = len(self._experiment.plane.names) * line
        half = left + width / 2
        painter.setPen(QPen(QColor(theme.muted), theme.px(1.2), Qt.PenStyle.DashLine))
        painter.drawLine(QLineF(half, 0, half, foot))
        painter.setFont(theme.font("small"))
        painter.setPen(QColor(theme.muted))
        center = Qt.AlignmentFlag.AlignHCenter
        near = False
        if bounds is not None and self._bounded:
            x, top = left + width * bounds.p_lower, bounds.top * line
            words = f"p lower {round_down(bounds.p_lower, 3)}"
            near = abs(x - half) < painter.fontMetrics().horizontalAdvance(words)
            color = QColor(theme.certified if bounds.p_lower > 0.5 else theme.runner_up)
            painter.setPen(QPen(color, theme.px(3)))
            painter.drawLine(QPointF(x, top + 1), QPointF(x, top + line - 1))
            painter.setPen(color)
            box = QRectF(min(x, self.width() - 60.0) - 100, foot, 200, line)
            painter.drawText(box, center, words)
        if not near:
            painter.setPen(QColor(theme.muted))
            painter.drawText(QRectF(half - 40, foot, 80, line), center, "1/2")
