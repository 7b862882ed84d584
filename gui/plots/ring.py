"""A range of angles as a ring: what is certified, what was given up, and what is open."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath
from PySide6.QtWidgets import QGraphicsPathItem

from engine.core.rounding import round_down
from engine.figures.axes import term_ticks
from engine.regions.base import counted
from gui.plots.chart import dress_text, text_size, tinted
from gui.plots.graphics import pg
from gui.plots.legend import Entry
from gui.plots.region_plot import RegionPlot, Step, entries
from gui.plots.terms import trail_entries, trail_of
from gui.style import theme as themes
from gui.style.theme import Theme

if TYPE_CHECKING:
    from engine.figures.regions import RegionFigure
    from engine.regions import Perturbation
    from engine.regions.terms import Along, TermsMap

INNER, OUTER = 0.66, 0.92
"""Radii of the ring in a view from -1 to 1."""
_MARK = 0.07
"""Length of the mark of an anchor."""
_EDGE = 1.16
_LEAST = 70.0
"""Degrees of the ring, either way, that a narrow range is spread over."""
_STEPS = 40
"""Steps of the arrow keys from 0 to an end."""
_WANTED = 6
_SEEN = 1.5
"""Degrees of the ring that what was given up takes at least."""
_OPEN, _INSIDE, _GIVEN_UP = 0.22, 0.7, 0.8
"""How much of its colour a part of the ring has, over the card."""
_NEAR = 0.12
"""How far beside the ring a place still belongs to it."""


class RingPlot(RegionPlot["TermsMap"]):
    """The angles of a range along a ring, 0 at the top and counter-clockwise as the image turns.

    A range below 70 degrees is spread over that much of the ring, as on a gauge. No colour stands
    for a required p_lower, which is the same for all angles.
    """

    has_scale: ClassVar[bool] = False
    is_round: ClassVar[bool] = True

    def build(self) -> None:
        """Arcs from the lowest to the uppermost, marks and texts."""
        self.open, self.inside, self.failed = (QGraphicsPathItem() for _ in range(3))
        self.anchors = pg.PlotCurveItem(connect="pairs")
        self.ends = pg.PlotCurveItem(connect="pairs")
        self.asked_marks = pg.ScatterPlotItem(pxMode=True, symbol="d")
        self.asked_marks.setZValue(15)
        self.headline = pg.TextItem("", anchor=(0.5, 0.5))
        self.values = [pg.TextItem("", anchor=(0.5, 0.5)) for _ in range(2)]
        self.ticks: list[pg.TextItem] = []
        self.add(self.open, self.inside, self.failed, self.anchors, self.ends, self.asked_marks,
                 self.headline, *self.values)  # fmt: skip
        self.view.setAspectLocked(True)
        for side in ("left", "bottom"):
            self.plot.hideAxis(side)

    @property
    def axis(self) -> Along:
        """The term that turns; others have no place here."""
        return self.needs.axes[0]

    def draw(self, figure: RegionFigure[TermsMap]) -> None:
        """The ring as it stands."""
        theme, trail = themes.current(), trail_of(figure, self.axis)
        span = figure.needs.utmost
        self.open.setPath(self._arc(span.low, span.high))
        interval = figure.needs.interval(figure.region, self.axis.name)
        self.inside.setPath(QPainterPath() if interval is None else self._arc(*interval))
        given_up = QPainterPath()
        for low, high in trail.failed:
            far = max(high - low, _SEEN / self._spread())  # it is seen, however narrow
            given_up.addPath(self._arc(*((low, low + far) if high > 0 else (high - far, high))))
        self.failed.setPath(given_up)
        self._across(self.anchors, trail.anchors, OUTER - _MARK, OUTER)
        self._across(self.ends, interval or (), INNER - _MARK / 2, OUTER + _MARK / 2)
        asked = [change for change in figure.asked if change[self.axis.name]]
        self.asked_marks.setData(
            pos=[self.place_of(change) for change in asked],
            brush=[
                pg.mkBrush(theme.certified if figure.ask(change).certified else theme.surface)
                for change in asked
            ],
        )
        known = [
            *entries(figure, theme),
            *trail_entries([trail], theme),
            Entry("open", theme.muted),
        ]
        shares = {theme.certified: _INSIDE, theme.danger: _GIVEN_UP, theme.muted: _OPEN}
        known = [replace(entry, share=shares.get(entry.color, _INSIDE)) for entry in known]
        if asked:
            known.append(Entry("asked for (filled: certified)", theme.text, "dot"))
        self.legend.set_entries(known)
        lowest = INNER * math.cos(math.radians(min(180.0, span.high * self._spread())))
        foot = max(-_EDGE, min(-0.15, lowest - 0.35))
        self.view.setRange(xRange=(-_EDGE, _EDGE), yRange=(foot, _EDGE), padding=0)

    def dress(self, theme: Theme) -> None:
        """Pens, brushes and fonts."""
        super().dress(theme)
        for item, colour, share in (
            (self.open, theme.muted, _OPEN),
            (self.inside, theme.certified, _INSIDE),
            (self.failed, theme.danger, _GIVEN_UP),
        ):
            item.setPen(pg.mkPen(None))
            item.setBrush(tinted(colour, share))
        self.anchors.setPen(self.pen(theme.text, 1.0))
        self.ends.setPen(self.pen(theme.certified, theme.line + 1))
        self.asked_marks.setPen(self.pen(theme.text, 1.6))
        self.asked_marks.setSize(theme.px(13))
        dress_text(self.headline, theme.certified, role="label", bold=True, ground=None)
        for text in (*self.values, *self.ticks):
            certified = text in self.values
            dress_text(text, theme.certified if certified else theme.muted, bold=certified,
                       ground=None)  # fmt: skip

    def label(self) -> None:
        """The ends inside the ring, ticks around it, and the claim in its middle."""
        figure = self.figure
        if figure is None:
            return
        ticks = [(text, self.axis.low + share * (self.axis.high - self.axis.low))
                 for share, text in term_ticks(self.axis, _WANTED)]  # fmt: skip
        while len(self.ticks) < len(ticks):
            text = pg.TextItem("", anchor=(0.5, 0.5))
            dress_text(text, themes.current().muted, ground=None)
            self.ticks.append(text)
            self.add(text)
        for place, text in enumerate(self.ticks):
            text.setVisible(place < len(ticks))
            if place < len(ticks):
                text.setText(ticks[place][0])
                text.setPos(self._point(ticks[place][1], OUTER + 0.11))
        interval = figure.needs.interval(figure.region, self.axis.name)
        self._label_ends(interval)
        self.headline.setText(self._middle())
        self.headline.setVisible(text_size(self.headline)[0] < self.pixel_frame().w)
        self.headline.setPos(QPointF(0.0, 0.0))

    def _label_ends(self, interval: tuple[float, float] | None) -> None:
        """The certified ends; of a range so narrow that they would overlap, both in one label."""
        first, second = self.values
        for text, end in zip(self.values, interval or (0.0, 0.0), strict=True):
            text.setVisible(interval is not None)
            sign = "\N{MINUS SIGN}" if end < 0 else "+"
            text.setText(f"{sign}{round_down(abs(end), 1)}°")
            text.setPos(self._point(end, INNER - 0.16))
        if interval is None:
            return
        places = [self.spot(text.pos().x(), text.pos().y()) for text in self.values]
        (wide, tall), (other, _) = text_size(first), text_size(second)
        apart = places[0] - places[1]
        if abs(apart.x()) < (wide + other) / 2 + 4 and abs(apart.y()) < tall:
            low, high = (text.textItem.toPlainText() for text in self.values)
            first.setText(f"{low} to {high}")
            first.setPos(self._point(sum(interval) / 2, INNER - 0.16))
            second.setVisible(False)

    def change_at(self, place: QPointF) -> Perturbation | None:
        """The angle there; None beside the ring."""
        distance = math.hypot(place.x(), place.y())
        if not INNER - _NEAR <= distance <= OUTER + _NEAR:
            return None
        angle = math.degrees(math.atan2(-place.x(), place.y())) / self._spread()
        return self.needs.change(self.axis, min(max(angle, self.axis.low), self.axis.high))

    def beside(self, change: Perturbation | None, step: Step) -> Perturbation:
        """A step along the ring."""
        value = 0.0 if change is None else change[self.axis.name]
        by = (step[0] or step[1]) * self.axis.high / _STEPS
        return self.needs.change(self.axis, min(max(value + by, self.axis.low), self.axis.high))

    def place_of(self, change: Perturbation) -> tuple[float, float]:
        """In the middle of the ring's width."""
        point = self._point(change[self.axis.name], (INNER + OUTER) / 2)
        return point.x(), point.y()

    def _middle(self) -> str:
        assert self.figure is not None
        region = self.figure.region
        if region is None:
            return ""
        # more were asked: those that were halved, or lie beyond the first that failed
        return f"rests on {counted(len(region.anchors), 'anchors')}"

    def _spread(self) -> float:
        """Degrees of the ring for each of the range."""
        reach: float = self.needs.utmost.high
        return max(1.0, _LEAST / reach)

    def _point(self, angle: float, radius: float) -> QPointF:
        turn = math.radians(angle * self._spread())
        return QPointF(-radius * math.sin(turn), radius * math.cos(turn))

    def _arc(self, low: float, high: float) -> QPainterPath:
        """The part of the ring between two angles; Qt counts angles clockwise here, from the right.

        The view's second axis points up, and Qt's down: its angles change their sign.
        """
        path, spread = QPainterPath(), self._spread()
        if high <= low:
            return path
        first, sweep = -(90.0 + low * spread), -(high - low) * spread
        outer, inner = (QRectF(-r, -r, 2 * r, 2 * r) for r in (OUTER, INNER))
        path.arcMoveTo(outer, first)
        path.arcTo(outer, first, sweep)
        path.arcTo(inner, first + sweep, -sweep)
        path.closeSubpath()
        return path

    def _across(
        self, item: pg.PlotCurveItem, angles: tuple[float, ...], inner: float, outer: float
    ) -> None:
        """Short lines across the ring at some angles."""
        points = [self._point(angle, radius) for angle in angles for radius in (inner, outer)]
        item.setData([p.x() for p in points], [p.y() for p in points])
