"""For a set: certified accuracy over pixels and strength, a table for every scheme."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from engine.core.rounding import exact
from engine.figures.comparison import ShareFigure, percent
from gui.plots import candidate_key as key
from gui.plots.base import Plot
from gui.style import theme as themes
from gui.style.theme import mixed

_AXES = "pixels, at most →   epsilon ↑ · framed: the attacker"
_ACROSS = 2


class SharePlot(Plot[ShareFigure]):
    """Tables beside and below one another; the framed cells are those of the attacker."""

    stem: ClassVar[str] = "certified-accuracy"

    def __init__(self) -> None:
        super().__init__("Certified accuracy, percent")

    def make_body(self) -> QWidget:
        """The tables, drawn by hand."""
        self.tables = Tables()
        return self.tables

    def draw(self, figure: ShareFigure) -> None:
        """Show the shares."""
        self.tables.show_figure(figure)
        self.title.setText(figure.title)
        self.set_subtitle(_AXES)

    def under(self, at: QPoint) -> str:
        """The cell there in words."""
        return self.tables.told(QPointF(self.tables.mapFrom(self, at)))

    def summary(self) -> str:
        """How many tables of what size."""
        figure = self.figure
        if figure is None:
            return ""
        return (
            f"{figure.title}, for {', '.join(figure.names)}, for up to "
            f"{figure.entities[-1]} pixels and epsilon up to {exact(figure.epsilons[-1])}."
        )


class Tables(QWidget):
    """One table per candidate; hover for a cell in words."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.figure: ShareFigure | None = None
        self.setMinimumSize(200, 140)

    def show_figure(self, figure: ShareFigure) -> None:
        """Show these shares."""
        self.figure = figure
        self.update()

    def sizeHint(self) -> QSize:
        """Room for two tables side by side."""
        return QSize(420, 320)

    def panels(self) -> list[QRectF]:
        """Where the table of each candidate goes: heading, cells and axes."""
        count = len(self.figure.names) if self.figure else 0
        across = min(count, _ACROSS if count <= 2 * _ACROSS else 3) or 1
        down = max(1, -(-count // across))
        wide, tall = self.width() / across, self.height() / down
        return [
            QRectF((i % across) * wide, (i // across) * tall, wide - 8, tall - 6)
            for i in range(count)
        ]

    def cell(self, panel: QRectF, row: int, column: int) -> QRectF:
        """The place of a cell; row 0 is the lowest."""
        figure = self.figure
        assert figure is not None
        metrics = QFontMetricsF(themes.current().font("small"))
        labels = max(metrics.horizontalAdvance(exact(e)) for e in figure.epsilons) + 8
        line = metrics.height() + 2
        inside = panel.adjusted(labels, line + 4, 0, -line)
        wide = inside.width() / len(figure.entities)
        tall = inside.height() / len(figure.epsilons)
        top = inside.bottom() - (row + 1) * tall
        return QRectF(inside.left() + column * wide, top, wide, tall)

    def told(self, at: QPointF) -> str:
        """The cell there in words; empty beside the tables."""
        figure = self.figure
        if figure is None:
            return ""
        for name, shares, panel in zip(figure.names, figure.shares, self.panels(), strict=True):
            for row, epsilon in enumerate(figure.epsilons):
                for column, entities in enumerate(figure.entities):
                    share = shares[row][column]
                    if share is not None and self.cell(panel, row, column).contains(at):
                        pixels = "1 pixel" if entities == 1 else f"{entities} pixels"
                        return (
                            f"{name}: {percent(share)} % certified for up to {pixels}, "
                            f"together at most {exact(epsilon)}"
                        )
        return ""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Every table."""
        if self.figure is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for index, panel in enumerate(self.panels()):
            self._paint_heading(painter, index, panel)
            self._paint_cells(painter, index, panel)
            self._paint_axes(painter, panel)

    def _paint_heading(self, painter: QPainter, index: int, panel: QRectF) -> None:
        assert self.figure is not None
        theme = themes.current()
        font = theme.font("small", bold=True)
        metrics, room = QFontMetricsF(font), theme.px(16)
        line = QRectF(panel.left() + room, panel.top(), panel.width() - room, metrics.height())
        centre = QPointF(panel.left() + room / 2, line.center().y())
        key.paint_mark(painter, index, centre, theme.px(4.5))
        painter.setFont(font)
        painter.setPen(QColor(theme.text))
        name = metrics.elidedText(
            self.figure.names[index], Qt.TextElideMode.ElideRight, line.width()
        )
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, name)

    def _paint_cells(self, painter: QPainter, index: int, panel: QRectF) -> None:
        assert self.figure is not None
        theme, figure = themes.current(), self.figure
        painter.setFont(theme.font("small"))
        metrics = QFontMetricsF(painter.font())
        for row, shares in enumerate(figure.shares[index]):
            for column, share in enumerate(shares):
                box = self.cell(panel, row, column)
                fill = mixed(theme.accent, theme.surface, share or 0.0)
                painter.fillRect(box.adjusted(0, 0, -1, -1), fill)
                fits = metrics.horizontalAdvance("100") < box.width() - 2
                if fits and metrics.ascent() < box.height():
                    painter.setPen(readable(fill, QColor(theme.text), QColor(theme.on_accent)))
                    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, percent(share))
        if figure.framed is not None:
            frame = self.cell(panel, *figure.framed).adjusted(0, 0, -1, -1)
            painter.setPen(QPen(QColor(theme.text), theme.px(2)))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(frame)

    def _paint_axes(self, painter: QPainter, panel: QRectF) -> None:
        assert self.figure is not None
        theme, figure = themes.current(), self.figure
        painter.setFont(theme.font("small"))
        painter.setPen(QColor(theme.muted))
        tall = QFontMetricsF(painter.font()).height()
        every = max(1, -(-int(tall) // max(1, int(self.cell(panel, 0, 0).height()))))
        for row, epsilon in enumerate(figure.epsilons):
            if row % every == 0:
                box = self.cell(panel, row, 0)
                beside = QRectF(panel.left(), box.center().y() - tall / 2, 0, tall)
                beside.setRight(box.left() - 4)
                painter.drawText(beside, Qt.AlignmentFlag.AlignRight, exact(epsilon))
        for column, entities in enumerate(figure.entities):
            box = self.cell(panel, 0, column)
            below = QRectF(box.left(), box.bottom() + 1, box.width(), tall)
            painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, str(entities))


def readable(ground: QColor, *inks: QColor) -> QColor:
    """The ink with the strongest contrast (WCAG 2) to what it is written on."""
    under = luminance(ground)

    def contrast(ink: QColor) -> float:
        low, high = sorted((under, luminance(ink)))
        return (high + 0.05) / (low + 0.05)

    return max(inks, key=contrast)


def luminance(color: QColor) -> float:
    """Relative luminance, 0 to 1 (WCAG 2)."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (color.redF(), color.greenF(), color.blueF())
    ]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
