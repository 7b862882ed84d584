"""The submenus of files opened lately."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from engine.models.request import ModelRequest
from gui.session import Session


class RecentMenus:
    """Two submenus, filled when they are opened."""

    def __init__(self, menu: QMenu, before: QAction, session: Session) -> None:
        self._session = session
        self.models, self.inputs = QMenu("Recent m&odels", menu), QMenu("Recent pic&tures", menu)
        menu.insertMenu(before, self.models)
        menu.insertMenu(before, self.inputs)
        menu.insertSeparator(before)
        self.models.aboutToShow.connect(self.fill)
        self.inputs.aboutToShow.connect(self.fill)
        self.fill()

    @Slot()
    def fill(self) -> None:
        """The lists as they are now."""
        session = self._session
        self._fill(self.models, "models", lambda spec: session.open_model(ModelRequest(spec)))
        self._fill(self.inputs, "inputs", session.open_input)

    def _fill(self, menu: QMenu, kind, opener) -> None:  # noqa: ANN001
        menu.clear()
        specs = self._session.preferences.recent(kind)
        for number, spec in enumerate(specs, 1):
            action = menu.addAction(f"&{number}  {spec}".replace("&&", "&"))
            action.triggered.connect(partial(_call, opener, spec))
        menu.setEnabled(bool(specs))


def _call(opener, spec: str, checked: bool = False) -> None:  # noqa: ANN001
    opener(spec)
