"""How many things may change: what every count takes, as bars, and how high p_lower is."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QPointF, Qt

from gui.plots.chart import dress_text, text_size
from gui.plots.graphics import pg
from gui.plots.labels import Box, place
from gui.plots.legend import BarStyle, Entry
from gui.plots.region_plot import RegionPlot, Step, attack_entries, certified_ink, certified_words
from gui.style import theme as themes
from gui.style.theme import Theme

if TYPE_CHECKING:
    from engine.figures.regions import RegionFigure
    from engine.regions import Perturbation
    from engine.regions.count import CountMap

_BAR = 0.72
_HIGH = 1.02


class CountPlot(RegionPlot["CountMap"]):
    """A bar per count, as high as the required p_lower; those below p_lower are certified."""

    has_scale: ClassVar[bool] = False

    def build(self) -> None:
        """Bars, and lines for p_lower and what it can still become."""
        from gui.plots.bars import Bars  # it loads pyqtgraph

        self._map: CountMap | None = None
        self.bars = Bars()
        self.now, self.reach = (pg.InfiniteLine(angle=0) for _ in range(2))
        self.now_label = pg.TextItem("")
        self.add(self.bars, self.reach, self.now, self.now_label)
        self.plot.getAxis("left").setTickDensity(0.7)

    def draw(self, figure: RegionFigure[CountMap]) -> None:
        """Colours of the bars, and the lines."""
        needs, stands = figure.needs, figure.standing
        if needs is not self._map:
            self._set_axes(needs)
        heights = [min(1.0, required) for required in needs.required.tolist()]
        styles = [self._style(figure, i) for i in range(len(heights))]
        self.bars.set_bars(range(len(heights)), heights, width=_BAR, styles=styles)
        self.now.setVisible(stands is not None)
        self.reach.setVisible(stands is not None and stands.unfinished)
        if stands is not None:
            self.now.setValue(stands.p_lower)
            self.reach.setValue(stands.p_reach)
            theme = themes.current()
            style = Qt.PenStyle.SolidLine if stands.valid else Qt.PenStyle.DotLine
            self.now.setPen(self.pen(theme.accent, theme.line, style))
        self.legend.set_entries(_entries(figure, themes.current()))

    def dress(self, theme: Theme) -> None:
        """Pens and fonts."""
        super().dress(theme)
        self.reach.setPen(self.pen(theme.text, 1.4, Qt.PenStyle.DashLine))
        dress_text(self.now_label, theme.accent, bold=True)

    def in_words(self, figure: RegionFigure[CountMap]) -> str:
        """The certified count."""
        return f"Certified: {figure.region.headline()} {figure.region.note()}."

    def label(self) -> None:
        """The value of p_lower at its line, clear of the dashed one."""
        from engine.core.rounding import round_down

        figure, frame = self.figure, self.pixel_frame()
        stands = figure.standing if figure else None
        self.now_label.setVisible(False)
        if stands is None or frame.w < 10:
            return
        sense = "" if stands.valid else " provisional"
        self.now_label.setText(f"p_lower = {round_down(stands.p_lower, 4)}{sense}")
        wishes = [self._beside(self.now_label, stands.p_lower, frame)]
        reach = Box(frame.x, self.spot(0.0, stands.p_reach).y() - 1, frame.w, 2)
        avoid = [reach] if self.reach.isVisible() else []
        self.put_all([self.now_label], place(wishes, frame, avoid=avoid))

    def change_at(self, place: QPointF) -> Perturbation | None:
        """The count there."""
        column = round(place.x())
        return self._change(column) if 0 <= column < len(self.needs.counts) else None

    def beside(self, change: Perturbation | None, step: Step) -> Perturbation:
        """The next count."""
        counts = self.needs.counts
        column = 1
        if change is not None:
            column = counts.index(self._count(change)) + step[0] + step[1]
        return self._change(min(max(column, 0), len(counts) - 1))

    def place_of(self, change: Perturbation) -> tuple[float, float]:
        """The foot of its bar; beside them all where there is none."""
        return float(bisect_left(self.needs.counts, self._count(change))), self.needs.floor + 0.03

    def _count(self, change: Perturbation) -> int:
        return int(change[self.needs.utmost.term])

    def _change(self, column: int) -> Perturbation:
        return {self.needs.utmost.term: float(self.needs.counts[column])}

    def _set_axes(self, needs: CountMap) -> None:
        self._map = needs
        every = -(-len(needs.counts) // 16)
        ticks = [(i, str(count)) for i, count in enumerate(needs.counts) if i % every == 0]
        self.plot.getAxis("bottom").setTicks([ticks])
        self.name_axis("bottom", f"changed {needs.utmost.unit}")
        self.name_axis("left", "required p_lower")
        x = (-0.6, len(needs.counts) - 0.4)
        self.view.setRange(xRange=x, yRange=(needs.floor, _HIGH), padding=0)

    def _style(self, figure: RegionFigure[CountMap], i: int) -> BarStyle:
        theme, needs, stands = themes.current(), figure.needs, figure.standing
        count, required = needs.counts[i], float(needs.required[i])
        region = figure.region
        if region is not None and count <= region.most:
            return BarStyle(certified_ink(figure, theme), theme.text)
        if required >= 1:
            return BarStyle(theme.muted, theme.border, Qt.BrushStyle.BDiagPattern)
        if stands is not None and required >= stands.p_reach:
            return BarStyle(theme.muted, theme.muted, Qt.BrushStyle.Dense6Pattern)
        return BarStyle(theme.accent_soft, theme.accent)

    def _beside(self, text: pg.TextItem, value: float, frame: Box) -> list[Box]:
        width, height = text_size(text)
        at = self.spot(0.0, value).y()
        lefts = (frame.x + 2, frame.x + frame.w - width - 2)
        return [Box(x, y, width, height) for x in lefts for y in (at - height - 1, at + 2)]


def _entries(figure: RegionFigure[CountMap], theme: Theme) -> list[Entry]:
    stands, required = figure.standing, figure.needs.required
    most = -1 if figure.region is None else figure.region.most
    reach = 1.0 if stands is None else stands.p_reach
    takes = zip(figure.needs.counts, required.tolist(), strict=True)
    left = [p for count, p in takes if count > most]
    never, beyond = Qt.BrushStyle.BDiagPattern, Qt.BrushStyle.Dense6Pattern
    reached = Entry("can be reached", theme.accent_soft, "bar", outline=theme.accent)
    known = (
        (most >= 0, Entry(certified_words(figure), certified_ink(figure, theme), "bar")),
        *attack_entries(figure, theme),
        (any(p < min(1.0, reach) for p in left), reached),
        (
            any(reach <= p < 1 for p in left),
            Entry("out of this run's reach", theme.muted, "bar", beyond),
        ),
        (any(p >= 1 for p in left), Entry("no probability suffices", theme.muted, "bar", never)),
        (
            stands is not None and stands.unfinished,
            Entry("the votes to come could reach", theme.text, "dash"),
        ),
    )
    return [entry for there, entry in known if there]
