from __future__ import annotations

from PySide6.QtGui import QGuiApplication

from gui.pages.doctor import DoctorPage


def test_advice_names_fields_of_the_window_and_the_page_has_all_the_room(session, qtbot):
    text = "note  bf16\n      Leave --precision at fp32 on this processor."
    session.engine.examine = lambda: text
    page = DoctorPage(session.worker, session.engine)
    qtbot.addWidget(page)
    page.look()
    qtbot.waitUntil(lambda: "bf16" in page.text.toPlainText())
    assert "Leave 'precision' at fp32" in page.text.toPlainText()
    assert not page.beside_form and not page.beside_statement


def test_what_was_found_can_be_copied(session, qtbot):
    page = DoctorPage(session.worker, session.engine)
    qtbot.addWidget(page)
    page.look()
    qtbot.waitUntil(lambda: page.text.toPlainText() == "ok    python 3")
    page.buttons.itemAt(0).widget().click()
    assert QGuiApplication.clipboard().text() == "ok    python 3"
