"""Small buttons: words or a sign without a frame, alone, over a menu, or for a command."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QMenu, QToolButton

from gui.style.theme import set_role


def quiet_button(text: str, name: str, tip: str = "") -> QToolButton:
    """A button that is words only; ``name`` is what a screen reader says of it."""
    button = QToolButton()
    button.setText(text)
    set_role(button, "quiet")
    button.setAccessibleName(name)
    button.setToolTip(tip)
    return button


def menu_button(text: str, name: str, tip: str, menu: QMenu) -> QToolButton:
    """A button that opens a menu."""
    button = quiet_button(text, name, tip)
    button.setMenu(menu)
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    return button


def action_button(action: QAction, text: str, name: str) -> QToolButton:
    """A button that does what an action does, and is enabled where it is."""
    button = quiet_button(text, name)
    follow_tip(button, action)
    button.clicked.connect(action.trigger)
    action.enabledChanged.connect(button.setEnabled)
    button.setEnabled(action.isEnabled())
    return button


def follow_tip(button: QAbstractButton, action: QAction) -> None:
    """Say of a button what is said of its action, such as why it cannot be done now."""

    def follow() -> None:
        button.setToolTip(action.toolTip())

    action.changed.connect(follow)
    follow()
