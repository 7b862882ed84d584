"""What all plots share: a card with words for screen readers, a waiting text, and export."""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, cast

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QGuiApplication,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
)
from PySide6.QtWidgets import (
    QLabel,
    QMenu,
    QSizePolicy,
    QToolButton,
    QToolTip,
    QWidget,
)

from gui.style import theme as themes
from gui.style.theme import set_role
from gui.widgets.buttons import menu_button
from gui.widgets.card import Card
from gui.widgets.file_dialogs import FileAsker
from gui.widgets.icons import themed_icon
from gui.widgets.page import WRITTEN

if TYPE_CHECKING:
    from engine.report.plots import Figure
    from engine.report.typeset import Format

F = TypeVar("F")

SLIDES = {"png": "PNG image", "svg": "SVG drawing", "pdf": "PDF page"}
FORMATS = {**SLIDES, "csv": "CSV table"}
_LINES = 2
"""A subtitle may take on stage."""
_SPEAK_EVERY_MS = 1000


class Plot(Card, Generic[F]):
    """A card that draws one kind of figure.

    ``show_figure`` is cheap enough for 15 calls per second: items are made once and only take new
    data. Export draws the figure's data anew (``engine.report.drawing``), not this widget.

    Attributes:
        figure: what is shown; None while the card waits.
        body: the widget that draws it, made when it is first asked for.
        is_made: it is there.

    Signals:
        notice: kind and sentence, as a page's: an export worked, or why it did not.
        enlarged: it is to have the room of all plots, or to give it back.
    """

    notice = Signal(str, str)
    enlarged = Signal()
    is_made = False
    stem: ClassVar[str]
    """Proposed name of exported files."""

    def __init__(self, title: str, *, parent: QWidget | None = None) -> None:
        super().__init__(title, parent=parent)
        self.figure: F | None = None
        self.menu = self._build_menu()
        self.more = self._build_more()
        self.waiting = _waiting_label()
        self.content.addWidget(self.waiting, 1)
        self._speak_timer = QTimer(self, singleShot=True, interval=_SPEAK_EVERY_MS)
        self._speak_timer.timeout.connect(self._speak)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(220, 200)
        themes.registry.follow(self.retheme)
        self.wait("")
        self.retheme()

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Make the body when something of it is first asked for."""
            if name.startswith("__") or self.is_made:
                raise AttributeError(f"{type(self).__name__} has no {name}")
            self.make()
            return getattr(self, name)

    def make(self) -> None:
        """Make the body, unless it is there: it takes longer than all else of a card."""
        if self.is_made:
            return
        self.is_made = True
        self.body = self.make_body()
        self.body.hide()
        self.content.insertWidget(self.content.indexOf(self.waiting), self.body, 1)
        self.retheme()

    @abstractmethod
    def make_body(self) -> QWidget:
        """The widget that draws, with all its items; called once."""

    @abstractmethod
    def draw(self, figure: F) -> None:
        """Give the items the figure's data."""

    @abstractmethod
    def summary(self) -> str:
        """What is shown now, in one or two sentences."""

    def label(self) -> None:
        """Place the labels, after new data and after every change of size."""

    def under(self, at: QPoint) -> str:
        """What lies at a place of the card, in words for a tooltip; empty for nothing."""
        return ""

    def event(self, event: QEvent) -> bool:
        """Tooltips with what is under the mouse."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            words = self.under(event.pos())
            if words:
                QToolTip.showText(event.globalPos(), words, self)
                return True
        return super().event(event)

    def show_figure(self, figure: F, *, labelled: bool = True) -> None:
        """Show data.

        Args:
            figure: the data.
            labelled: with its labels; else those that stand, of a moment ago, stay.
        """
        self.make()
        if self.figure is None:
            self.waiting.hide()
            self.body.show()
            labelled = True
        self.figure = figure
        self.draw(figure)
        if labelled:
            self.label()
        if not self._speak_timer.isActive():
            self._speak()
            self._speak_timer.start()

    def wait(self, sentence: str) -> None:
        """Show no data but a sentence that says when there will be some."""
        self.figure = None
        if self.is_made:
            self.body.hide()
        self.waiting.setText(sentence)
        self.waiting.show()
        self.set_subtitle("")
        self.setAccessibleDescription(sentence)

    @Slot()
    def retheme(self) -> None:
        """Take up the theme in force."""
        self.more.setIcon(themed_icon("more"))
        # on stage there is room for all of it, and nobody points at a short form
        self.subtitle.set_lines(_LINES if themes.current().on_stage else 1)
        if self.figure is not None:
            self.show_figure(self.figure)

    def copy_image(self) -> None:
        """Put the figure on the clipboard as an image."""
        data = self._rendered(self.figure, "png")
        if data is not None:
            QGuiApplication.clipboard().setImage(QImage.fromData(data))
            self.notice.emit("info", f"{self.title.text()}: image copied.")

    def save(self, path: Path) -> None:
        """Write the figure; the format follows the suffix (.png, .svg, .pdf or .csv)."""
        self._save_chosen(path, self.figure, slide=False)

    def ask_and_save(self, fmt: str, *, slide: bool = False) -> None:
        """Ask for a place, without stopping anything that runs, then save what was shown.

        Args:
            fmt: proposed ending.
            slide: in the proportions and type of a slide.
        """
        kinds = SLIDES if slide else {fmt: FORMATS[fmt]}
        figure = self.figure  # as it is now: what is shown may be another by the time of an answer
        FileAsker(self).save_file(
            "Save as slide" if slide else f"Save {FORMATS[fmt]}",
            f"{self.stem}.{fmt}",
            lambda path: self._save_chosen(path, figure, slide=slide),
            ";;".join(f"{words} (*.{ending})" for ending, words in kinds.items()),
        )

    def save_slide(self, path: Path) -> None:
        """Write the figure as a slide of 16 to 9 (.png, .svg or .pdf)."""
        self._save_chosen(path, self.figure, slide=True)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The same menu by right click and by the menu key."""
        self.menu.popup(event.globalPos())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """All the room for this plot, or its own again."""
        self.enlarged.emit()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C copies the image; Return opens the menu."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_image()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))
        else:
            super().keyPressEvent(event)

    def _save_chosen(self, path: Path, figure: F | None, *, slide: bool) -> None:
        from engine.core.errors import UserError
        from engine.core.files import write_atomically

        kinds, fmt = SLIDES if slide else FORMATS, path.suffix.lower().lstrip(".")
        if fmt not in kinds:
            endings = ", ".join(f".{one}" for one in kinds)
            words = f"Cannot save {path.name}: choose {' or '.join(endings.rsplit(', ', 1))}."
            self.notice.emit("error", words)
            return
        data = self._rendered(figure, fmt, slide=slide)
        if data is None:
            return
        try:
            write_atomically(path, data)
        except UserError as error:
            self.notice.emit("error", str(error))
        else:
            self.notice.emit(WRITTEN, str(path))

    def _rendered(self, shown: F | None, fmt: str, *, slide: bool = False) -> bytes | None:
        from engine.core.errors import UserError
        from engine.report.drawing import figure_csv, render_figure
        from engine.slides.slide import render_plot

        if shown is None:
            self.notice.emit("error", f"{self.title.text()}: there is nothing to export yet.")
            return None
        figure = cast("Figure", shown)
        try:
            if fmt == "csv":
                return figure_csv(figure).encode()
            dark = themes.current().dark
            render = render_plot if slide else render_figure
            return render(figure, cast("Format", fmt), dark=dark)
        except UserError as error:
            self.notice.emit("error", str(error))
            return None

    def _build_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.addAction("Copy image", self.copy_image)
        for fmt in FORMATS:
            action = menu.addAction(f"Save {fmt.upper()}...")
            action.setData(fmt)
        menu.addAction("Save as slide...", self._ask_for_slide)
        menu.addSeparator()
        menu.addAction("Enlarge, or give the room back", self.enlarged.emit)
        menu.triggered.connect(self._menu_triggered)
        return menu

    @Slot()
    def _ask_for_slide(self) -> None:
        self.ask_and_save("png", slide=True)

    @Slot(QAction)
    def _menu_triggered(self, action: QAction) -> None:
        if action.data() in FORMATS:
            self.ask_and_save(action.data())

    def _build_more(self) -> QToolButton:
        name = f"Copy or save: {self.title.text()}"
        more = menu_button("", name, "Copy or save this plot", self.menu)
        self.header.addWidget(more, 0, Qt.AlignmentFlag.AlignTop)
        return more

    @Slot()
    def _speak(self) -> None:
        # once a second at most: every change of the description is an event for screen readers
        if self.figure is not None:
            self.setAccessibleDescription(self.summary())


def _waiting_label() -> QLabel:
    label = QLabel()
    set_role(label, "muted")
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    policy = QSizePolicy.Policy.Expanding
    label.setSizePolicy(policy, policy)
    return label
