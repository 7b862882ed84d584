from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication

from engine.demos.gallery import CASES, case_of
from gui.pages.welcome import CaseCard, WelcomePage
from gui.style import theme as themes


@pytest.fixture
def page(qtbot, preferences):
    page = WelcomePage(preferences)
    qtbot.addWidget(page)
    page.resize(1200, 640)
    page.show()
    QApplication.processEvents()
    return page


def test_a_card_for_every_case_with_picture_and_sentence(page):
    assert list(page.cards) == [case.key for case in CASES]
    for card in page.cards.values():
        card.grab()  # also where the page would have to be scrolled
        assert card.case.sentence in card.accessibleName()
        assert card._picture is not None and not card._picture.isNull()
        assert card.run.isVisible() is bool(card.case.command)


def test_a_card_says_votes_and_day_of_its_run(page):
    assert page.cards["digit"].foot.startswith("n = 100,000 · 20")
    assert page.cards["aircraft"].foot.startswith("exact map, no votes · ")
    assert page.cards["lecture"].foot == "Draws its votes live"


def test_a_narrow_foot_gives_up_the_day_before_the_votes_are_cut(page):
    card = page.cards["ring"]
    metrics, votes = card.fontMetrics(), card.recorded.votes
    room = metrics.horizontalAdvance(card.foot)
    assert card.foot_within(metrics, room) == card.foot
    assert card.foot_within(metrics, room - 4) == votes
    assert card.foot_within(metrics, metrics.horizontalAdvance(votes) // 2).endswith("…")


def test_titles_are_whole_on_cards_of_the_smallest_usual_window(page):
    page.resize(1280, 720)
    QApplication.processEvents()
    for card in page.cards.values():
        font = themes.current().font("title", bold=True)
        assert QFontMetrics(font).horizontalAdvance(card.case.title) <= card.width() - 22


def test_cards_are_chosen_by_mouse_and_by_keys(page, qtbot):
    with qtbot.waitSignal(page.chosen) as chosen:
        qtbot.mouseClick(page.cards["ring"], Qt.MouseButton.LeftButton)
    assert chosen.args == [case_of("ring")]
    with qtbot.waitSignal(page.chosen) as chosen:
        qtbot.keyClick(page.cards["light"], Qt.Key.Key_Space)
    assert chosen.args == [case_of("light")]
    with qtbot.waitSignal(page.run_wanted) as wanted:
        qtbot.mouseClick(page.cards["graph"].run, Qt.MouseButton.LeftButton)
    assert wanted.args == [case_of("graph")]
    with qtbot.waitSignal(page.chosen) as chosen:
        qtbot.keyClick(page.cards["graph"], Qt.Key.Key_Return)
    assert chosen.args == [case_of("graph")]


def test_it_is_left_out_of_the_next_start_if_that_is_wanted(page, preferences):
    assert page.at_start.isChecked() and preferences.welcome
    page.at_start.click()
    assert not preferences.welcome


def test_no_card_lies_over_another_and_no_sentence_is_cut(page):
    for width in (420, 800, 1200, 1900):
        page.resize(width, 640)
        QApplication.processEvents()
        cards = list(page.cards.values())
        boxes = [card.geometry() for card in cards]
        assert all(not a.intersects(b) for i, a in enumerate(boxes) for b in boxes[:i])
        for card in cards:
            assert card.height() >= card.least_height()
            metrics = QFontMetrics(themes.current().font("small"))
            wide = card.width() - 24
            flags = Qt.TextFlag.TextWordWrap
            needed = metrics.boundingRect(0, 0, wide, 999, flags, card.case.sentence).height()
            assert needed <= 2 * metrics.height() + 2, (card.case.key, width)


def test_a_case_that_is_not_shipped_has_a_card_without_a_run(qtbot):
    card = CaseCard(case_of("digit"), None)
    qtbot.addWidget(card)
    card.show()
    assert not card.run.isVisible()
