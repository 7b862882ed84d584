from __future__ import annotations

from PySide6.QtWidgets import QApplication, QPushButton

from gui.widgets.scroll import ScrollColumn
from gui.widgets.section import words

LONG = "A sentence of several words that needs a second line. " * 3


def test_there_is_nothing_to_scroll_where_all_fits(qtbot):
    scroll = ScrollColumn("A column", spacing=4)
    qtbot.addWidget(scroll)
    for _ in range(4):
        scroll.column.addWidget(words(LONG))
    scroll.column.addStretch(1)
    scroll.resize(300, 400)
    scroll.show()
    QApplication.processEvents()
    assert scroll.verticalScrollBar().maximum() == 0


def test_what_does_not_fit_can_be_scrolled_to(qtbot):
    scroll = ScrollColumn("A column", spacing=4)
    qtbot.addWidget(scroll)
    for _ in range(20):
        scroll.column.addWidget(words(LONG))
    scroll.resize(300, 400)
    scroll.show()
    QApplication.processEvents()
    assert scroll.verticalScrollBar().maximum() > 0


def test_it_is_never_narrower_than_what_it_holds(qtbot):
    scroll = ScrollColumn("A column", spacing=4)
    qtbot.addWidget(scroll)
    button = QPushButton("A button that cannot break its line")
    scroll.column.addWidget(button)
    scroll.column.addWidget(words(LONG * 9))
    scroll.resize(scroll.minimumSizeHint().width(), 100)
    scroll.show()
    QApplication.processEvents()
    assert button.width() >= button.minimumSizeHint().width()
    assert scroll.verticalScrollBar().maximum() > 0
    assert button.geometry().right() < scroll.viewport().width()
