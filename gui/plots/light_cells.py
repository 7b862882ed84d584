"""An exact map of contrast and brightness: cells certified, violated at their middle, or open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainterPath
from PySide6.QtWidgets import QGraphicsPathItem

from gui.plots.chart import tinted
from gui.plots.graphics import pg
from gui.plots.legend import Entry
from gui.plots.region_plot import RegionPlot, Step, attack_entries, certified_ink, certified_words
from gui.style import theme as themes
from gui.style.theme import Theme

if TYPE_CHECKING:
    from engine.figures.regions import RegionFigure
    from engine.regions import Perturbation
    from engine.regions.light_map import LightCells

_STEPS = 20
"""Steps of the arrow keys from the middle to an end."""
_MARGIN = 0.04
_DIGITS = 4
_SHARES = {"o": 0.25, "v": 0.45, "c": 0.6}
"""How much of its colour a cell has over the card, by its status."""
_CLEAR = 96
"""Of 255: a hatch over a tint is read through it."""


class LightCellsPlot(RegionPlot["LightCells"]):
    """Contrast to the right, brightness upwards, no change in the middle.

    A violated cell is hatched, too, so that no meaning rests on colour alone. Pointing at it shows
    the image under that change.
    """

    has_scale = False
    widest = "-0.0000"  # labels are signed, and hang between tick and name

    def build(self) -> None:
        """The cells, from the lowest to the uppermost, and the mark of no change."""
        self.cells = {status: QGraphicsPathItem() for status in ("o", "v", "c")}
        self.hatch = QGraphicsPathItem()
        self.frame_line = pg.PlotCurveItem()
        self.middle = pg.ScatterPlotItem(pxMode=True, symbol="+")
        self.asked_marks = pg.ScatterPlotItem(pxMode=True, symbol="d")
        self.asked_marks.setZValue(15)
        self.beside_lines: list[pg.PlotCurveItem] = []
        self.beside_attacks = pg.ScatterPlotItem(pxMode=True, symbol="x")
        self._drawn: object = None
        self.add(*self.cells.values(), self.hatch, self.frame_line, self.middle, self.asked_marks)
        self.add(self.beside_attacks)

    def draw(self, figure: RegionFigure[LightCells]) -> None:
        """The map as it stands; cells only where they are others."""
        needs, seen, theme = figure.needs, figure.seen, themes.current()
        text = seen.cells if seen is not None else ""
        if self._drawn != (needs, text):
            self._drawn = (needs, text)
            self._draw_cells(figure)
        asked = figure.asked
        self.asked_marks.setData(
            pos=[self.place_of(change) for change in asked],
            brush=[
                pg.mkBrush(theme.certified if figure.ask(change).certified else theme.surface)
                for change in asked
            ],
        )
        known = [
            Entry(certified_words(figure), certified_ink(figure, theme), share=_SHARES["c"]),
            Entry("violated: another answer", theme.danger, "fill", Qt.BrushStyle.BDiagPattern),
            Entry("open", theme.muted, share=_SHARES["o"]),
            *(entry for there, entry in attack_entries(figure, theme) if there),
        ]
        self._draw_beside(figure)
        inks = zip(figure.beside, self._inks(theme), strict=False)
        known += [Entry(one.words, ink, "line") for one, ink in inks]
        if asked:
            known.append(Entry("asked for (filled: certified)", theme.text, "dot"))
        self.legend.set_entries(known)

    @staticmethod
    def _inks(theme: Theme) -> tuple[str, ...]:
        """Of lines over the map."""
        return theme.accent, theme.runner_up, theme.text

    def _draw_beside(self, figure: RegionFigure[LightCells]) -> None:
        """The borders of smoothing certificates, and attacks on them."""
        while len(self.beside_lines) < len(figure.beside):
            self.beside_lines.append(pg.PlotCurveItem())
            self.beside_lines[-1].setZValue(12)
            self.add(self.beside_lines[-1])
            self.dress(themes.current())
        for place, item in enumerate(self.beside_lines):
            shown = place < len(figure.beside)
            line = figure.beside[place].outline if shown else ()
            item.setData([x for x, _ in line], [y for _, y in line])
        attacks = [one.attack for one in figure.beside if one.attack is not None]
        self.beside_attacks.setData(pos=attacks)

    def _draw_cells(self, figure: RegionFigure[LightCells]) -> None:
        needs, region = figure.needs, figure.seen
        paths = {status: QPainterPath() for status in self.cells}
        if region is None:
            first, second = needs.halves
            paths["o"].addRect(QRectF(-first, -second, 2 * first, 2 * second))
        else:
            leaves = region.leaves
            for status, ((low, high), (under, over)) in zip(
                leaves.status, leaves.boxes(*needs.halves).tolist(), strict=True
            ):
                paths[status].addRect(QRectF(low, under, high - low, over - under))
        for status, path in paths.items():
            self.cells[status].setPath(path)
        self.hatch.setPath(paths["v"])
        first, second = needs.halves
        corners = ((-first, -second), (first, -second), (first, second), (-first, second))
        x, y = zip(*corners, corners[0], strict=True)
        self.frame_line.setData(list(x), list(y))
        self.middle.setData(pos=[(0.0, 0.0)])
        for side, name in zip(("bottom", "left"), needs.names, strict=True):
            self.name_axis(side, name)
        ranges = {"xRange": (-first, first), "yRange": (-second, second)}
        self.view.setRange(**ranges, padding=_MARGIN)

    def dress(self, theme: Theme) -> None:
        """Pens, brushes and fonts."""
        super().dress(theme)
        line = self.pen(theme.surface, 0.8)
        colours = {"o": theme.muted, "v": theme.danger, "c": theme.certified}
        for status, colour in colours.items():
            self.cells[status].setPen(line)
            self.cells[status].setBrush(tinted(colour, _SHARES[status]))
        ink = QColor(theme.danger)
        ink.setAlpha(255 - _CLEAR)
        hatch = QBrush(ink, Qt.BrushStyle.BDiagPattern)
        self.hatch.setPen(pg.mkPen(None))
        self.hatch.setBrush(hatch)
        self.frame_line.setPen(self.pen(theme.text, 1.0))
        self.middle.setPen(self.pen(theme.text, 1.6))
        self.middle.setSize(theme.px(12))
        for place, item in enumerate(self.beside_lines):
            inks = self._inks(theme)
            item.setPen(self.pen(inks[place % len(inks)], theme.line + 1))
        self.beside_attacks.setBrush(theme.text)
        self.beside_attacks.setPen(self.pen(theme.surface, 1.0))
        self.beside_attacks.setSize(theme.px(13))
        self.asked_marks.setPen(self.pen(theme.text, 1.6))
        self.asked_marks.setSize(theme.px(13))

    def label(self) -> None:
        """The hatch keeps its size on the screen, whatever the axes are."""
        to = self.view.childGroup.sceneTransform()
        if to.isInvertible():
            brush = self.hatch.brush()
            brush.setTransform(to.inverted()[0])
            self.hatch.setBrush(brush)

    def in_words(self, figure: RegionFigure[LightCells]) -> str:
        """What is certified."""
        region = figure.region
        if region is None:
            found = "" if figure.seen is None else f" ({figure.seen.note()})"
            return f"Nothing is certified{found}."
        return f"Certified: {region.headline()} ({region.note()})."

    def told(self, change: Perturbation) -> str:
        """What is known of a change."""
        assert self.figure is not None
        region, words = self.figure.seen, self.needs.utmost.describe(change)
        status = None if region is None or self.figure.refuted else region.status(change)
        known = {
            "c": "certified",
            "v": "in a violated cell: the answer at its middle is another",
            "o": "in an open cell: neither certified nor violated",
        }
        return f"{words}: {known.get(status or '', 'nothing is known of it')}"

    def change_at(self, place: QPointF) -> Perturbation | None:
        """The change there; None outside the box."""
        values = (place.x(), place.y())
        halves = self.needs.halves
        if any(abs(value) > half for value, half in zip(values, halves, strict=True)):
            return None
        return self._change(*values)

    def beside(self, change: Perturbation | None, step: Step) -> Perturbation:
        """A step further, from no change on."""
        terms = self.needs.utmost.terms
        start = (0.0, 0.0) if change is None else tuple(change[term] for term in terms)
        moved = [
            min(max(value + by * half / _STEPS, -half), half)
            for value, by, half in zip(start, step, self.needs.halves, strict=True)
        ]
        return self._change(*moved)

    def place_of(self, change: Perturbation) -> tuple[float, float]:
        """Its two parameters."""
        first, second = (change[term] for term in self.needs.utmost.terms)
        return first, second

    def _change(self, first: float, second: float) -> Perturbation:
        terms = self.needs.utmost.terms
        values = (round(first, _DIGITS), round(second, _DIGITS))
        return dict(zip(terms, values, strict=True))
