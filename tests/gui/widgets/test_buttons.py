from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from gui.widgets.buttons import action_button, menu_button, quiet_button


def test_a_quiet_button_has_a_name(qtbot):
    button = quiet_button("…", "Choose a file", "A file of names")
    qtbot.addWidget(button)
    assert (button.text(), button.accessibleName()) == ("…", "Choose a file")
    assert (button.toolTip(), button.property("role")) == ("A file of names", "quiet")


def test_a_menu_opens_at_once(qtbot):
    menu = QMenu()
    button = menu_button("Open", "Open an input", "", menu)
    qtbot.addWidget(button)
    assert button.menu() is menu
    assert button.popupMode() is type(button).ToolButtonPopupMode.InstantPopup


def test_a_button_follows_its_action(qtbot):
    action = QAction("Copy")
    action.setEnabled(False)
    button = action_button(action, "Cop&y", "Copy command line")
    qtbot.addWidget(button)
    assert not button.isEnabled()
    action.setEnabled(True)
    with qtbot.waitSignal(action.triggered):
        button.click()
    action.setToolTip("There is nothing to copy.")
    assert button.toolTip() == "There is nothing to copy."
