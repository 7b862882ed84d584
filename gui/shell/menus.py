"""The bar at the top, and the menus."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QMenuBar, QToolButton, QWidget

from gui.shell.commands import COMMANDS, plain_title
from gui.style import theme as themes
from gui.style.theme import set_role
from gui.widgets.buttons import follow_tip
from gui.widgets.icons import themed_icon

_BY_ID = {command.id: command for command in COMMANDS}
_BUTTONS = tuple(command.id for command in COMMANDS if command.toolbar)
"""Beside Certify, Stop and the palette, which have their own place."""
_KEYS = {"certify": ("Certify", "F5"), "stop": ("Stop", "Esc")}
"""Words that are always there, and the key beside them, which goes where there is no room."""
_BARE, _SHORT, _SPELLED = range(3)
"""How much is said: icons with Certify and Stop; their keys and the program's name too; all."""
_ICON = 16
"""Pixels of an icon's side, before scaling."""


class TopBar(QFrame):
    """Often used commands, the finder, Certify and Stop."""

    def __init__(self, actions: dict[str, QAction], *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "bar")
        self._actions = actions
        self._row = row = QHBoxLayout(self)
        row.setSpacing(8)
        self.set_tight(on=False)
        self.name = QLabel("Certiscope")
        set_role(self.name, "title")
        row.addWidget(self.name)
        row.addSpacing(12)
        self.buttons: dict[str, QToolButton] = {}
        for identifier in _BUTTONS:
            row.addWidget(self._button(identifier, plain_title(_BY_ID[identifier])))
        row.addStretch(1)
        row.addWidget(self._button("palette", "Find   Ctrl+Shift+P"))
        for identifier in _KEYS:
            row.addWidget(self._button(identifier, ""))
        set_role(self.buttons["certify"], "primary")
        self._room = [0, 0, 0]
        themes.registry.follow(self.retheme)
        self.retheme()

    def retheme(self) -> None:
        """Icons in the colours of the theme in force."""
        for command in COMMANDS:
            if command.icon:
                self._actions[command.id].setIcon(themed_icon(command.icon))
        side = round(themes.current().px(_ICON))
        for identifier, button in self.buttons.items():
            token = "on_accent" if identifier == "certify" else "text"
            button.setIcon(themed_icon(_BY_ID[identifier].icon, token=token))
            button.setIconSize(QSize(side, side))
        for much in (_BARE, _SHORT, _SPELLED):
            self._say(much)
            self._row.activate()
            self._room[much] = super().minimumSizeHint().width()
        self._say_what_fits()
        self.updateGeometry()

    def set_tight(self, *, on: bool) -> None:
        """In a low window: little room above and below the buttons."""
        above = 3 if on else 8
        self._row.setContentsMargins(16, above, 16, above)

    def minimumSizeHint(self) -> QSize:
        """Room for the icons; the words go where they do not fit."""
        return QSize(self._room[_BARE], super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Words beside the icons where there is room."""
        super().resizeEvent(event)
        self._say_what_fits()

    def _say_what_fits(self) -> None:
        fits = [much for much in (_SHORT, _SPELLED) if self.width() >= self._room[much]]
        self._say(max(fits, default=_BARE))

    def _say(self, much: int) -> None:
        only, beside = (
            Qt.ToolButtonStyle.ToolButtonIconOnly,
            Qt.ToolButtonStyle.ToolButtonTextBesideIcon,
        )
        for identifier in (*_BUTTONS, "palette"):
            self.buttons[identifier].setToolButtonStyle(beside if much == _SPELLED else only)
        for identifier, (word, key) in _KEYS.items():
            self.buttons[identifier].setText(word if much == _BARE else f"{word}   {key}")
        self.name.setVisible(much != _BARE)

    def _button(self, identifier: str, text: str) -> QToolButton:
        action = self._actions[identifier]
        button = QToolButton()
        button.setText(text)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setAccessibleName(plain_title(_BY_ID[identifier]))
        follow_tip(button, action)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.clicked.connect(action.trigger)
        action.enabledChanged.connect(button.setEnabled)
        button.setEnabled(action.isEnabled())
        self.buttons[identifier] = button
        return button


def build_menus(bar: QMenuBar, actions: dict[str, QAction]) -> dict[str, QMenu]:
    """A menu per heading of the command list, in its order."""
    menus: dict[str, QMenu] = {}
    for command in COMMANDS:
        if command.menu not in menus:
            menus[command.menu] = bar.addMenu(command.menu)
        if command.starts_group:
            menus[command.menu].addSeparator()
        menus[command.menu].addAction(actions[command.id])
    for menu in menus.values():
        menu.aboutToShow.connect(partial(_fit, menu))
    return menus


def _fit(menu: QMenu) -> None:
    """Rows are closer together on a screen too low for the menu: Qt begins a second column."""
    for role in ("", "low"):
        set_role(menu, role)
        QCoreApplication.sendEvent(menu, QEvent(QEvent.Type.StyleChange))  # lay the rows out anew
        if len({menu.actionGeometry(action).left() for action in menu.actions()}) == 1:
            break
