"""The bar at the top, and the menus."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
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
        name = QLabel("Certiscope")
        set_role(name, "title")
        row.addWidget(name)
        row.addSpacing(12)
        self.buttons: dict[str, QToolButton] = {}
        for identifier in _BUTTONS:
            row.addWidget(self._button(identifier, plain_title(_BY_ID[identifier])))
        row.addStretch(1)
        row.addWidget(self._button("palette", "Find   Ctrl+Shift+P"))
        certify = self._button("certify", "Certify   F5")
        set_role(certify, "primary")
        row.addWidget(certify)
        row.addWidget(self._button("stop", "Stop   Esc"))
        self._room = {True: 0, False: 0}
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
        for spelled in (False, True):
            self._spell(spelled=spelled)
            self._row.activate()
            self._room[spelled] = super().minimumSizeHint().width()
        self._spell(spelled=self.width() >= self._room[True])
        self.updateGeometry()

    def set_tight(self, *, on: bool) -> None:
        """In a low window: little room above and below the buttons."""
        above = 3 if on else 8
        self._row.setContentsMargins(16, above, 16, above)

    def minimumSizeHint(self) -> QSize:
        """Room for the icons; the words go where they do not fit."""
        return QSize(self._room[False], super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Words beside the icons where there is room."""
        super().resizeEvent(event)
        self._spell(spelled=self.width() >= self._room[True])

    def _spell(self, *, spelled: bool) -> None:
        beside = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        for identifier in (*_BUTTONS, "palette"):
            style = beside if spelled else Qt.ToolButtonStyle.ToolButtonIconOnly
            self.buttons[identifier].setToolButtonStyle(style)

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
    return menus
