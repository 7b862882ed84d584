from __future__ import annotations

from pathlib import Path

import pytest

from engine.core.errors import TrustRequired
from engine.models.request import ModelRequest
from gui.jobs.session_file import Left
from gui.shell.consent import ask_about_left, ask_for_trust, ask_to_close, ask_to_keep
from gui.shell.notice import NoticeArea
from gui.widgets.local_time import local_time


def buttons(notice):
    row = notice.buttons
    widgets = [row.itemAt(i).widget() for i in range(row.count())]
    return {w.text(): w for w in widgets if hasattr(w, "click")}


def test_yes_opens_this_file_with_trust(qtbot):
    area, opened = NoticeArea(), []
    qtbot.addWidget(area)
    error = TrustRequired("x", path="a.pt2", sha256="ab" * 32)
    notice = ask_for_trust(area, error, ModelRequest("a.pt2", normalize="none"), opened.append)
    assert "a.pt2 can run code" in notice.sentence
    assert "abababababababab…" in notice.sentence
    buttons(notice)["&Open this file"].click()
    of = ModelRequest("a.pt2", normalize="none", trust=True, consented=("ab" * 32,))
    assert opened == [of]


def test_no_opens_nothing(qtbot):
    area, opened = NoticeArea(), []
    qtbot.addWidget(area)
    error = TrustRequired("x", path="a.pt2", sha256="ab" * 32)
    notice = ask_for_trust(area, error, ModelRequest("a.pt2"), opened.append)
    buttons(notice)["&Do not open"].click()
    assert not opened
    assert not area.notices


def test_leaving_is_a_choice(qtbot):
    area, left = NoticeArea(), []
    qtbot.addWidget(area)
    question = "Stop the training and close?"
    buttons(ask_to_close(area, question, lambda: left.append(1)))["&Keep going"].click()
    assert not left and not area.notices
    asked = ask_to_close(area, question, lambda: left.append(1))
    assert asked.sentence == question
    buttons(asked)["Stop and &close"].click()
    assert left == [1]


@pytest.mark.parametrize(
    "results, unfinished, partial, said",
    [
        (1, 0, 0, "1 result saved nowhere"),
        (0, 1, 0, "1 unfinished run"),
        (1, 1, 1, "1 result saved nowhere, of an unfinished run"),
        (2, 1, 1, "2 results saved nowhere, 1 of them of an unfinished run"),
        (3, 3, 2, "3 results saved nowhere, 2 of them of unfinished runs and 1 unfinished run"),
    ],
)
def test_what_is_left_is_counted_once(qtbot, results, unfinished, partial, said):
    area = NoticeArea()
    qtbot.addWidget(area)
    left = Left(Path("x"), tuple("abc"[:results]), unfinished, partial)
    notice = ask_about_left(area, left, open_left=list, resume=list, discard=list, later=list)
    assert notice.sentence == f"An earlier session left {said}."
    assert ("&Resume the run" in buttons(notice)) == bool(unfinished)


@pytest.mark.parametrize(
    "others, also",
    [
        (0, ""),
        (1, "; another session left something too"),
        (2, "; 2 other sessions left something too"),
    ],
)
def test_which_session_left_it_is_said_and_that_others_did(qtbot, others, also):
    area, later = NoticeArea(), []
    qtbot.addWidget(area)
    left = Left(Path("session-20261130-160500-1-2.certiscope"), ("a",), 0, others=others)
    notice = ask_about_left(
        area, left, open_left=list, resume=list, discard=list, later=lambda: later.append(left)
    )
    at = local_time("2026-11-30T16:05:00+00:00")
    assert notice.sentence == f"The session of {at} left 1 result saved nowhere{also}."
    buttons(notice)["&Later"].click()
    assert later == [left]


def test_what_was_just_asked_for_goes_before_what_was_left(qtbot):
    area = NoticeArea()
    qtbot.addWidget(area)
    asked = area.ask("3 inputs were given.", {"&Leave it": list})
    left = Left(Path("x"), ("a",), 0)
    notice = ask_about_left(area, left, open_left=list, resume=list, discard=list, later=list)
    assert area.front is asked
    later = area.ask("Stop and close?", {"&Keep going": list})
    assert area.front is later
    for one in (later, asked):
        area.dismiss(one)
    assert area.front is notice


@pytest.mark.parametrize(
    "count, lost, said",
    [
        (1, 0, "Close again to be asked at the next start."),
        (1, 1, "No file holds it for the next start: close again to lose it."),
        (2, 2, "No file holds them for the next start: close again to lose them."),
        (3, 2, "No file holds 2 of them for the next start: close again to lose 2 of them."),
    ],
)
def test_what_closing_would_lose_is_said(qtbot, count, lost, said):
    area = NoticeArea()
    qtbot.addWidget(area)
    notice = ask_to_keep(area, count, lost=lost, report=None, keep=None, discard=list, stay=list)
    assert notice.sentence.endswith(f" saved nowhere. {said}")
    assert {"&Discard", "&Stay"} <= set(buttons(notice))
    assert not any("Keep" in title or "report" in title for title in buttons(notice))
