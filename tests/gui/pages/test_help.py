from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPixmap

from engine.core.glossary import GLOSSARY
from gui.pages.help import ABOUT, CHAPTERS, KEYS, SCREEN, TERMS, Mark, annotated
from gui.style import theme as themes


@pytest.fixture
def page(window):
    window.commands["help"].trigger()
    return window.pages.help


def test_f1_opens_the_first_steps_and_escape_goes_back(page, window, qtbot):
    assert window.commands["help"].shortcut().toString() == "F1"
    assert window.pages.currentWidget() is page
    assert page.chapters.currentItem().text() == CHAPTERS[0]
    assert "Certify (F5)" in page.text.toPlainText()
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert window.pages.currentWidget() is window.pages.explore


def test_every_term_of_the_table_is_in_it(page):
    page.open(TERMS, "p_lower")
    text = " ".join(page.text.toPlainText().split())
    assert [entry.term for entry in GLOSSARY if entry.meaning not in text] == []
    assert page.text.verticalScrollBar().value() > 0  # at the term


def test_the_shortcuts_are_those_of_the_commands(page, window):
    page.open(KEYS)
    text = page.text.toPlainText()
    for action in window.commands.values():
        if keys := action.shortcut().toString():
            assert keys in text, action.objectName()
    assert "Quit" in text and "Quit\nQuit" not in text  # a tip that is the title is said once


def test_the_picture_is_of_the_window_and_every_part_has_a_number(page, window):
    page.open(SCREEN)
    text = page.text.toPlainText()
    for title in ("Model", "Votes", "Region", "Statement", "Progress"):
        assert f"{title}." in text
    assert "About" in CHAPTERS and window.pages.preview.isHidden()
    page.open(ABOUT)
    assert "Certiscope" in page.text.toPlainText()


def test_a_number_is_drawn_within_its_part(qapp):
    picture = QPixmap(200, 100)
    picture.fill(QColor("white"))
    image = annotated(picture, [Mark(QRect(20, 20, 100, 60), "part", "text")])
    accent = QColor(themes.current().accent)
    found = [(x, y) for x in range(200) for y in range(100) if QColor(image.pixel(x, y)) == accent]
    assert found and all(QRect(20, 20, 101, 61).contains(*at) for at in found)


def test_numbers_are_as_large_on_a_screen_of_more_pixels(qapp):
    picture = QPixmap(400, 200)
    picture.fill(QColor("white"))
    accent, found = QColor(themes.current().accent), []
    for scale in (1.0, 2.0):
        image = annotated(picture, [Mark(QRect(20, 20, 300, 160), "part", "text")], scale=scale)
        row = round(20 + 5 * scale)  # through the upper part of the disc
        found.append(sum(QColor(image.pixel(x, row)) == accent for x in range(280, 321)))
    assert found[1] > 1.6 * found[0]


def test_a_mark_on_a_part_of_its_own_colour_is_seen(qapp):
    """The button of a run is in the accent too."""
    accent = QColor(themes.current().accent)
    picture = QPixmap(200, 100)
    picture.fill(accent)
    image = annotated(picture, [Mark(QRect(20, 20, 100, 60), "part", "text")])
    ring = QColor(themes.current().on_accent)
    row = [x for x in range(200) if QColor(image.pixel(x, 70)) == ring]
    assert min(row) <= 24 and 116 <= max(row) <= 121  # the frame, on both sides
    disc = [x for x in range(80, 119) if QColor(image.pixel(x, 30)) == ring]
    assert disc and min(disc) < 105
