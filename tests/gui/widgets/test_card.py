"""Cards: title, subtitle, name for screen readers."""

from __future__ import annotations

from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication

from gui.style.stylesheet import apply_theme
from gui.widgets.card import Card


def test_a_card_is_called_by_its_title(qtbot) -> None:
    card = Card("Votes")
    qtbot.addWidget(card)
    card.set_subtitle("41,000 of 100,000")
    spoken = QAccessible.queryAccessibleInterface(card).text(QAccessible.Text.Name)
    assert spoken == "Votes"
    assert card.subtitle.text() == "41,000 of 100,000"


def test_a_card_has_the_theme_s_surface(qapp: QApplication, qtbot) -> None:
    card = Card("Votes")
    qtbot.addWidget(card)
    card.resize(200, 200)
    card.show()
    for name in ("dark", "light"):
        theme = apply_theme(qapp, name)
        middle = card.grab().toImage().pixelColor(100, 150)
        assert middle.name().upper() == theme.surface
