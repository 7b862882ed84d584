"""How the window looks: its theme, talk mode, and who has room beside the page in sight."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from gui.controllers.preferences import Preferences
from gui.shell.notice import NoticeArea
from gui.shell.pages import Pages
from gui.style.stylesheet import apply_theme
from gui.style.theme import TALK_SCALE, THEMES
from gui.widgets.page import Page


class Appearance(QObject):
    """Follows the commands of the View menu and the page in sight."""

    def __init__(
        self,
        window: QMainWindow,
        actions: dict[str, QAction],
        preferences: Preferences,
        pages: Pages,
        *,
        form: QWidget,
        statement: QWidget,
        chrome: Sequence[QWidget],
        notices: NoticeArea,
    ) -> None:
        super().__init__(window)
        self._window, self._actions, self._preferences = window, actions, preferences
        self._pages, self._form, self._statement = pages, form, statement
        self._chrome, self._notices = chrome, notices
        themes = QActionGroup(self)
        for name in THEMES:
            themes.addAction(actions[f"theme-{name}"])
        pages.turned.connect(self._make_room)
        self.set_theme(preferences.theme)

    @property
    def talks(self) -> bool:
        """Whether talk mode is on."""
        return self._actions["talk"].isChecked()

    def set_theme(self, name: str) -> None:
        """Another theme, remembered."""
        name = name if name in THEMES else "light"
        self._preferences.theme = name
        self._actions[f"theme-{name}"].setChecked(True)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            apply_theme(app, name, scale=TALK_SCALE if self.talks else 1.0)

    def follow_talk_mode(self) -> None:
        """Large type; only the claim, one plot and progress are left, and a replay of the run."""
        for widget in self._chrome:
            widget.setVisible(not self.talks)
        self._notices.be_quiet(on=self.talks)
        self._pages.explore.talk(on=self.talks)
        self._make_room()
        self.set_theme(self._preferences.theme)
        if self.talks:
            self._window.showFullScreen()
        else:
            self._window.showNormal()

    @Slot()
    def _make_room(self) -> None:
        """Side columns go in talk mode, and for pages with results of their own."""
        page = self._pages.currentWidget()
        document = page if isinstance(page, Page) else Page
        self._form.setVisible(not self.talks and document.beside_form)
        self._statement.setVisible(not self.talks and document.beside_statement)
