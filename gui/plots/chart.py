"""Plots on a pyqtgraph canvas: themed axes, pens for every screen, pixels to place labels by."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, TypeAlias, TypeVar

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, QTimer, Slot
from PySide6.QtGui import QColor, QFontMetricsF, QPen, QTransform
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from engine.core.late import np
from gui.plots.base import Plot
from gui.plots.graphics import pg
from gui.plots.labels import Box
from gui.style import theme as themes
from gui.style.theme import Theme

if TYPE_CHECKING:
    import numpy.typing as npt

F = TypeVar("F")
Numbers: TypeAlias = "npt.NDArray[np.float64]"
_LEAST_NAME = 40.0
"""Pixels of an axis's name, however short the axis."""


class Chart(Plot[F]):
    """A plot with axes.

    Attributes:
        canvas: the pyqtgraph widget; ``plot`` its plot item, ``view`` its view box.
        widest: a label as long as any at the left axis, with room for its name.
        is_round: shapes are round, and painted without steps.
    """

    widest = "0.000"
    is_round: ClassVar[bool] = False

    def make_body(self) -> QWidget:
        """The canvas with its items."""
        self.canvas = pg.PlotWidget(background=None, axisItems=self.axes())
        self.plot = self.canvas.getPlotItem()
        self.view = self.plot.getViewBox()
        self._prepare_canvas()
        self._names: dict[str, str] = {}
        self._drawn_at: dict[pg.GraphicsObject, bytes] = {}
        self.build()
        # once for all the sizes that a layout tries
        self._resized = QTimer(self, singleShot=True, interval=0)
        self._resized.timeout.connect(self._relabel)
        self.view.sigResized.connect(self._resized.start)
        body: QWidget = self.canvas
        return body

    def axes(self) -> dict[str, pg.AxisItem]:
        """Axes other than pyqtgraph's own, by side."""
        return {}

    @abstractmethod
    def build(self) -> None:
        """Make the items, once."""

    @abstractmethod
    def dress(self, theme: Theme) -> None:
        """Give the items the theme's pens, brushes and fonts."""

    @Slot()
    def retheme(self) -> None:
        """Take up the theme in force."""
        if self.is_made:
            self._retheme_canvas(themes.current())
        super().retheme()

    def _retheme_canvas(self, theme: Theme) -> None:
        from gui.plots.axes import style_axis  # it loads pyqtgraph

        for side in ("left", "bottom"):
            axis = self.plot.getAxis(side)
            axis.setSIPrefixEnableRanges(())  # else switching it off scales a last time
            axis.enableAutoSIPrefix(False)  # no "x0.001": labels say the numbers themselves
            style_axis(axis, theme, widest=self.widest)
        self.canvas.setBackground(theme.surface)
        self.dress(theme)

    def pen(
        self, color: str | QColor, width: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine
    ) -> QPen:
        """A pen for lines in data units; ``width`` in logical pixels, scaled with the theme.

        Such pens are cosmetic, and Qt does not scale those on high-resolution screens.
        """
        scaled = themes.current().px(width) * self.devicePixelRatioF()
        pen: QPen = pg.mkPen(color, width=scaled, style=style)
        return pen

    def add(self, *items: pg.GraphicsObject) -> None:
        """Draw items, later ones over earlier ones; none of them moves the axes."""
        for item in items:
            self.plot.addItem(item, ignoreBounds=True)

    def spot(self, x: float, y: float) -> QPointF:
        """Where a point of the plot is, in the scene's pixels."""
        return self._to_scene().map(QPointF(x, y))

    def spots(self, x: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
        """Where points of the plot are, as :meth:`spot`, many at once."""
        to = self._to_scene()  # axes are never turned: no shear
        return to.m11() * x + to.dx(), to.m22() * y + to.dy()

    def moved(self, item: pg.GraphicsObject, x: Numbers, y: Numbers) -> bool:
        """Whether an item's points are to be drawn anew: one moved by half a pixel since then."""
        now = np.rint(2 * np.concatenate(self.spots(x, y))).tobytes()
        was, self._drawn_at[item] = self._drawn_at.get(item), now
        return now != was

    def place_under(self, at: QPoint) -> QPointF | None:
        """The point of the plot at a place of the card; None beside the axes."""
        scene = self.canvas.mapToScene(self.canvas.mapFrom(self, at))
        if self.figure is None or not self.view.sceneBoundingRect().contains(scene):
            return None
        return QPointF(self.view.mapSceneToView(scene))

    def _to_scene(self) -> QTransform:
        """From data units to the scene's pixels: pyqtgraph's own way takes ten times as long."""
        self.view.updateMatrix()
        transform: QTransform = self.view.childGroup.sceneTransform()
        return transform

    def put(self, text: pg.TextItem, x: float, y: float) -> None:
        """Move a text to a place in the scene's pixels."""
        inverse, _ = self._to_scene().inverted()
        text.setPos(inverse.map(QPointF(x, y)))

    def put_all(self, texts: Iterable[pg.TextItem], boxes: Iterable[Box | None]) -> None:
        """Move each text to its box; one without is hidden."""
        for text, box in zip(texts, boxes, strict=True):
            text.setVisible(box is not None)
            if box is not None:
                self.put(text, box.x, box.y)

    def name_axis(self, side: str, name: str) -> None:
        """Name what runs along an axis; a name longer than its axis is shortened."""
        if name != self._names.get(side):
            self._names[side] = name
            self._fit_name(side)

    def event(self, event: QEvent) -> bool:
        """Moved to a screen of another resolution: new pens."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self.retheme()
        return super().event(event)

    def pixel_frame(self) -> Box:
        """The plotting area in the scene's pixels."""
        rect: QRectF = self.view.sceneBoundingRect()
        return Box(rect.x(), rect.y(), rect.width(), rect.height())

    def _prepare_canvas(self) -> None:
        self.canvas.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.canvas.setFrameShape(QFrame.Shape.NoFrame)
        self.canvas.setAntialiasing(self.is_round)
        self.canvas.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        policy = QSizePolicy.Policy.Expanding
        self.canvas.setSizePolicy(policy, policy)
        self.canvas.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        # its ground hides the card's: with every frame both would be painted
        self.canvas.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        # room for half a tick label above the top and right of the end of the axes
        self.plot.setContentsMargins(0, 6, 6, 0)
        self.plot.hideButtons()
        self.plot.setMenuEnabled(False)
        self.view.setMouseEnabled(x=False, y=False)
        self.view.disableAutoRange()

    @Slot()
    def _relabel(self) -> None:
        if self.figure is not None:
            self.draw(self.figure)  # what had not moved by a pixel may have moved by two by now
            self.label()
        for side in self._names:
            self._fit_name(side)

    def _fit_name(self, side: str) -> None:
        axis = self.plot.getAxis(side)
        length = self.view.height() if side == "left" else self.view.width()
        metrics, most = QFontMetricsF(axis.label.font()), max(_LEAST_NAME, length)
        forms = _shorter(self._names[side])
        name = next((one for one in forms if metrics.horizontalAdvance(one) <= most), forms[-1])
        fitting = metrics.elidedText(name, Qt.TextElideMode.ElideRight, most)
        if fitting != axis.labelText:
            axis.setLabel(fitting)
            axis.resizeEvent()  # which alone puts the name into the middle of its axis


def _shorter(name: str) -> list[str]:
    """An axis's name, and shorter ones that still say what it counts.

    >>> _shorter("certified accuracy, % of inputs")
    ['certified accuracy, % of inputs', 'certified accuracy', 'accuracy']
    >>> _shorter("epsilon (l2 norm)")
    ['epsilon (l2 norm)', 'epsilon']
    >>> _shorter("share correct and certified")
    ['share correct and certified', 'correct and certified']
    >>> _shorter("share of inputs")
    ['share of inputs', 'share']
    """
    forms = [name]
    for mark in ("; ", ", ", " (", " of "):
        form = forms[-1].partition(mark)[0]
        forms += [form] * (form != forms[-1])
    _, _, noun = forms[-1].partition(" ")
    return [*forms, noun] if noun else forms


def text_size(text: pg.TextItem) -> tuple[float, float]:
    """Width and height of a text item in pixels."""
    metrics = QFontMetricsF(text.textItem.font())
    lines = text.toPlainText().split("\n")
    # a text document keeps a margin of 4 pixels on each side
    width = max(metrics.horizontalAdvance(line) for line in lines) + 10
    return width, metrics.lineSpacing() * len(lines) + 8


def dress_text(
    text: pg.TextItem,
    ink: str,
    *,
    role: str = "small",
    bold: bool = False,
    ground: float | None = 0.85,
) -> None:
    """Give a text its colour and font; ``ground``: how opaque the card is behind it."""
    theme = themes.current()
    text.setColor(ink)
    text.setFont(theme.font(role, bold=bold))
    if ground is not None:
        text.fill = pg.mkBrush(tinted(theme.surface, ground))


def tinted(color: str, alpha: float) -> QColor:
    """A colour with some transparency."""
    result = QColor(color)
    result.setAlphaF(alpha)
    return result
