"""The bounds as they stood over n: what may be claimed, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QPoint, QSignalBlocker, Qt

from engine.core.late import np
from engine.core.text import class_in_words
from engine.schemes.ranked import threshold_mark
from gui.plots.chart import Chart, dress_text, text_size, tinted
from gui.plots.graphics import pg
from gui.plots.labels import Box, Steady, place
from gui.style import theme as themes
from gui.style.theme import Theme

if TYPE_CHECKING:
    from engine.evidence.evidence import Evidence, TrajectoryPoint
    from engine.evidence.settings import RunSettings
    from engine.figures.bounds import BoundsFigure

_NO_BOUNDS = {
    "predict": "A prediction is one test, at its planned n: there is no bound over n.",
    "measure": "Medians are bounded by ranks of the answers: there is no probability to bound.",
    "sweep": "Each anchor has a bound of its own: they appear here as anchors are decided.",
}
"""Why a run has no bound over n, by the kind of its settings."""
_NO_BOUND_OF_MAP = "Each cell is bounded by itself, and no probability: there is no bound over n."
_EASE = 0.25
"""Part of the way to its target that the y range goes with each new figure."""
_STEADY = 0.04
"""The y range stays while its ends are within so much of where they should be, as a part of it: an
axis that follows every vote trembles, and is laid out anew with each frame."""
_EDGE = 0.02
"""Part of the axis of n that is left beside what is drawn."""
_SAMPLED = 40
_KEPT = 3.0
"""Pixels by which an end may move before labels are placed anew, less than they keep clear."""
_IGNORED = 0.08
"""The first points (as a part of n so far) swing widely and do not set the y range."""
_COMPUTED = "computed"
"""Method of a bound that rests on no votes."""


def ends_of(played: Evidence | None) -> tuple[int, int] | None:
    """The n at the ends of the first and the last block of a run that is replayed."""
    blocks = played.chain.blocks if played is not None and played.chain is not None else ()
    return (blocks[0].n, sum(block.n for block in blocks)) if blocks else None


def no_bounds(settings: RunSettings | None) -> str:
    """Why a run has no bound over n; empty where one comes with the votes."""
    if settings is None:
        return ""
    if settings.scheme.computed and settings.scheme.reads == "network":
        return _NO_BOUND_OF_MAP
    return _NO_BOUNDS.get(settings.kind, "")


class BoundsPlot(Chart["BoundsFigure"]):
    """p_lower (solid where it may be claimed, dashed where provisional) and p_upper over n."""

    stem: ClassVar[str] = "bounds"
    _span: tuple[int, int] | None = None

    def __init__(self) -> None:
        super().__init__("What may be claimed, over n")
        self.menu.addSeparator()
        self.log_action = self.menu.addAction("Logarithmic n")
        self.log_action.setCheckable(True)
        self.log_action.setChecked(True)
        self.log_action.toggled.connect(self.set_log)

    def build(self) -> None:
        """Curves, lines and labels."""
        self.claimed, self.provisional, self.fixed, self.upper = (
            pg.PlotCurveItem(antialias=True, connect="finite") for _ in range(4)
        )
        self.floor = pg.PlotCurveItem(connect="finite")
        self.margin = pg.FillBetweenItem(self.claimed, self.floor)
        self.half = pg.InfiniteLine(pos=0.5, angle=0)
        self.planned = pg.InfiniteLine(pos=1.0, angle=90)
        self.ends = tuple(pg.ScatterPlotItem([0.0], [0.0], symbol=mark) for mark in "od")
        self._ended: object = None
        self.half_label, self.planned_label = pg.TextItem("1/2"), pg.TextItem("")
        self.lower_label, self.upper_label = pg.TextItem(""), pg.TextItem("")
        self.fixed_label = pg.TextItem("")
        self._log, self._y = True, (0.0, 1.0)
        self._drawn: object = None
        self._laid = Steady(_KEPT)
        self.add(self.margin, self.half, self.planned, self.upper, self.fixed,
                 self.provisional, self.claimed, *self.ends, *self._texts())  # fmt: skip
        self.plot.getAxis("left").setTickDensity(0.6)
        self.plot.getAxis("bottom").setLogMode(True)
        self.name_axis("bottom", "n")

    def axes(self) -> dict[str, pg.AxisItem]:
        """Counts along the bottom."""
        from gui.plots.axes import CountAxis  # it loads pyqtgraph

        return {"bottom": CountAxis("bottom")}

    def draw(self, figure: BoundsFigure) -> None:
        """Curves from the points; points that may not be claimed go to the dashed one."""
        n = np.array([p.n for p in figure.points], dtype=float)
        x = self._x(n)
        p_lower = np.array([p.p_lower for p in figure.points], dtype=float)
        p_upper = np.array([p.p_upper for p in figure.points], dtype=float)
        valid = np.array([p.valid for p in figure.points], dtype=bool)
        needed = np.array([p.p_lower for p in figure.provisional], dtype=float)
        self._set_range(figure, n, p_lower, needed if figure.anchored else p_upper)
        each = f"{figure.method} bound{' at each anchor' if figure.anchored else ''}"
        words = (each, class_in_words(figure.top_name), figure.noise)
        self.set_subtitle(" · ".join(filter(None, words)) if figure.points else "")
        drawn = self._pixels(figure, x, p_lower, p_upper, valid)
        if drawn == self._drawn:
            return
        self._drawn = drawn
        claimed = np.where(valid, p_lower, np.nan)
        self.half.setValue(figure.threshold)
        self.half_label.setText(threshold_mark(figure.threshold))
        with QSignalBlocker(self.claimed):  # else the fill is made twice
            self.claimed.setData(x, claimed)
        self.floor.setData(x, np.where(valid, np.minimum(figure.threshold, p_lower), np.nan))
        self.provisional.setData(x, np.where(_with_neighbours(~valid), p_lower, np.nan))
        self.upper.setData(x, p_upper)
        fixed = figure.provisional
        self.fixed.setData(
            self._x(np.array([p.n for p in fixed], dtype=float)),
            np.array([p.p_lower for p in fixed], dtype=float),
        )
        self.planned.setValue(self._x_of(figure.n_plan))
        self._draw_ends(x, p_lower, p_upper, valid)
        for item in (self.planned, self.upper, self.ends[1]):  # each anchor has one p_lower
            item.setVisible(not figure.anchored and len(x) > 0)

    def _pixels(
        self,
        figure: BoundsFigure,
        x: np.ndarray,
        p_lower: np.ndarray,
        p_upper: np.ndarray,
        valid: np.ndarray,
    ) -> object:
        """What the curves look like, in half pixels: late in a run most frames change nothing."""
        curves = (x, p_lower, p_upper)
        places = tuple(
            np.rint(2 * along).tobytes() for y in curves[1:] for along in self.spots(x, y)
        )
        lines = (figure.threshold, figure.n_plan, len(figure.provisional), self._log)
        return places, valid.tobytes(), lines, self.pixel_frame(), themes.current()

    def dress(self, theme: Theme) -> None:
        """Pens and fonts."""
        dash, dot = Qt.PenStyle.DashLine, Qt.PenStyle.DotLine
        self.claimed.setPen(self.pen(theme.accent, theme.line))
        self.provisional.setPen(self.pen(theme.accent, theme.line, dash))
        self.fixed.setPen(self.pen(theme.muted, 1.4, dash))
        self.upper.setPen(self.pen(theme.runner_up, theme.line))
        self.floor.setPen(None)
        self.margin.setBrush(tinted(theme.accent, 0.16))
        self.half.setPen(self.pen(theme.muted, 1.2, dash))
        self.planned.setPen(self.pen(theme.muted, 1.2, dot))
        inks = (theme.accent, theme.runner_up, theme.muted, theme.muted, theme.muted)
        for text, ink in zip(self._texts(), inks, strict=True):
            dress_text(text, ink, bold=text is self.lower_label)

    def summary(self) -> str:
        """The last bounds in words."""
        if self.figure is None or not self.figure.points:
            return "No estimation votes yet."
        lower, upper = _texts(self.figure)
        n = self.figure.points[-1].n
        return f"After {n:,} of {self.figure.n_plan:,} votes: {lower}; {upper}.".replace("\n", ", ")

    def under(self, at: QPoint) -> str:
        """Both bounds as they stood at the nearest n."""
        place, figure = self.place_under(at), self.figure
        if place is None or figure is None or not figure.points:
            return ""
        x = self._x(np.array([p.n for p in figure.points], dtype=float))
        return _stood(figure.points[int(np.abs(x - place.x()).argmin())], figure)

    def label(self) -> None:
        """Put the labels at the ends of their lines, never on one another."""
        figure, frame = self.figure, self.pixel_frame()
        if figure is None or frame.w < 10:
            return
        self._set_texts(figure, frame)
        texts = [t for t in self._texts() if t.toPlainText() and t is not self.fixed_label]
        sizes = [(text, text_size(text)) for text in texts]
        if self._laid.holds((frame, sizes), self._ends_at(figure)):
            return
        wishes, curves = [self._wishes(text, frame) for text in texts], self._curve_boxes()
        boxes = place(wishes, frame, avoid=curves, slide=frame.h / 2)
        self.put_all(texts, boxes)
        if self.fixed_label.toPlainText():  # rather left out than laid over a bound
            taken = [*filter(None, boxes), *curves, self._half_line(frame)]
            wishes = [self._wishes(self.fixed_label, frame)]
            boxes = place(wishes, frame, obstacles=taken, slide=frame.h / 2)
            self.put_all([self.fixed_label], boxes)

    def show_from_to(self, ends: tuple[int, int] | None) -> None:
        """Let n run between these, as a recorded run's does; None: to the planned n."""
        self._span = ends

    def set_log(self, on: bool) -> None:
        """Draw n on a logarithmic axis."""
        self.make()
        self._log = on
        self.plot.getAxis("bottom").setLogMode(on)
        if self.figure is not None:
            self.show_figure(self.figure)

    def _texts(self) -> tuple[pg.TextItem, ...]:
        return (
            self.lower_label,
            self.upper_label,
            self.half_label,
            self.planned_label,
            self.fixed_label,
        )

    def _x(self, n: np.ndarray) -> np.ndarray:
        return np.log10(np.maximum(n, 1.0)) if self._log else n

    def _x_of(self, n: float) -> float:
        return float(self._x(np.array([n], dtype=float))[0])

    def _draw_ends(
        self, x: np.ndarray, p_lower: np.ndarray, p_upper: np.ndarray, valid: np.ndarray
    ) -> None:
        """Dots at the ends: filled where it may be claimed, hollow where not."""
        for dot, curve in zip(self.ends, (p_lower, p_upper), strict=True):
            dot.setVisible(len(x) > 0)
            if len(x):
                dot.setPos(float(x[-1]), float(curve[-1]))
        theme, claimed = themes.current(), bool(len(x) and valid[-1])
        if self._ended == (theme, claimed):
            return
        self._ended = theme, claimed
        for dot, ink in zip(self.ends, (theme.accent, theme.runner_up), strict=True):
            dot.setSize(theme.px(7))
            dot.setPen(pg.mkPen(ink, width=theme.px(1.5)))
            dot.setBrush(pg.mkBrush(ink if claimed else theme.surface))

    def _set_range(
        self, figure: BoundsFigure, n: np.ndarray, p_lower: np.ndarray, p_upper: np.ndarray
    ) -> None:
        """Ease the y range towards the settled part of the curves and the threshold."""
        settled = n >= _IGNORED * n[-1] if len(n) else np.zeros(0, dtype=bool)
        values = np.concatenate(([figure.threshold], p_lower[settled], p_upper[settled]))
        low, high = (0.0, 1.0) if len(values) == 1 else (float(values.min()), float(values.max()))
        pad = max(0.02, 0.1 * (high - low))
        target = (max(-0.02, low - pad), min(1.02, high + pad))
        done = not len(n) or n[-1] >= figure.n_plan
        ease = 1.0 if done else _EASE
        eased = [was + ease * (to - was) for was, to in zip(self._y, target, strict=True)]
        off = max(abs(was - to) for was, to in zip(self._y, target, strict=True))
        beyond = max(-0.02, low - pad / 2), min(1.02, high + pad / 2)  # or marks at ends are cut
        inside = self._y[0] <= beyond[0] and beyond[1] <= self._y[1]
        if done or not inside or off > _STEADY * (self._y[1] - self._y[0]):
            self._y = (min(eased[0], beyond[0]), max(eased[1], beyond[1]))
        first, last = self._span or (n[0] if len(n) else 1.0, figure.n_plan)
        start = self._x_of(max(1.0, first) if self._log else 0.0)
        end = self._x_of(max(1, last, first + 1))
        edge = _EDGE * (end - start)  # or half of a first point would be cut
        beside = (start - edge * self._log, end + edge)
        self.view.setRange(xRange=beside, yRange=self._y, padding=0)

    def _set_texts(self, figure: BoundsFigure, frame: Box) -> None:
        planned = f"planned n = {figure.n_plan:,}"  # a sweep's is no more than a guess
        beyond = self._span is not None and figure.n_plan > self._span[1]
        self.planned_label.setText("" if figure.anchored or beyond else planned)
        self.fixed_label.setText(f"dashed: {figure.dashed}")
        has_room = text_size(self.fixed_label)[0] <= frame.w
        if not figure.provisional or not has_room:
            self.fixed_label.setText("")
            self.fixed_label.hide()
        for short in (False, True):
            lower, upper = _texts(figure, short=short)
            self.lower_label.setText(lower)
            self.upper_label.setText(upper)
            labels = (self.lower_label, self.upper_label)
            if max(text_size(label)[0] for label in labels) <= frame.w:
                return

    def _wishes(self, text: pg.TextItem, frame: Box) -> list[Box]:
        """Boxes a label would like, best first, in scene pixels."""
        width, height = text_size(text)
        if text is self.planned_label:
            x, half = self.spot(float(self.planned.value()), self.half.value()).toTuple()
            places = (half + 3, half - height - 3, frame.y, frame.y + frame.h)
            return [Box(x - width - 2, top, width, height) for top in places]
        if text is self.half_label:
            y = self.spot(0.0, self.half.value()).y()
            sides = (frame.x, frame.x + frame.w)
            return [Box(x, top, width, height) for x in sides for top in (y - height, y)]
        if text is self.fixed_label:
            corners = [(x, y) for y in (0.0, frame.h - height) for x in (0.0, frame.w - width)]
            free = [Box(frame.x + x, frame.y + y, width, height) for x, y in corners]
            return [*self._beside_fixed(width, height), *free]
        last = self.figure.points[-1] if self.figure and self.figure.points else None
        is_lower = text is self.lower_label
        value = 0.5 if last is None else (last.p_lower if is_lower else last.p_upper)
        end = self.spot(self._x_of(last.n if last else 1.0), value)
        under, over = end.y() + 6, end.y() - height - 6
        tops = (under, over) if is_lower else (over, under)
        beside = Box(end.x() + 8, end.y() - height / 2, width, height)
        fits = beside.x + width <= frame.x + frame.w
        lefts = (end.x() - width + 4, end.x() - width / 2, end.x())
        stacked = [Box(left, top, width, height) for top in tops for left in lefts]
        return [beside, *stacked] if fits else stacked

    def _half_line(self, frame: Box) -> Box:
        """Along 1/2, which is dashed too: words about another dashed line keep off it."""
        return Box(frame.x, self.spot(0.0, self.half.value()).y() - 4, frame.w, 8)

    def _beside_fixed(self, width: float, height: float) -> list[Box]:
        """Places along the dashed curve, above it before below it."""
        fixed = self.figure.provisional if self.figure else ()
        places = []
        for part in (0.1, 0.3, 0.5, 0.7):
            point = fixed[int(part * (len(fixed) - 1))]
            places.append(self.spot(self._x_of(point.n), point.p_lower))
        above = [Box(at.x(), at.y() - height - 4, width, height) for at in places]
        return above + [Box(at.x(), at.y() + 14, width, height) for at in places]

    def _ends_at(self, figure: BoundsFigure) -> list[float]:
        """Where lines and curves end, in the scene's pixels."""
        ends = [(0.0, self.half.value()), (self.planned.value(), 0.0)]
        for last in figure.points[-1:]:
            ends += [(self._x_of(last.n), p) for p in (last.p_lower, last.p_upper)]
        ends += [(self._x_of(last.n), last.p_lower) for last in figure.provisional[-1:]]
        found: list[float] = np.concatenate(self.spots(*np.array(ends, dtype=float).T)).tolist()
        return found

    def _curve_boxes(self) -> list[Box]:
        """Small boxes along both curves, between their points too, for labels to stay clear of."""
        points = self.figure.points if self.figure else ()
        if not points:
            return []
        x = self._x(np.array([point.n for point in points], dtype=float))
        along = np.linspace(x[0], x[-1], _SAMPLED)
        boxes = []
        for curve in ([p.p_lower for p in points], [p.p_upper for p in points]):
            places = self.spots(along, np.interp(along, x, curve))
            boxes += [Box(u - 2, v - 2, 4, 4) for u, v in np.column_stack(places).tolist()]
        return boxes


def _texts(figure: BoundsFigure, *, short: bool = False) -> tuple[str, str]:
    """Both bounds in words; the short form is for plots too narrow for the other."""
    from engine.core.rounding import round_down, round_up

    if not figure.points:
        return "", ""
    last = figure.points[-1]
    if not last.valid:
        sense = "provisional" if short else "provisional, no claim yet"
    elif figure.anchored:
        sense = "at the last anchor"
    elif figure.method == _COMPUTED:
        sense = "computed, not counted"
    else:
        anywhere = figure.extendable or last.n < figure.n_plan
        sense = "valid at any stop" if anywhere else "valid at the planned n"
    others = "p_upper" if short else "p_upper of all others"
    lower = f"p_lower = {round_down(last.p_lower, 4)}\n{sense}"
    return lower, "" if figure.anchored else f"{others} = {round_up(last.p_upper, 4)}"


def _stood(point: TrajectoryPoint, figure: BoundsFigure) -> str:
    """The bounds after n votes, in words."""
    from engine.core.rounding import round_down, round_up

    sense = "" if point.valid else " (provisional)"
    words = [f"n = {point.n:,}: p_lower = {round_down(point.p_lower, 4)}{sense}"]
    if not figure.anchored:
        words.append(f"p_upper of all others = {round_up(point.p_upper, 4)}")
    fixed = [p for p in figure.provisional if p.n == point.n]
    words += [f"{figure.dashed}: {round_down(p.p_lower, 4)}" for p in fixed]
    return "; ".join(words)


def _with_neighbours(chosen: np.ndarray) -> np.ndarray:
    """The chosen points and those beside them, so that dashes join the solid line."""
    joined = chosen.copy()
    joined[1:] |= chosen[:-1]
    joined[:-1] |= chosen[1:]
    return joined
