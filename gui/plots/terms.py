"""The picture for every kind of region: a strip for each term, with what is certified over it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt

from engine.core.late import np
from engine.figures.axes import term_ticks
from engine.regions.region import Trail
from gui.plots.chart import dress_text, text_size, tinted
from gui.plots.graphics import pg
from gui.plots.heat import heat_image
from gui.plots.labels import Box
from gui.plots.legend import Entry
from gui.plots.region_plot import RegionPlot, Step, entries
from gui.style import theme as themes
from gui.style.theme import Theme

if TYPE_CHECKING:
    from engine.figures.regions import RegionFigure
    from engine.regions import Perturbation
    from engine.regions.terms import Along, TermsMap

_LOW, _HIGH = 0.30, 0.68
"""Foot and top of a strip within its row, which is 1 high."""
_STEPS = 40
"""Steps of the arrow keys from end to end of a measure."""
_EDGE, _BEYOND = 0.03, 0.05
_MARK = 0.07
"""Height of the mark of an anchor."""
_WANTED = 6
"""Ticks of a strip."""
_SEEN = 0.02
"""Of the strip that what was given up takes at least."""


@dataclass
class _Strip:
    """The items of one term."""

    image: pg.ImageItem = field(default_factory=lambda: pg.ImageItem(axisOrder="row-major"))
    inside: pg.PlotCurveItem = field(default_factory=lambda: pg.PlotCurveItem(fillLevel=0.0))
    casing: pg.PlotCurveItem = field(default_factory=lambda: pg.PlotCurveItem(connect="pairs"))
    ends: pg.PlotCurveItem = field(default_factory=lambda: pg.PlotCurveItem(connect="pairs"))
    failed: pg.PlotCurveItem = field(default_factory=lambda: pg.PlotCurveItem(fillLevel=0.0))
    anchors: pg.PlotCurveItem = field(default_factory=lambda: pg.PlotCurveItem(connect="pairs"))
    zero: pg.PlotCurveItem = field(default_factory=lambda: pg.PlotCurveItem())
    reach: pg.PlotCurveItem = field(default_factory=lambda: pg.PlotCurveItem(connect="pairs"))
    provisional: pg.PlotCurveItem = field(default_factory=lambda: pg.PlotCurveItem(connect="pairs"))
    name: pg.TextItem = field(default_factory=lambda: pg.TextItem("", anchor=(0.0, 0.5)))
    values: list[pg.TextItem] = field(
        default_factory=lambda: [pg.TextItem("", anchor=(0.5, 1.0)) for _ in range(2)]
    )
    ticks: list[pg.TextItem] = field(default_factory=list)

    def lines(self) -> tuple[pg.GraphicsObject, ...]:
        """What is drawn in data units, from the lowest to the uppermost."""
        return (self.image, self.inside, self.failed, self.anchors, self.zero, self.reach,
                self.provisional, self.casing, self.ends, self.name, *self.values)  # fmt: skip


class TermsPlot(RegionPlot["TermsMap"]):
    """What is certified of each term alone, over the p_lower that is required along it.

    The view is 1 wide; each term has a row of height 1, the first on top.
    """

    def build(self) -> None:
        """The marks of what was asked; strips come with the first figure."""
        self.strips: list[_Strip] = []
        self._drawn: tuple[TermsMap, Theme] | None = None
        self.asked_marks = pg.ScatterPlotItem(pxMode=True, symbol="d")
        self.asked_marks.setZValue(15)
        self.add(self.asked_marks)
        for side in ("left", "bottom"):
            self.plot.hideAxis(side)

    def draw(self, figure: RegionFigure[TermsMap]) -> None:
        """Every term as it stands; strips only when the map is another one."""
        needs, theme = figure.needs, themes.current()
        if self._drawn is None or self._drawn[0] is not needs or self._drawn[1] is not theme:
            self._drawn = (needs, theme)
            self._draw_strips(needs, theme)
        for row, (axis, strip) in enumerate(zip(needs.axes, self.strips, strict=True)):
            foot = float(len(needs.axes) - 1 - row)
            interval = needs.interval(figure.region, axis.name)
            self._draw_interval(strip, axis, interval, foot)
            self._draw_trail(strip, axis, trail_of(figure, axis), foot)
            beside = ((strip.reach, figure.reach), (strip.provisional, figure.provisional))
            for item, p in beside:
                ends = None if p is None else axis.reach(p)
                item.setData(*_ticks_at(_ends(axis, ends), foot))
        asked = [(change, axis, row) for change in figure.asked
                 for row, axis in enumerate(needs.axes) if change[axis.name]]  # fmt: skip
        fill = [theme.certified if figure.ask(c).certified else theme.surface for c, _, _ in asked]
        self.asked_marks.setData(
            pos=[(axis.share(c[axis.name]), self._middle(row)) for c, axis, row in asked],
            brush=[pg.mkBrush(colour) for colour in fill],
        )
        known = entries(figure, theme)
        known += trail_entries([trail_of(figure, axis) for axis in needs.axes], theme)
        if asked:
            known.append(Entry("asked for (filled: certified)", theme.text, "dot"))
        self.legend.set_entries(known)

    def dress(self, theme: Theme) -> None:
        """Pens, brushes and fonts."""
        super().dress(theme)
        self.asked_marks.setPen(self.pen(theme.text, 1.6))
        self.asked_marks.setSize(theme.px(13))
        for strip in self.strips:
            self._dress(strip, theme)

    def label(self) -> None:
        """Names, ends and ticks, in pixels around their strips."""
        figure, frame = self.figure, self.pixel_frame()
        if figure is None or frame.w < 10 or len(self.strips) != len(figure.needs.axes):
            return
        for row, (axis, strip) in enumerate(zip(figure.needs.axes, self.strips, strict=True)):
            foot = self.spot(0.0, self._middle(row) - (_HIGH - _LOW) / 2)
            above = self.spot(0.0, self._middle(row) + (_HIGH - _LOW) / 2 + _BEYOND)
            left, right = self.spot(0.0, 0.0).x(), self.spot(1.0, 0.0).x()
            own = axis.term.unit.startswith(axis.name)  # "brightness in [0,1]" says it all
            strip.name.setText(axis.term.unit if own else axis.name_in_full())
            height = text_size(strip.name)[1]
            self.put(strip.name, left - 4, above.y() - 1.4 * height)
            interval = figure.needs.interval(figure.region, axis.name)
            self._label_ends(strip, axis, interval, Box(left, above.y(), right - left, height))
            for text, (share, _) in zip(strip.ticks, term_ticks(axis, _WANTED), strict=True):
                self.put(text, self.spot(share, 0.0).x(), foot.y() + 3)

    def change_at(self, place: QPointF) -> Perturbation | None:
        """The value there of the term there."""
        needs = self.needs
        row = len(needs.axes) - 1 - int(np.floor(place.y()))
        if not 0 <= row < len(needs.axes) or not 0.0 <= place.x() <= 1.0:
            return None
        axis = needs.axes[row]
        return needs.change(axis, axis.value(place.x()))

    def beside(self, change: Perturbation | None, step: Step) -> Perturbation:
        """A step along the term, or another term."""
        needs = self.needs
        row = 0 if change is None else self._row(change)
        axis = needs.axes[min(max(row - step[1], 0), len(needs.axes) - 1)]
        value = 0.0 if change is None else change[axis.name]
        size = 1.0 if axis.term.whole else (axis.high - axis.low) / _STEPS
        return needs.change(axis, axis.value(axis.share(value + step[0] * size)))

    def place_of(self, change: Perturbation) -> tuple[float, float]:
        """On the strip of the term that is changed."""
        row = self._row(change)
        axis = self.needs.axes[row]
        return axis.share(change[axis.name]), self._middle(row)

    def _row(self, change: Perturbation) -> int:
        changed = (row for row, axis in enumerate(self.needs.axes) if change[axis.name])
        return next(changed, 0)

    def _middle(self, row: int) -> float:
        return len(self.strips) - 1 - row + (_LOW + _HIGH) / 2

    def _draw_strips(self, needs: TermsMap, theme: Theme) -> None:
        for strip in self.strips:
            for item in (*strip.lines(), *strip.ticks):
                self.plot.removeItem(item)
        self.strips = [_Strip() for _ in needs.axes]
        for row, (axis, strip) in enumerate(zip(needs.axes, self.strips, strict=True)):
            foot = float(len(needs.axes) - 1 - row)
            strip.ticks = [
                pg.TextItem(text, anchor=(0.5, 0.0)) for _, text in term_ticks(axis, _WANTED)
            ]
            self.add(*strip.lines(), *strip.ticks)
            image = heat_image(axis.required[None, :], theme)
            strip.image.setImage(image, autoLevels=False, levels=(0, 255))
            strip.image.setRect(QRectF(0.0, foot + _LOW, 1.0, _HIGH - _LOW))
            at = [axis.share(0.0)] * 2 if axis.term.signed else []
            strip.zero.setData(at, [foot + _LOW, foot + _HIGH][: len(at)])
            strip.inside.setFillLevel(foot + _LOW)
            self._dress(strip, theme)
        x_range, y_range = (-_EDGE, 1.0 + _EDGE), (0.0, float(len(needs.axes)))
        self.view.setRange(xRange=x_range, yRange=y_range, padding=0)

    def _draw_interval(
        self, strip: _Strip, axis: Along, interval: tuple[float, float] | None, foot: float
    ) -> None:
        ends = _ends(axis, interval)
        strip.inside.setVisible(bool(ends))
        if interval is not None:
            low, high = axis.shares(interval)
            strip.inside.setData([low, high], [foot + _HIGH] * 2)
        for item in (strip.casing, strip.ends):
            item.setData(*_ticks_at(ends, foot))

    def _draw_trail(self, strip: _Strip, axis: Along, trail: Trail, foot: float) -> None:
        """Anchors as short marks at the foot of the strip, what was given up across it."""
        x, y = list[float](), list[float]()
        for low, high in trail.failed:
            left, right = axis.share(low), axis.share(high)
            if right - left < _SEEN:  # it is seen, however narrow, on its side away from 0
                left, right = (left, left + _SEEN) if high > 0 else (right - _SEEN, right)
            x += [left, left, right, right]
            y += [foot + _LOW, foot + _HIGH, foot + _HIGH, foot + _LOW]
        strip.failed.setFillLevel(foot + _LOW)
        strip.failed.setData(x, y)
        x = [axis.share(value) for value in trail.anchors for _ in range(2)]
        strip.anchors.setData(x, [foot + _LOW, foot + _LOW + _MARK] * len(trail.anchors))

    def _label_ends(
        self, strip: _Strip, axis: Along, interval: tuple[float, float] | None, box: Box
    ) -> None:
        """The certified values above their ends, apart from one another."""
        for text in strip.values:
            text.setVisible(False)
        if interval is None:
            return
        edge = box.x
        for text, end, shown in zip(strip.values, interval, (axis.term.signed, True), strict=True):
            text.setText(axis.end_in_words(end))
            width = text_size(text)[0]
            place = self.spot(axis.share(end + (0.5 if axis.term.whole else 0.0)), 0.0).x()
            left = min(max(place - width / 2, edge), box.x + box.w - width / 2)
            edge = left + width if shown else edge
            text.setVisible(shown)
            self.put(text, left + width / 2, box.y + 2)

    def _dress(self, strip: _Strip, theme: Theme) -> None:
        strip.inside.setPen(pg.mkPen(None))
        strip.inside.setBrush(tinted(theme.certified, 0.42))
        strip.casing.setPen(self.pen(theme.surface, theme.line + 4))
        strip.ends.setPen(self.pen(theme.certified, theme.line + 1))
        strip.failed.setPen(pg.mkPen(None))
        strip.failed.setBrush(tinted(theme.danger, 0.6))
        strip.anchors.setPen(self.pen(theme.text, 1.0))
        strip.zero.setPen(self.pen(theme.text, 1.0))
        strip.reach.setPen(self.pen(theme.text, 1.4, Qt.PenStyle.DashLine))
        strip.provisional.setPen(self.pen(theme.accent, theme.line, Qt.PenStyle.DotLine))
        for text, ink, bold in (
            (strip.name, theme.text, True),
            *((value, theme.certified, True) for value in strip.values),
            *((tick, theme.muted, False) for tick in strip.ticks),
        ):
            dress_text(text, ink, bold=bold, ground=None)


def trail_of(figure: RegionFigure[TermsMap], axis: Along) -> Trail:
    """What the run has left along a term; nothing without a region."""
    found: Trail = Trail() if figure.region is None else figure.region.trail(axis.name)
    return found


def trail_entries(trails: list[Trail], theme: Theme) -> list[Entry]:
    """What the marks of a run along a term mean."""
    known = (
        (any(trail.anchors for trail in trails), Entry("anchors", theme.text, "line")),
        (any(trail.failed for trail in trails), Entry("given up", theme.danger)),
    )
    return [entry for there, entry in known if there]


def _ends(axis: Along, interval: tuple[float, float] | None) -> list[float]:
    """Where an interval ends on the strip; sizes have no end at 0."""
    if interval is None:
        return []
    low, high = axis.shares(interval)
    return [low, high] if axis.term.signed else [high]


def _ticks_at(places: list[float], foot: float) -> tuple[list[float], list[float]]:
    """Upright lines across a strip and a little above it, as pairs of points; ticks stand below."""
    x = [place for place in places for _ in range(2)]
    return x, [foot + _LOW, foot + _HIGH + _BEYOND] * len(places)
