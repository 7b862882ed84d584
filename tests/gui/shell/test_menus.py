from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from gui.shell.commands import COMMANDS, plain_title


def test_buttons_are_the_commands(window, qtbot):
    top = window.top
    assert set(top.buttons) == {
        *(command.id for command in COMMANDS if command.toolbar),
        "palette",
        "certify",
        "stop",
    }
    with qtbot.waitSignal(window.commands["palette"].triggered):
        top.buttons["palette"].click()
    assert not top.buttons["stop"].isEnabled()
    assert top.buttons["certify"].accessibleName() == "Certify"


def test_every_command_is_in_its_menu(window):
    menus = [entry.menu() for entry in window.menuBar().actions()]
    in_menus = {action.objectName() for menu in menus for action in menu.actions()}
    assert in_menus >= {command.id for command in COMMANDS}


def test_a_menu_is_one_column_where_its_rows_have_to_be_closer(window, qtbot):
    """At 200 % of a Full HD screen *Quit* stood alone in a second column, over the menu bar."""
    menu = window.menuBar().actions()[0].menu()

    def columns():
        menu.popup(window.mapToGlobal(window.rect().topLeft()))
        found = {menu.actionGeometry(action).left() for action in menu.actions()}
        menu.hide()
        return len(found)

    assert columns() == 1 and not menu.property("role")
    row, room = menu.actionGeometry(menu.actions()[0]).height(), menu.screen().geometry().height()
    more = [menu.addAction("more") for _ in range((room - menu.sizeHint().height()) // row + 2)]
    assert columns() == 1 and menu.property("role") == "low"
    for action in more:
        menu.removeAction(action)
    assert columns() == 1 and not menu.property("role")


def test_words_go_where_there_is_no_room_for_them(window):
    icon_only = Qt.ToolButtonStyle.ToolButtonIconOnly
    button = window.top.buttons["gallery"]
    window.resize(1600, 800)
    QApplication.processEvents()
    assert button.toolButtonStyle() != icon_only
    window.resize(1100, 800)
    QApplication.processEvents()
    assert window.width() == 1100
    assert button.toolButtonStyle() == icon_only
    assert button.toolTip()


def test_certify_and_stop_are_in_sight_at_twice_the_type_on_a_screen_of_1024(window):
    window.appearance.set_text_size(2.0)
    window.resize(1024, 740)
    QApplication.processEvents()
    assert window.width() == 1024
    stop = window.top.buttons["stop"]
    assert stop.mapTo(window, stop.rect().bottomRight()).x() < 1024
    assert stop.text() == "Stop" and window.top.buttons["certify"].text() == "Certify"
    window.appearance.set_text_size(1.0)
    window.resize(1600, 800)
    QApplication.processEvents()
    assert stop.text() == "Stop   Esc" and window.top.name.isVisible()


def test_titles_are_plain_for_readers():
    for command in COMMANDS:
        assert "&" not in plain_title(command)


def test_a_button_says_why_its_command_cannot_be_had(window):
    window.commands["preview"].setToolTip("There is no result.")
    assert window.top.buttons["preview"].toolTip() == "There is no result."
