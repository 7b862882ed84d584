"""What the plots of regions share: point at a change, and read what it would take."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from gui.plots.attacker import AttackerPanel, Lens
from gui.plots.chart import Chart, dress_text, text_size, tinted
from gui.plots.graphics import pg
from gui.plots.heat import Scale
from gui.plots.legend import Entry, Legend
from gui.style import theme as themes
from gui.style.theme import Theme, set_role
from gui.widgets.layouts import filled

if TYPE_CHECKING:
    from engine.figures.media import ImageMedium
    from engine.figures.regions import RegionFigure
    from engine.inputs.base import Pixels
    from engine.regions import Perturbation
    from engine.regions.required_probability import RequiredMap

M = TypeVar("M", bound="RequiredMap[Any]")
Step = tuple[int, int]
_ARROWS: dict[Qt.Key, Step] = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Down: (0, -1),
    Qt.Key.Key_Up: (0, 1),
}

NOTHING = "nothing certified"
"""Written over the map of a run that certifies nothing."""
_PANEL = 330
"""Pixels of height from which on there is room for sliders below the map, before scaling."""
_MARGIN = 1.4
"""So much more of an axis is shown than the run is expected to certify."""


class RegionPlot(Chart["RegionFigure[Any]"], Generic[M]):
    """An image of what is certified, over the required p_lower.

    Hovering tells what a change would take; a click or the arrow keys choose one, whose answer
    stays below the image and follows the run.

    Where the attacker's change of an image leaves him no choice (a shift, a gain, a turn), the
    image as he would leave it stands under the pointer, and sliders choose a change too.

    Attributes:
        chosen: the change that is pointed out, in the scheme's terms; None before a choice.
        pixels: the image (C, H, W) that the figure is about; None where it is another input.
        pictured: whether that image after a change is known.

    Signals:
        asked: a change was chosen.
    """

    figure: RegionFigure[M] | None
    stem: ClassVar[str] = "region"
    asked = Signal(object)
    has_scale: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__("Certified region")
        self.pixels: Pixels | None = None
        self.setToolTip("Point at a change to see its required p_lower; click to choose it")

    def make_body(self) -> QWidget:
        """The canvas with legend, scale and answer below it."""
        self.chosen: Perturbation | None = None
        self._ringed: list[tuple[float, float]] = []
        self._crossed = False
        self._offered: tuple[object, object] = (None, None)
        self._imaged: tuple[object, object, object] = (None, None, None)
        self._red = False
        body = QWidget()
        canvas = super().make_body()
        self.attacker, self.lens = AttackerPanel(), Lens(self)
        self.attacker.chosen.connect(self._slide)
        self.pictured = False
        self._strip: tuple[object, object] = (None, None)
        self._pointed: tuple[QPoint, Perturbation] | None = None
        self._pointing = QTimer(self, singleShot=True, interval=0)
        self._pointing.timeout.connect(self._show_lens)
        for widget in (self, body):  # an event of a widget below is passed on by those that track
            widget.setMouseTracking(True)
        self.marker = pg.ScatterPlotItem(pxMode=True, symbol="o")
        self.marker.setZValue(20)
        self.nothing = pg.TextItem(NOTHING)
        self.nothing.setZValue(30)
        self.attack = pg.ScatterPlotItem(pxMode=True, symbol="x")
        self.attack.setZValue(25)
        for item in (self.marker, self.attack):
            item.hide()
        self.add(self.marker, self.attack, self.nothing)
        self.legend, self.scale = Legend(), Scale()
        self.legend.flowing = True
        self.legend.resized.connect(self._fit_legend)
        self.legend.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.scale.setVisible(self.has_scale)
        self.answer = QLabel()
        self.answer.setWordWrap(True)
        self.answer.setAlignment(Qt.AlignmentFlag.AlignTop)
        set_role(self.answer, "small")
        self.answer.setAccessibleName("The chosen change")
        parts = ((canvas, 1), self.legend, self.scale, self.answer, self.attacker)
        filled(QVBoxLayout(body), *parts, spacing=4)
        return body

    @property
    def needs(self) -> M:
        """The map on view; only to be asked for while there is one."""
        assert self.figure is not None
        return self.figure.needs

    @abstractmethod
    def change_at(self, place: QPointF) -> Perturbation | None:
        """The change at a place of the view; None beside the map."""

    @abstractmethod
    def beside(self, change: Perturbation | None, step: Step) -> Perturbation:
        """The neighbour of a change, or a first choice."""

    @abstractmethod
    def place_of(self, change: Perturbation) -> tuple[float, float]:
        """Where in the view a change lies."""

    def mark(self, change: Perturbation | None) -> None:
        """A ring at the chosen change."""
        known = change is not None and self.figure is not None
        places = [self.place_of(change)] if known and change is not None else []
        if places != self._ringed:
            self._ringed = places
            self.marker.setVisible(bool(places))  # what is hidden is not painted, empty or not
            self.marker.setData(pos=places)

    def shows(self, change: Perturbation) -> bool:
        """Whether a change lies in the part of the map on view."""
        return True

    def dress(self, theme: Theme) -> None:
        """The ring, and the cross of an attack."""
        self.attack.setSize(theme.px(13))
        self.marker.setPen(self.pen(theme.text, 2.0))
        self.marker.setBrush(tinted(theme.surface, 0.3))
        self.marker.setSize(theme.px(11))
        dress_text(self.nothing, theme.warning, role="label", bold=True, ground=0.9)

    def summary(self) -> str:
        """What is certified, in words."""
        figure = self.figure
        if figure is None:
            return ""
        if figure.refuted and figure.attack is not None:
            return f"What is stated is {figure.attack.words}."
        if figure.seen is None:
            return "Nothing is certified yet; the picture shows the required p_lower."
        return self.in_words(figure)

    def in_words(self, figure: RegionFigure[M]) -> str:
        """The certified region as one sentence."""
        found = "" if figure.attack is None else f" {figure.attack.words}."
        return f"Certified: {figure.region.headline()} ({figure.region.note()}).{found}"

    def choose(self, change: Perturbation | None) -> None:
        """Point out a change and show its required p_lower, without telling listeners."""
        self.chosen = change
        self.mark(change)
        self._tell()

    def show_figure(self, figure: RegionFigure[M], *, labelled: bool = True) -> None:
        """Show data; the answer on the chosen change follows."""
        if self.chosen is not None and set(self.chosen) != set(figure.needs.scheme.terms):
            self.chosen = None  # a change in another scheme's terms
        super().show_figure(figure, labelled=labelled)
        self.set_subtitle(figure.subtitle)
        self.mark(self.chosen)
        self._mark_attack(figure)
        self._redden(figure)
        if figure.needs is not self._offered[0] or self.pixels is not self._offered[1]:
            self._offered = figure.needs, self.pixels
            self._offer(figure)
        self._tell()
        self._say_nothing()

    def _redden(self, figure: RegionFigure[M]) -> None:
        """What is refuted is in the ink of danger, and what comes after it is not."""
        if figure.refuted or self._red:
            self._red, theme = figure.refuted, themes.current()
            self.dress(replace(theme, certified=theme.danger) if figure.refuted else theme)

    def _mark_attack(self, figure: RegionFigure[M]) -> None:
        """A cross at the smallest change that was found."""
        found, theme = figure.attack, themes.current()
        if found is None and not self._crossed:
            return
        self._crossed = found is not None
        there = found is not None and self.shows(found.change)
        self.attack.setVisible(there)
        self.attack.setData(pos=[self.place_of(found.change)] if found and there else [])
        self.attack.setBrush(theme.danger if figure.refuted else theme.text)
        self.attack.setPen(self.pen(theme.surface, 1.0))

    def told(self, change: Perturbation) -> str:
        """The inverse view of a change."""
        assert self.figure is not None
        words = self.needs.utmost.describe(change)
        return f"{words}: {self.figure.ask(change).words}"

    def retheme(self) -> None:
        """Take up the theme in force; another type needs another legend."""
        super().retheme()
        self._fit_legend()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may want fewer or more rows of the legend."""
        super().resizeEvent(event)
        self._fit_legend()
        self._fit_panel()

    def under(self, at: QPoint) -> str:
        """The inverse view."""
        change = self._change_under(at)
        return "" if change is None else self.told(change)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose what is under the mouse."""
        change = self._change_under(event.position().toPoint())
        if change is None or event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self.choose(change)
        self.asked.emit(change)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The image after the change under the pointer; once for all moves that wait."""
        super().mouseMoveEvent(event)
        at = event.position().toPoint()
        change = self._change_under(at) if self.is_made and self.pictured else None
        self._pointed = None if change is None else (at, change)
        self._pointing.start()

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is pointed at."""
        super().leaveEvent(event)
        if self.is_made:
            self._pointed = None
            self._pointing.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the choice."""
        step = _ARROWS.get(Qt.Key(event.key()))
        if step is None or self.figure is None:
            super().keyPressEvent(event)
            return
        change = self.beside(self.chosen, step)
        self.choose(change)
        self.asked.emit(change)

    def _change_under(self, at: QPoint) -> Perturbation | None:
        place = self.place_under(at)
        return None if place is None else self.change_at(place)

    def _offer(self, figure: RegionFigure[M]) -> None:
        """Sliders where the scheme knows what its attacker makes of this image."""
        neutral = {name: term.neutral for name, term in figure.needs.scheme.terms.items()}
        spans = figure.needs.spans()
        known = bool(spans) and self.pixels is not None
        known = known and figure.pictured(self.pixels, neutral) is not None
        self.pictured = known
        self._fit_panel()
        if not known:
            self.lens.hide()
            return
        self.attacker.offer(spans, neutral)
        if self._strip[0] is not figure.needs or self._strip[1] is not self.pixels:
            self._strip = figure.needs, self.pixels
            self.attacker.show_strip([self._image(one) for one in self.attacker.steps()])

    def _fit_panel(self) -> None:
        self.attacker.fit(self.height())
        self.attacker.setVisible(self.pictured and self.height() >= themes.current().px(_PANEL))

    def _is_imaged(self, change: Perturbation) -> bool:
        """Whether the image after this change is the one that is shown; it is from now on."""
        (needs, pixels, shown), now = self._imaged, (self.needs, self.pixels)
        self._imaged = (*now, dict(change))
        return needs is now[0] and pixels is now[1] and shown == change

    def _image(self, change: Perturbation) -> ImageMedium | None:
        figure, pixels = self.figure, self.pixels
        return None if figure is None or pixels is None else figure.pictured(pixels, change)

    @Slot()
    def _show_lens(self) -> None:
        if self._pointed is None or not self.pictured:
            self.lens.hide()
        else:
            at, change = self._pointed
            self.lens.point(at, self._image(change))

    @Slot(object)
    def _slide(self, change: Perturbation) -> None:
        self.choose(change)
        self.asked.emit(change)

    def _tell(self) -> None:
        if self.figure is not None and self.pictured:
            change = self.chosen or self.attacker.change()
            if not self._is_imaged(change):  # a run that grows changes nothing of it
                self.attacker.follow(change)
                self.attacker.show_image(self._image(change), self.needs.utmost.describe(change))
        known = self.chosen is not None and self.figure is not None
        self.answer.setVisible(known)
        if known and self.chosen is not None:
            words = self.told(self.chosen)
            self.answer.setFixedHeight(2 * self.answer.fontMetrics().lineSpacing())
            self.answer.setText(words)
            self.answer.setAccessibleDescription(words)

    def zoomed(self, shown: float, wanted: float, whole: float) -> float:
        """How much of an axis to show: some more than ``wanted``, and steady while that holds.

        Args:
            shown: at present; 0 for nothing yet.
            wanted: must be in sight.
            whole: all there is.
        """
        if self.figure is None or self.figure.standing is None:
            return whole
        if 1.08 * wanted <= shown <= min(whole, 2.0 * wanted):
            return shown
        return min(whole, _MARGIN * wanted)

    @Slot()
    def _relabel(self) -> None:
        super()._relabel()
        self._say_nothing()

    def _say_nothing(self) -> None:
        """At the middle of the map's upper part."""
        figure, frame = self.figure, self.pixel_frame()
        empty = figure is not None and figure.run and figure.seen is None
        self.nothing.setVisible(empty)
        if empty:
            width, _ = text_size(self.nothing)
            self.put(self.nothing, frame.x + (frame.w - width) / 2, frame.y + 0.2 * frame.h)

    @Slot()
    def _fit_legend(self) -> None:
        self.legend.setFixedHeight(self.legend.height_for(max(200, self.width() - 30)))


def entries(figure: RegionFigure[Any], theme: Theme) -> list[Entry]:
    """What the lines over a map mean."""
    known = (
        (figure.region is not None, Entry(certified_words(figure), certified_ink(figure, theme))),
        *attack_entries(figure, theme),
        (figure.reach is not None, Entry("the votes to come could reach", theme.text, "dash")),
        (figure.provisional is not None, Entry("provisional, no claim", theme.accent, "dots")),
    )
    return [entry for there, entry in known if there]


def attack_entries(figure: RegionFigure[Any], theme: Theme) -> list[tuple[bool, Entry]]:
    """What the cross means, and that it is there."""
    if figure.attack is None:
        return []
    ink = theme.danger if figure.refuted else theme.text
    return [(True, Entry(figure.attack.words, ink, "cross"))]


def certified_ink(figure: RegionFigure[Any], theme: Theme) -> str:
    """Of what is certified; that of danger where an attack refutes it."""
    return theme.danger if figure.refuted else theme.certified


def certified_words(figure: RegionFigure[Any]) -> str:
    """What the legend calls the region; ``now`` only while it may still grow."""
    if figure.refuted:
        return "refuted"
    growing = figure.standing is not None and figure.standing.unfinished
    return "certified now" if growing else "certified"
