"""The welcome page: cards of recorded cases and of pages that move, each with one sentence."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QSizePolicy, QWidget

from engine.demos.gallery import CASES, GalleryCase, Recorded, recorded_index
from gui.controllers.preferences import Preferences
from gui.style import theme as themes
from gui.style.theme import Theme, set_role
from gui.widgets.buttons import quiet_button
from gui.widgets.page import Page
from gui.widgets.scroll import ScrollColumn
from gui.widgets.section import words

RUN = "Run it yourself"
_INVITATION = (
    "Recorded runs open at once, with every vote that was counted. Choose one to look at and "
    "replay, or run it yourself."
)
_MOST_COLUMNS, _NARROWEST, _GAP = 4, 250, 10
_PICTURE, _ROOM = 92, 10
"""Pixels of the lowest picture, and around what stands on a card; before scaling."""
_SENTENCE_LINES = 2


class WelcomePage(Page):
    """What the program can show, before anything is loaded.

    Attributes:
        cards: by the key of their case.

    Signals:
        chosen: a :class:`GalleryCase` to look at.
        run_wanted: one that is to be run here.
        tour_asked: the tour is wanted.
    """

    chosen = Signal(object)
    run_wanted = Signal(object)
    tour_asked = Signal()
    beside_form = beside_statement = False

    def __init__(self, preferences: Preferences, *, parent: QWidget | None = None) -> None:
        super().__init__("Welcome", parent=parent)
        self.set_subtitle("Certificates by randomized smoothing")
        self.back.setText("To my &model")
        self.add_button("Take the &tour", self.tour_asked.emit, tip="Five stops through the window")
        self.at_start = QCheckBox("&Show this at the start")
        self.at_start.setChecked(preferences.welcome)
        self.at_start.toggled.connect(lambda on: setattr(preferences, "welcome", on))
        self.buttons.insertWidget(0, self.at_start)
        told = recorded_index()
        self.cards = {case.key: CaseCard(case, told.get(case.key)) for case in CASES}
        for card in self.cards.values():
            card.clicked.connect(partial(self._choose, card.case))
            card.run.clicked.connect(partial(self._run, card.case))
        self.content.addWidget(words(_INVITATION, role="muted"))
        self.room = ScrollColumn("Cases", spacing=0)
        self.room.column.setContentsMargins(0, 0, 0, 0)
        self.room.column.addWidget(CardGrid(tuple(self.cards.values())))
        self.content.addWidget(self.room, 1)

    def take_focus(self) -> None:
        """The keyboard is for the first card."""
        next(iter(self.cards.values())).setFocus()

    def _choose(self, case: GalleryCase, *_: object) -> None:
        self.chosen.emit(case)

    def _run(self, case: GalleryCase, *_: object) -> None:
        self.run_wanted.emit(case)


class CaseCard(QAbstractButton):
    """Picture, title, what is certified, a sentence, and how it was recorded.

    Args:
        case: that it is of.
        recorded: what is known of its run; None for a page.

    Attributes:
        run: begins the same run here; hidden on a page's card.
    """

    def __init__(self, case: GalleryCase, recorded: Recorded | None) -> None:
        super().__init__()
        self.case, self.recorded = case, recorded
        self._picture: QPixmap | None = None
        self._drawn_dark: bool | None = None
        self.setAccessibleName(f"{case.title}. {case.sentence}")
        self.setAccessibleDescription(self.foot)
        self.setToolTip(case.command and f"certiscope {case.command}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.run = quiet_button(RUN, f"{RUN}: {case.title}", "Opens model and input, and the form")
        self.run.setParent(self)
        self.run.setVisible(recorded is not None)
        themes.registry.follow(self.retheme)

    def retheme(self) -> None:
        """Other colours, and a picture of the other ground."""
        self.update()

    @property
    def foot(self) -> str:
        """Votes and day of the run; that a page moves by itself."""
        if self.recorded is None:
            return "Draws its votes live"
        return f"{self.recorded.votes} · {self.recorded.created}"

    def sizeHint(self) -> QSize:
        """As wide as the narrowest column, as high as its words and the lowest picture."""
        theme = themes.current()
        return QSize(round(theme.px(_NARROWEST)), self.least_height())

    def least_height(self) -> int:
        """With the lowest picture."""
        theme = themes.current()
        return round(theme.px(_PICTURE + 2.4 * _ROOM)) + self._words_height()

    def _words_height(self) -> int:
        small, title = self._heights()
        return title + (1 + _SENTENCE_LINES) * small + max(small, self.run.sizeHint().height())

    def _heights(self) -> tuple[int, int]:
        """Lines of the small and of the title's type."""
        theme = themes.current()
        fonts = theme.font("small"), theme.font("title", bold=True)
        small, title = (QFontMetrics(font).height() for font in fonts)
        return small, title

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return chooses it on every platform."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The button keeps to the lower right corner."""
        super().resizeEvent(event)
        size, room = self.run.sizeHint(), round(themes.current().px(_ROOM) / 2)
        corner = QPointF(self.width() - size.width() - room, self.height() - size.height() - room)
        self.run.setGeometry(QRect(corner.toPoint(), size))

    def enterEvent(self, event: QEnterEvent) -> None:
        """The pointer is over it."""
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """The pointer left."""
        super().leaveEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Box, picture, words."""
        theme, painter = themes.current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        marked = self.hasFocus() or self.underMouse()
        edge = 2.0 if marked else float(theme.border_width)
        painter.setPen(QPen(QColor(theme.focus if marked else theme.border), edge))
        painter.setBrush(QColor(theme.surface))
        box = QRectF(self.rect()).adjusted(edge / 2, edge / 2, -edge / 2, -edge / 2)
        painter.drawRoundedRect(box, theme.radius, theme.radius)
        room = theme.px(_ROOM)
        inner = box.adjusted(room, room, -room, -room)
        self._draw_picture(painter, theme, inner)
        self._draw_words(painter, theme, inner)
        painter.end()

    def _draw_picture(self, painter: QPainter, theme: Theme, inner: QRectF) -> None:
        """As large as the words leave room for."""
        if self._drawn_dark is not theme.dark:
            self._picture = QPixmap(str(self.case.image(dark=theme.dark)))
            self._drawn_dark = theme.dark
        picture = self._picture
        if picture is None or picture.isNull():
            return
        area = inner.adjusted(0, 0, 0, -self._words_height() - theme.px(_ROOM) / 2)
        size = picture.size().scaled(area.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
        target = QRectF(QPointF(), size.toSizeF())
        target.moveCenter(area.center())
        painter.drawPixmap(target, picture, QRectF(picture.rect()))

    def _draw_words(self, painter: QPainter, theme: Theme, inner: QRectF) -> None:
        small, title = self._heights()
        top = inner.bottom() - self._words_height()
        left, wide = inner.left(), inner.width()
        claim = self.recorded.headline if self.recorded is not None else ""
        lines = (
            (theme.font("title", bold=True), theme.text, self.case.title, title, 1),
            (theme.font("small", bold=True), theme.certified, claim, small, 1),
            (theme.font("small"), theme.text, self.case.sentence, small, _SENTENCE_LINES),
        )
        for font, ink, text, line, count in lines:
            painter.setFont(font)
            painter.setPen(QColor(ink))
            high = line * count
            flags = Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
            if count == 1:
                end = Qt.TextElideMode.ElideRight
                text = painter.fontMetrics().elidedText(text, end, round(wide))
            painter.drawText(QRectF(left, top, wide, high + 2), flags, text)
            top += high
        painter.setFont(theme.font("small"))
        painter.setPen(QColor(theme.muted))
        wide -= self.run.width() if self.recorded is not None else 0.0
        foot = QRectF(left, top, wide, inner.bottom() - top)
        words = self.foot_within(painter.fontMetrics(), int(wide))
        painter.drawText(foot, Qt.AlignmentFlag.AlignVCenter, words)

    def foot_within(self, metrics: QFontMetrics, wide: int) -> str:
        """The foot, without the day where that does not fit, shortened where votes alone do not."""
        words = self.foot
        if self.recorded is not None and metrics.horizontalAdvance(words) > wide:
            words = self.recorded.votes
        return metrics.elidedText(words, Qt.TextElideMode.ElideRight, wide)


class CardGrid(QWidget):
    """Cards in as many columns as there is room for, as high as the page lets them be."""

    def __init__(self, cards: tuple[CaseCard, ...]) -> None:
        super().__init__()
        self._cards = cards
        for card in cards:
            card.setParent(self)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        set_role(self, "plain")
        themes.registry.follow(self.retheme)

    def retheme(self) -> None:
        """Another size of type needs other room."""
        self.updateGeometry()

    def columns(self, width: int) -> int:
        """How many fit, in rows that are equally full."""
        most = min(_MOST_COLUMNS, int((width + _GAP) / (themes.current().px(_NARROWEST) + _GAP)))
        return max(1, most)

    def hasHeightForWidth(self) -> bool:
        """Fewer columns need more rows."""
        return True

    def heightForWidth(self, width: int) -> int:
        """With the lowest pictures."""
        rows = -(-len(self._cards) // self.columns(width))
        return rows * (self._cards[0].least_height() + _GAP) - _GAP  # it is that of every card

    def minimumSizeHint(self) -> QSize:
        """One card wide."""
        wide = round(themes.current().px(_NARROWEST))
        return QSize(wide, self.heightForWidth(max(wide, self.width())))

    def sizeHint(self) -> QSize:
        """Two cards wide."""
        wide = 2 * round(themes.current().px(_NARROWEST)) + _GAP
        return QSize(wide, self.heightForWidth(max(wide, self.width())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size has other columns."""
        super().resizeEvent(event)
        columns = self.columns(self.width())
        rows = -(-len(self._cards) // columns)
        wide = (self.width() - _GAP * (columns - 1)) / columns
        high = (self.height() - _GAP * (rows - 1)) / rows
        for place, card in enumerate(self._cards):
            row, column = divmod(place, columns)
            corner = QPointF(column * (wide + _GAP), row * (high + _GAP)).toPoint()
            card.setGeometry(QRect(corner, QSize(int(wide), int(high))))
