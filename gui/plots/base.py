"""What all plots share: a card, a canvas, words for screen readers, and export."""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar, cast

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFontMetricsF,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QKeySequence,
    QPen,
)
from PySide6.QtWidgets import QFileDialog, QMenu, QSizePolicy, QToolButton, QWidget

from gui import theme as themes
from gui.plots.axes import style_axis
from gui.plots.labels import Box
from gui.theme import Theme, set_role
from gui.widgets.card import Card
from gui.widgets.icons import themed_icon

if TYPE_CHECKING:
    from engine.figures import Figure, FigureFormat

F = TypeVar("F")

FORMATS = {"png": "PNG image", "svg": "SVG drawing", "csv": "CSV table"}
_SPEAK_EVERY_MS = 1000


class Plot(Card, Generic[F]):
    """A card that draws one kind of figure.

    ``show_figure`` is cheap enough for 15 calls per second: items are made once and only take new
    data. Export draws the figure's data anew (``engine.report.drawing``), not this widget.

    Signals:
        failed: one sentence: an export did not work.
        notice: one sentence: an export did.
    """

    failed = Signal(str)
    notice = Signal(str)
    stem: ClassVar[str]
    """Proposed name of exported files."""

    def __init__(self, title: str, *, parent: QWidget | None = None) -> None:
        super().__init__(title, parent=parent)
        self.figure: F | None = None
        axes = self.axes()
        self.canvas = pg.PlotWidget(background=None, axisItems=axes)
        self.plot = self.canvas.getPlotItem()
        self.view = self.plot.getViewBox()
        self._prepare_canvas()
        self.content.addWidget(self.canvas, 1)
        self.menu = self._build_menu()
        self.more = self._build_more()
        self._speak_timer = QTimer(self, singleShot=True, interval=_SPEAK_EVERY_MS)
        self._speak_timer.timeout.connect(self._speak)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(220, 200)
        self.build()
        themes.registry.changed.connect(self.retheme)
        self.view.sigResized.connect(self._relabel)
        self.retheme()

    def axes(self) -> dict[str, pg.AxisItem]:
        """Axes other than pyqtgraph's own, by side."""
        return {}

    @abstractmethod
    def build(self) -> None:
        """Make the items, once."""

    @abstractmethod
    def draw(self, figure: F) -> None:
        """Give the items the figure's data."""

    @abstractmethod
    def style(self, theme: Theme) -> None:
        """Give the items the theme's pens, brushes and fonts."""

    @abstractmethod
    def summary(self) -> str:
        """What is shown now, in one or two sentences; only called with a figure."""

    def label(self) -> None:
        """Place the labels, after new data and after every change of size."""

    def show_figure(self, figure: F) -> None:
        """Show other data."""
        self.figure = figure
        self.draw(figure)
        self.label()
        if not self._speak_timer.isActive():
            self._speak()
            self._speak_timer.start()

    @Slot()
    def retheme(self) -> None:
        """Take up the theme in force."""
        theme = themes.current()
        for side in ("left", "bottom"):
            style_axis(self.plot.getAxis(side), theme)
        self.canvas.setBackground(theme.surface)
        self.more.setIcon(themed_icon("more"))
        self.style(theme)
        if self.figure is not None:
            self.show_figure(self.figure)

    def pen(
        self, color: str | QColor, width: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine
    ) -> QPen:
        """A pen for lines in data units; ``width`` in logical pixels, scaled with the theme.

        Such pens are cosmetic, and Qt does not scale those on high-resolution screens.
        """
        scaled = themes.current().px(width) * self.devicePixelRatioF()
        return pg.mkPen(color, width=scaled, style=style)

    def event(self, event: QEvent) -> bool:
        """Moved to a screen of another resolution: new pens."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self.retheme()
        return super().event(event)

    def pixel_frame(self) -> Box:
        """The plotting area in the scene's pixels."""
        rect: QRectF = self.view.sceneBoundingRect()
        return Box(rect.x(), rect.y(), rect.width(), rect.height())

    def copy_image(self) -> None:
        """Put the figure on the clipboard as an image."""
        data = self._rendered("png")
        if data is not None:
            QGuiApplication.clipboard().setImage(QImage.fromData(data))
            self.notice.emit(f"{self.title.text()}: image copied.")

    def save(self, path: Path) -> None:
        """Write the figure; the format follows the suffix (.png, .svg or .csv)."""
        self._write(path, path.suffix.lower().lstrip("."))

    def ask_and_save(self, fmt: str) -> None:
        """Ask for a place, without stopping anything that runs, then save what was shown."""
        dialog = QFileDialog(self, f"Save {FORMATS[fmt]}")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(f"{FORMATS[fmt]} (*.{fmt})")
        dialog.setDefaultSuffix(fmt)
        dialog.selectFile(f"{self.stem}.{fmt}")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._save_selected)
        dialog.open()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The same menu by right click and by the menu key."""
        self.menu.popup(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C copies the image; Return opens the menu."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_image()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))
        else:
            super().keyPressEvent(event)

    @Slot(str)
    def _save_selected(self, name: str) -> None:
        self.save(Path(name))

    def _write(self, path: Path, fmt: str) -> None:
        from engine.errors import UserError
        from engine.files import write_atomically

        if fmt not in FORMATS:
            self.failed.emit(f"Cannot save {path.name}: choose .png, .svg or .csv.")
            return
        data = self._rendered(fmt)
        if data is None:
            return
        try:
            write_atomically(path, data)
        except UserError as error:
            self.failed.emit(str(error))
        else:
            self.notice.emit(f"Saved {path}.")

    def _rendered(self, fmt: str) -> bytes | None:
        from engine.errors import UserError
        from engine.report.drawing import figure_csv, render_figure

        if self.figure is None:
            self.failed.emit(f"{self.title.text()}: there is nothing to export yet.")
            return None
        figure = cast("Figure", self.figure)
        try:
            if fmt == "csv":
                return figure_csv(figure).encode()
            dark = themes.current().dark
            return render_figure(figure, cast("FigureFormat", fmt), dark=dark)
        except UserError as error:
            self.failed.emit(str(error))
            return None

    def _prepare_canvas(self) -> None:
        self.canvas.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.canvas.setFrameShape(pg.QtWidgets.QFrame.Shape.NoFrame)
        self.canvas.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        policy = QSizePolicy.Policy.Expanding
        self.canvas.setSizePolicy(policy, policy)
        self.canvas.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        # room for half a tick label above the top and right of the end of the axes
        self.plot.setContentsMargins(0, 6, 6, 0)
        self.plot.hideButtons()
        self.plot.setMenuEnabled(False)
        self.view.setMouseEnabled(x=False, y=False)
        self.view.disableAutoRange()

    def _build_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.addAction("Copy image", self.copy_image)
        for fmt in FORMATS:
            action = menu.addAction(f"Save {fmt.upper()}...")
            action.setData(fmt)
        menu.triggered.connect(self._menu_triggered)
        return menu

    def _menu_triggered(self, action: object) -> None:
        fmt = action.data()  # type: ignore[attr-defined]
        if fmt in FORMATS:
            self.ask_and_save(fmt)

    def _build_more(self) -> QToolButton:
        more = QToolButton()
        set_role(more, "quiet")
        more.setAccessibleName(f"Copy or save: {self.title.text()}")
        more.setToolTip("Copy or save this plot")
        more.setMenu(self.menu)
        more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.header.addWidget(more, 0, Qt.AlignmentFlag.AlignTop)
        return more

    @Slot()
    def _relabel(self) -> None:
        if self.figure is not None:
            self.label()

    @Slot()
    def _speak(self) -> None:
        # once a second at most: every change of the description is an event for screen readers
        if self.figure is not None:
            self.setAccessibleDescription(self.summary())


def text_size(text: pg.TextItem) -> tuple[float, float]:
    """Width and height of a text item in pixels."""
    metrics = QFontMetricsF(text.textItem.font())
    lines = text.toPlainText().split("\n")
    # a text document keeps a margin of 4 pixels on each side
    width = max(metrics.horizontalAdvance(line) for line in lines) + 10
    return width, metrics.lineSpacing() * len(lines) + 8


def tinted(color: str, alpha: float) -> QColor:
    """A colour with some transparency."""
    result = QColor(color)
    result.setAlphaF(alpha)
    return result
