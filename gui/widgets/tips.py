"""Tool tips of texts from outside: nothing in them acts, and nothing is taken for markup."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtGui import Qt

from engine.core.text import visible


class Tipped(Protocol):
    """A widget, or an item of a list or a table."""

    def setToolTip(self, text: str, /) -> None:
        """Set its tool tip."""


def set_tip(target: Tipped, text: str) -> None:
    """Set a tool tip to a text from anywhere."""
    target.setToolTip(plain_tip(text))


def plain_tip(text: str) -> str:
    """The text as a tool tip that shows it letter by letter; Qt takes some texts for HTML."""
    shown = visible(text, lines=True)
    return Qt.convertFromPlainText(shown) if Qt.mightBeRichText(shown) else shown
