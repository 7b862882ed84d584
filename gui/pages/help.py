"""Help: first steps, what is on screen, the terms, the shortcuts, and what this program is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape

from PySide6.QtCore import QRect, Qt, QUrl, Signal, Slot
from PySide6.QtGui import (
    QAction,
    QColor,
    QFont,
    QImage,
    QPainter,
    QPen,
    QPixmap,
    QResizeEvent,
    QTextDocument,
)
from PySide6.QtWidgets import QListWidget, QTextBrowser, QWidget

from engine import __version__
from engine.core.glossary import GLOSSARY, GROUPS
from gui.style import theme as themes
from gui.widgets.layouts import divided
from gui.widgets.page import Page

FIRST, SCREEN, SETS, TERMS, KEYS, ABOUT = CHAPTERS = (
    "First steps",
    "What is on screen",
    "Sets and logs",
    "Terms",
    "Shortcuts",
    "About",
)
_LEAST, _EDGE = 320, 28
_DISC = 11.0
"""Half the width of a number in the picture, in pixels."""
_STEPS = (
    ("Open a model and an input", "Drop files anywhere on the window, choose shipped ones at the "
     "left, or take both from the gallery (Ctrl+G)."),
    ("Say what the attacker may do", "The scheme fixes the noise and what can be certified. A "
     "shipped model brings the noise it was trained with; whether the attacker changes pixels or, "
     "say, turns the image is chosen here."),
    ("Certify (F5)", "n0 votes choose the class, n fresh ones bound its probability. What may be "
     "claimed grows while you watch; Esc stops, and what was counted counts."),
    ("Read the statement", "At the right: the claim in one sentence, the numbers it rests on, and "
     "what it does not say. An abstention names its likeliest reason and the ways out."),
    ("Take it home", "The report (Ctrl+P) holds the evidence: a colleague opens it with Verify a "
     "report and recomputes every number. Sign it with a key of yours."),
)  # fmt: skip
_SETS = (
    ("Audit a set (Ctrl+Shift+A)", "Certify every input of a folder, of files, a data set or a "
     "table with the open model under the form's settings. A row stands for each input as it is "
     "decided, with the reason where nothing is certified; a click shows its votes and bounds. "
     "Certified accuracy is the share that is correct and certified at a size: the curve has a "
     "95 % band, and a dashed line shows what holds of all inputs at once. At size 0 it is the "
     "clean accuracy: correct and not abstained. What is said of a population comes when every "
     "input is decided, and holds if the inputs are a random draw from it. Every run is kept in "
     "the case: stop (Esc), resume, add inputs, and begin again where it was, at the next start "
     "too. A set that another process certifies into the open case is followed as it grows."),
    ("Other people's logs (Ctrl+Shift+L)", "Drop logs that certify and predict scripts wrote, or "
     "open files and folders: curves of all of them in one plot, and certified accuracy by "
     "radius, average certified radius (ACR) and abstentions in a table; a star marks the best at "
     "each radius. Choose a row to read what is wrong with that log, and by how much it is above "
     "the first, with a 95 % interval. Fields above say with which n and alpha the logs are said "
     "to have been made. Nothing in a log can be checked against its votes."),
)  # fmt: skip
_WORDS = (
    "Certiscope states how far an input can be changed before a model's prediction changes, by "
    "randomized smoothing, and writes a report that a second person can check.",
    "It runs on this machine. Nothing is sent from it unless you open a model of the Hugging Face "
    "hub, which is downloaded, or an encrypted server, which gets ciphertexts.",
    "A certificate is about the smoothed model, at one input, for changes of the stated kind, and "
    "is wrong with a chance of at most alpha.",
)


@dataclass(frozen=True)
class Mark:
    """A part of the window in the picture.

    Attributes:
        rect: where it is, in pixels of the picture.
        title, text: what it is, and what it is for.
    """

    rect: QRect
    title: str
    text: str


class HelpPage(Page):
    """Chapters at the left, one of them at the right.

    Signals:
        tour_asked: the tour is wanted.
    """

    beside_form = beside_statement = False
    tour_asked = Signal()

    def __init__(
        self,
        actions: dict[str, QAction],
        photograph: Callable[[], tuple[QPixmap, Sequence[Mark]]],
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Help", parent=parent)
        self._actions, self._photograph = actions, photograph
        self._picture, self._marks = QPixmap(), tuple[Mark, ...]()
        self.chapters = QListWidget()
        self.chapters.setAccessibleName("Chapters")
        self.chapters.addItems(list(CHAPTERS))
        self.chapters.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.text = QTextBrowser()
        self.text.setAccessibleName("Help")
        self.text.setOpenExternalLinks(False)
        self.content.addWidget(
            divided(Qt.Orientation.Horizontal, self.chapters, self.text, sizes=(170, 900)), 1
        )
        self.add_button("Take the &tour", self.tour_asked.emit)
        self.chapters.currentRowChanged.connect(self._turn)
        themes.registry.follow(self._turn)

    def open(self, chapter: str = FIRST, term: str = "") -> None:
        """Show a chapter, at a term if one is named."""
        self.chapters.setCurrentRow(CHAPTERS.index(chapter))
        if term:
            self.text.scrollToAnchor(_anchor(term))
        self.chapters.setFocus()

    def look(self) -> None:
        """Take the picture of what is on screen, before the page covers it."""
        picture, marks = self._photograph()
        self._picture, self._marks = picture, tuple(marks)
        self._turn()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The picture is as wide as the text."""
        super().resizeEvent(event)
        if self.chapters.currentRow() == CHAPTERS.index(SCREEN):
            self._turn()

    @Slot()
    def _turn(self) -> None:
        row = max(0, self.chapters.currentRow())
        self.chapters.setMinimumWidth(self.chapters.sizeHintForColumn(0) + _EDGE)
        pages: dict[str, Callable[[], str]] = {
            FIRST: partial(_listed, _STEPS),
            SCREEN: self._screen,
            SETS: partial(_listed, _SETS),
            TERMS: _terms,
            KEYS: self._keys,
        }
        shown = pages.get(CHAPTERS[row], _about)()
        ink = themes.current()
        self.text.setHtml(
            f"<style>dt, th {{ font-weight: bold; }} .small {{ color: {ink.muted}; }}</style>"
            f"<h2>{escape(CHAPTERS[row])}</h2>{shown}"
        )

    def _screen(self) -> str:
        if self._picture.isNull():
            return "<p>The picture is taken when the plots are in sight.</p>"
        ratio = self.devicePixelRatioF()
        image = annotated(self._picture, self._marks, scale=ratio)
        wide = max(_LEAST, min(self.text.viewport().width() - _EDGE, image.width()))
        scaled = image.scaledToWidth(
            round(wide * ratio), Qt.TransformationMode.SmoothTransformation
        )
        scaled.setDevicePixelRatio(ratio)
        kind = QTextDocument.ResourceType.ImageResource
        self.text.document().addResource(kind.value, QUrl("screen"), scaled)
        lines = "".join(
            f"<li><b>{escape(mark.title)}.</b> {escape(mark.text)}</li>" for mark in self._marks
        )
        return f'<p><img src="screen" width="{wide}"></p><ol>{lines}</ol>'

    def _keys(self) -> str:
        """Made from the commands themselves."""
        rows = "".join(
            f"<tr><td>{escape(keys)}</td><td>{escape(_plain(action.text()))}</td>"
            f"<td class='small'>{escape(_more(action))}</td></tr>"
            for action in self._actions.values()
            if (keys := action.shortcut().toString())
        )
        return f"<table cellpadding='4'>{rows}</table>"


def annotated(picture: QPixmap, marks: Sequence[Mark], *, scale: float = 1.0) -> QImage:
    """The picture with a numbered frame around every part.

    Args:
        picture: of the window, in the screen's pixels.
        marks: its parts, in these pixels.
        scale: of them to a logical pixel, so that numbers can be read on every screen.
    """
    theme = themes.current()
    image = picture.toImage()
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    font = QFont(theme.font("body", bold=True))
    font.setPointSizeF(scale * font.pointSizeF())
    painter.setFont(font)
    radius, edge = round(scale * _DISC), round(scale)
    for number, mark in enumerate(marks, 1):
        painter.setBrush(Qt.BrushStyle.NoBrush)
        inside = mark.rect.adjusted(edge, edge, -edge, -edge)
        # the part may be of the frame's own colour, as the button of a run is: a line lies between
        for color, width in ((theme.on_accent, 4), (theme.accent, 2)):
            painter.setPen(QPen(QColor(color), width * edge))
            painter.drawRoundedRect(inside, 6 * scale, 6 * scale)
        disc = QRect(0, 0, 2 * radius, 2 * radius)
        disc.moveCenter(mark.rect.topRight())
        disc.translate(-radius, radius)
        painter.setPen(QPen(QColor(theme.on_accent), 2 * edge))
        painter.setBrush(QColor(theme.accent))
        painter.drawEllipse(disc)
        painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, str(number))
    painter.end()
    return image


def _listed(parts: Sequence[tuple[str, str]]) -> str:
    lines = "".join(
        f"<li><p><b>{escape(title)}.</b> {escape(text)}</p></li>" for title, text in parts
    )
    return f"<ol>{lines}</ol>"


def _terms() -> str:
    parts = []
    for group in GROUPS:
        lines = "".join(
            f'<p><a name="{_anchor(entry.term)}"></a><b>{escape(entry.term)}</b>: '
            f"{escape(entry.meaning)}</p>"
            for entry in GLOSSARY
            if entry.group == group
        )
        parts.append(f"<h3>{escape(group)}</h3>{lines}")
    return "".join(parts)


def _about() -> str:
    lines = "".join(f"<p>{escape(sentence)}</p>" for sentence in _WORDS)
    return f"<p><b>Certiscope {escape(__version__)}</b></p>{lines}"


def _anchor(term: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in term)


def _more(action: QAction) -> str:
    """What a command's tip says beyond its title."""
    tip = action.statusTip()
    return "" if tip == _plain(action.text()) else tip


def _plain(title: str) -> str:
    return title.replace("&", "").removesuffix("…")
