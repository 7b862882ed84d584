from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from engine.signing import keys as engine_keys


@pytest.fixture
def page(window, qtbot):
    window.commands["keys"].trigger()
    page = window.pages.keys
    qtbot.waitUntil(lambda: page.keys.path.name != "")
    return page


def test_a_key_is_made_and_everything_is_signed_from_then_on(page, window, qtbot):
    assert not page.sign.isEnabled() and "no key yet" in page.state.text()
    page.name.setText("Ada Example")
    qtbot.mouseClick(page.do, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.keys.own is not None)
    own = engine_keys.read_public(engine_keys.public_path(engine_keys.default_path()))
    assert page.owner.text() == "Ada Example" and page.fingerprint.text() == own.fingerprint
    qtbot.mouseClick(page.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == own.fingerprint
    assert page.sign.isEnabled() and not page.do.isVisible()
    page.sign.click()
    exports = window.session.exports
    assert exports.signs and exports.signer.public == own
    assert window.pages.preview.form.sign.isChecked()


@pytest.fixture
def gate(window):
    """Work that goes on until somebody opens the gate."""
    gate = threading.Event()
    window.session.worker.submit(lambda stop: gate.wait(10), "working")
    yield gate
    gate.set()


def test_what_was_asked_for_during_other_work_is_done_after_it(page, window, gate, tmp_path, qtbot):
    """Whoever leaves the page and comes back has the keys read anew: that drops nothing."""
    engine_keys.create(tmp_path / "bob.pem", name="Bob Example")
    page.name.setText("Ada Example")
    qtbot.mouseClick(page.do, Qt.MouseButton.LeftButton)
    page.trust(tmp_path / "bob.pub.json")
    page.back.click()
    window.commands["keys"].trigger()
    assert page.waits.isVisible()
    assert "making a key, trusting bob.pub.json" in page.waits.text()
    qtbot.mouseClick(page.do, Qt.MouseButton.LeftButton)  # again: one key is made, as was said
    gate.set()
    qtbot.waitUntil(lambda: page.trusted.rowCount() == 1)
    assert page.owner.text() == "Ada Example" and page.sign.isEnabled()
    assert not page.waits.isVisible() and not page.complaint.isVisible()


def test_a_key_is_made_between_two_batches_of_a_run(loaded, engine, qtbot):
    engine.pause = 0.01
    loaded.session.runs.certify()
    loaded.commands["keys"].trigger()
    page = loaded.pages.keys
    page.name.setText("Ada Example")
    qtbot.mouseClick(page.do, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.keys.own is not None)
    assert loaded.session.runs.running and not page.do.isVisible()
    loaded.session.runs.stop()
    qtbot.waitUntil(lambda: not loaded.session.runs.running)


def test_what_waits_and_is_refused_waits_no_more(page, gate, tmp_path, qtbot):
    page.trust(tmp_path / "none.pub.json")
    assert "trusting none.pub.json" in page.waits.text()
    gate.set()
    qtbot.waitUntil(lambda: "none.pub.json" in page.complaint.text())
    assert page.waits.isHidden()


def test_a_locked_key_asks_for_its_passphrase_and_says_when_it_is_another(window, qtbot):
    engine_keys.create(engine_keys.default_path(), name="Ada Example", passphrase="secret")
    window.commands["keys"].trigger()
    page = window.pages.keys
    qtbot.waitUntil(lambda: "is locked" in page.state.text())
    page.passphrase.setText("wrong")
    qtbot.keyClick(page.passphrase, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "passphrase is another one" in page.complaint.text())
    assert page.passphrase.text() == "" and not page.sign.isEnabled()
    page.passphrase.setText("secret")
    qtbot.keyClick(page.passphrase, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.sign.isEnabled())
    assert not page.complaint.isVisible()


def test_a_key_without_a_name_is_refused_in_the_window_s_words(page, qtbot):
    qtbot.mouseClick(page.do, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.complaint.isVisible())
    assert page.complaint.text() == "A key needs a name that people know, e.g. Ada Example."


def test_somebody_else_s_key_is_trusted(page, tmp_path, qtbot):
    other = engine_keys.create(tmp_path / "bob.pem", name="Bob Example")
    assert page.nobody.isVisible() and "Trust a key" in page.nobody.text()
    page.trust(tmp_path / "bob.pub.json")
    qtbot.waitUntil(lambda: page.trusted.rowCount() == 1)
    assert not page.nobody.isVisible()
    assert page.trusted.index(0, 1).data() == other.public.fingerprint


@pytest.mark.parametrize("another", [True, False])
def test_a_key_in_whose_place_another_lies_signs_no_more(page, window, qtbot, another):
    """The page would show one fingerprint, and reports carry another."""
    path, exports = engine_keys.default_path(), window.session.exports
    exports.set_signer(engine_keys.create(path, name="Ada Example"), signs=True)
    page.back.click()
    window.commands["keys"].trigger()
    qtbot.waitUntil(lambda: page.keys.own is not None)
    assert exports.signs and page.fingerprint.text() == exports.signer.public.fingerprint
    for file in (path, engine_keys.public_path(path)):
        file.unlink()
    if another:
        engine_keys.create(path, name="Bob Example", passphrase="secret")
    page.back.click()
    window.commands["keys"].trigger()
    qtbot.waitUntil(lambda: exports.signer is None)
    assert not exports.signs and not page.sign.isEnabled() and not page.sign.isChecked()
    assert page.owner.text() == ("Bob Example" if another else "")
    assert any("'Ada Example'" in one.sentence for one in window.notices.notices)
