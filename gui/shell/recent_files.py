"""The submenus of files opened lately."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from engine.models.request import ModelRequest
from gui.controllers.preferences import RecentKind
from gui.controllers.session import Session


class RecentMenus:
    """Two submenus, filled when they are opened."""

    def __init__(self, menu: QMenu, before: QAction, session: Session) -> None:
        self._session = session
        self.models, self.inputs = QMenu("Recent m&odels", menu), QMenu("Recent inp&uts", menu)
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
        self._fill(
            self.models, "models", lambda spec: session.loading.open_model(ModelRequest(spec))
        )
        self._fill(self.inputs, "inputs", session.loading.open_input)

    def _fill(self, menu: QMenu, kind: RecentKind, opener: Callable[[str], None]) -> None:
        menu.clear()
        specs = self._session.preferences.recent(kind)
        for number, spec in enumerate(specs, 1):
            action = menu.addAction(f"&{number}  {spec.replace('&', '&&')}")
            action.triggered.connect(_Open(opener, spec))
        menu.setEnabled(bool(specs))


class _Open:
    """Opens one file."""

    def __init__(self, opener: Callable[[str], None], spec: str) -> None:
        self._opener, self._spec = opener, spec

    def __call__(self) -> None:
        self._opener(self._spec)
