from __future__ import annotations

from PySide6.QtCore import Qt

from gui.backend import Example
from gui.panels.gallery import GalleryPage


def test_a_picture_is_taken_with_the_keyboard(qtbot, make):
    page = GalleryPage()
    qtbot.addWidget(page)
    pixels = make.image("x").pixels
    page.show_examples((Example("digits:1", "digit 1", pixels), Example("digits:2", "2", pixels)))
    page.list.setCurrentRow(1)
    with qtbot.waitSignal(page.chosen) as chosen:
        qtbot.keyClick(page.list, Qt.Key.Key_Return)
    assert chosen.args == ["digits:2"]
    page.show_examples(())
    assert page.list.count() == 0
