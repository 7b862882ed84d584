from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from gui.shell.palette import Find, match, rank


@pytest.fixture
def palette(window):
    window.activateWindow()
    window.commands["palette"].trigger()
    return window.palette_finder


def titles(palette):
    return [palette.results.item(row).text() for row in range(palette.results.count())]


def test_it_lists_every_command(palette, window):
    assert palette.isVisible()
    assert len(titles(palette)) == len(window.commands) - 1  # all but itself


def test_letters_narrow_the_list_and_return_runs(palette, window, qtbot):
    qtbot.keyClicks(palette.query, "dark")
    assert titles(palette)[0] == "Dark"
    qtbot.keyClick(palette.query, Qt.Key.Key_Return)
    assert window.session.preferences.theme == "dark"
    assert not palette.isVisible()


def test_arrows_move_and_escape_only_leaves_the_finder(palette, window, qtbot):
    qtbot.keyClick(palette.query, Qt.Key.Key_Down)
    assert palette.results.currentRow() == 1
    qtbot.keyClick(palette.query, Qt.Key.Key_Up)
    qtbot.keyClick(palette.query, Qt.Key.Key_Up)
    assert palette.results.currentRow() == palette.results.count() - 1
    qtbot.keyClick(palette.query, Qt.Key.Key_Escape)
    assert not palette.isVisible()


def test_what_makes_no_sense_now_cannot_be_run(palette, qtbot):
    qtbot.keyClicks(palette.query, "stop")
    item = palette.results.item(0)
    assert not item.flags() & Qt.ItemFlag.ItemIsEnabled


@pytest.mark.parametrize(
    ("query", "title", "score"),
    [("cert", "Certify", 0), ("cy", "Certify", 5), ("xyz", "Certify", None), ("", "Stop", 0)],
)
def test_letters_in_order_and_the_closest_first(query, title, score):
    assert match(query, title) == score


def test_it_says_when_nothing_matches_and_return_does_nothing(palette, qtbot):
    qtbot.keyClicks(palette.query, "zzqx")
    assert titles(palette) == ["Nothing matches 'zzqx'."]
    assert not palette.results.item(0).flags() & Qt.ItemFlag.ItemIsEnabled
    qtbot.keyClick(palette.query, Qt.Key.Key_Return)
    assert palette.isVisible()


def test_words_come_before_scattered_letters_and_only_commands_match_by_letters():
    command, term = Find("Certify", "", list), Find("certificate", "help", list, ("certified",))
    assert rank("certi", command) == rank("certi", term) == (0, 0)
    assert rank("cy", command) == (2, 5) and rank("cy", term) is None
    assert rank("fied", term) == (1, 5)
