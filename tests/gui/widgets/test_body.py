from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from gui.widgets.body import LEAST, Body


@pytest.mark.thorough
def test_what_does_not_fit_is_scrolled_to(qtbot):
    content = QWidget()
    content.setMinimumSize(900, 500)
    body = Body(content)
    qtbot.addWidget(body)
    body.resize(*LEAST)
    body.show()
    QApplication.processEvents()
    assert content.size().toTuple() == (900, 500)
    assert body.horizontalScrollBar().maximum() >= 900 - LEAST[0]


def test_where_there_is_room_it_is_all_used(qtbot):
    content = QWidget()
    content.setMinimumSize(300, 200)
    body = Body(content)
    qtbot.addWidget(body)
    body.resize(800, 600)
    body.show()
    QApplication.processEvents()
    assert content.size() == body.viewport().size()
    assert body.horizontalScrollBar().maximum() == 0
