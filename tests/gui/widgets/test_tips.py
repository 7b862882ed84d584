from __future__ import annotations

from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QListWidgetItem

from gui.widgets.tips import set_tip


def test_a_tip_shows_its_text_letter_by_letter(qapp: object) -> None:
    del qapp
    item = QListWidgetItem()
    for text, seen in (
        ("seven\nor 1", "seven\nor 1"),
        ("a\x1b[2J\u202eb", "a\\x1b[2J\\u202eb"),
        ("<b>certified</b><img src='x.png'>", "<b>certified</b><img src='x.png'>"),
    ):
        set_tip(item, text)
        tip = item.toolTip()
        if tip.startswith("<"):  # as Qt shows what it takes for HTML
            document = QTextDocument()
            document.setHtml(tip)
            tip = document.toPlainText()
        assert tip == seen
