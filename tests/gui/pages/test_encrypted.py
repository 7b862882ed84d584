from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt

from engine.evidence.observations import EncryptedRecord
from engine.evidence.settings import CertifySettings
from engine.explain.encrypted import Ciphertext, Sight
from engine.report.encrypted import CLIENT_LEARNS, NOT_CLAIMED, SERVER_LEARNS
from gui.jobs.encrypted_jobs import Look
from gui.widgets.flag_names import in_the_window
from tests.factories import make_evidence
from tests.gui.conftest import make_snapshot


@pytest.fixture
def page(window):
    window.commands["encrypted"].trigger()
    return window.pages.encrypted


def seen() -> Look:
    sight = Sight(
        image=np.zeros((1, 8, 8), dtype=np.float32),
        sent=Ciphertext.of(bytes(range(256)) * 100),
        received=Ciphertext.of(b"\x07" * 5000),
        numbers=(0.25, -0.5, 0.75, 0.0),
        names=("a", "b", "c", "d"),
    )
    return Look(None, sight)


def test_it_says_what_to_do_and_who_may_learn_what(page):
    assert "Start a server here" in page.state.text() and not page.bytes.isVisible()
    server, client, claim = page.learns.text().splitlines()
    assert (server, client) == (SERVER_LEARNS, CLIENT_LEARNS["scores"])
    assert claim == in_the_window(NOT_CLAIMED) and "'Verify a report', all blocks" in claim
    empty = [label.text() for label in (page.holds, page.sees, page.reads)]
    assert empty == ["no image yet", "nothing sent yet", "nothing came back yet"]
    assert not page.image.isVisible() and not page.arrows[0].isVisible()


def test_an_address_opens_the_model_behind_it(page, window, qtbot, monkeypatch):
    asked = []
    monkeypatch.setattr(window.session.loading, "open_model", asked.append)
    page.address.setText("127.0.0.1:7000")
    page.answer.setCurrentIndex(1)
    qtbot.mouseClick(page.open, Qt.MouseButton.LeftButton)
    assert [request.spec for request in asked] == ["encrypted:127.0.0.1:7000?answer=bits"]
    page.address.setText("nowhere:x")
    qtbot.mouseClick(page.open, Qt.MouseButton.LeftButton)
    assert "is no address of a server" in page.state.text() and len(asked) == 1


def test_both_sides_are_drawn(page, window):
    page._show(seen())
    assert page.image.image.width() == 8 and page.sent.image.width() == 64
    assert page.image.isVisible() and page.arrows[1].isVisible()
    assert page.received.caption == "bytes of the answer"
    assert page.sees.text() == "25,600 bytes of ciphertexts"
    assert "which the client decrypts: c: 0.750, a: 0.250, d: 0.000 and 1 more" in page.reads.text()
    page._show(None)
    assert page.image.image is None and page.reads.text() == "nothing came back yet"


def test_on_a_low_screen_no_sentence_covers_an_image(page, window, qtbot):
    page._show(seen())
    for size in ((960, 540), (1280, 800), (1920, 1080)):
        window.resize(*size)
        for view, said in ((page.image, page.holds), (page.received, page.reads)):
            qtbot.waitUntil(lambda view=view, said=said: view.geometry().bottom() < said.y())
            assert view.height() >= 150 and said.height() >= said.heightForWidth(said.width())


def test_what_a_run_takes_stands_there_before_anything_is_sent(page, window, monkeypatch):
    monkeypatch.setattr(
        "gui.pages.encrypted.cost", lambda model, votes: f"{votes:,} votes" if model else ""
    )
    monkeypatch.setattr(window.session.loading, "classifier", object())
    window.session.loading.model_changed.emit()
    votes = window.session.form.settings.n0 + window.session.form.settings.n
    assert page.cost.text() == f"{votes:,} votes" and page.seen is None
    monkeypatch.setattr(window.session.loading, "classifier", None)
    window.session.loading.model_changed.emit()
    assert not page.cost.isVisible()


RECORD = EncryptedRecord(
    answer="bits",
    ring=8192,
    primes=(53, 53, 52, 60),
    scale=30,
    features=65,
    hidden=25,
    limit=8.0,
    error=0.25,
    samples=1000,
    doubtful=12,
)


def test_a_run_says_what_it_subtracted_while_it_counts_and_at_its_end(page, window):
    runs = window.session.runs
    subtracted = "any bound, 12 of 1,000 samples in doubt were taken from the counts."
    runs.snapshot = make_snapshot(CertifySettings(), 1000).model_copy(
        update={"encrypted": RECORD, "top": None}
    )
    runs.snapshot_changed.emit()
    assert page.counted.text() == f"So far, before {subtracted}"
    runs.evidence = make_evidence(encrypted=RECORD)
    runs.evidence_changed.emit()
    assert page.counted.text() == f"Before {subtracted}"
    assert CLIENT_LEARNS["bits"] in page.learns.text()


def test_who_may_learn_what_follows_the_answer_that_is_chosen(page):
    page.answer.setCurrentIndex(1)
    assert CLIENT_LEARNS["bits"] in page.learns.text()
    page.answer.setCurrentIndex(0)
    assert CLIENT_LEARNS["scores"] in page.learns.text()


def test_a_server_is_started_and_stopped_here(page, window, monkeypatch):
    started = []
    monkeypatch.setattr(window.session.server, "start", started.append)
    page.start.click()
    assert started == ["demo:digits-encrypted"] and page.start.text() == "&Stop the server"
    window.session.server.ended.emit("The server has ended: no.")
    assert page.state.text() == "The server has ended: no."
    assert page.start.text() == "&Start a server here"


def test_an_address_has_room_beside_both_columns(page, window, qtbot):
    window.resize(1280, 800)
    qtbot.wait(50)
    assert window.left.isVisible() and window.statement.isVisible()
    needed = page.address.fontMetrics().horizontalAdvance("192.168.100.100:7707")
    assert page.address.width() > needed + 10
