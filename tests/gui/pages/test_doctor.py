from __future__ import annotations

from PySide6.QtGui import QGuiApplication

from gui.pages.doctor import DoctorPage


def test_what_was_found_can_be_copied(session, qtbot):
    page = DoctorPage(session.worker, session.engine)
    qtbot.addWidget(page)
    page.look()
    qtbot.waitUntil(lambda: page.text.toPlainText() == "ok    python 3")
    page.buttons.itemAt(0).widget().click()
    assert QGuiApplication.clipboard().text() == "ok    python 3"
