"""Where the window stands and how its parts share it: remembered, within the screen."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication, QSplitter, QWidget

from gui.controllers.preferences import Preferences

FIRST_SIZE = (1280, 800)


def restore(
    window: QWidget, splitters: Mapping[str, QSplitter], preferences: Preferences | None
) -> None:
    """Put a window where it was, or without preferences, give it the first size.

    From then on what somebody drags is remembered.
    """
    window.resize(*FIRST_SIZE)
    if preferences is not None:
        if geometry := preferences.state("geometry"):
            window.restoreGeometry(geometry)
        for name, splitter in splitters.items():
            if state := preferences.state(name):
                splitter.restoreState(state)
            splitter.splitterMoved.connect(partial(_remember_shares, name, splitter, preferences))
    wanted = window.geometry()
    if not window.isMaximized() and not window.isFullScreen():
        possible = on_screen(wanted, _screens())
        if possible != wanted:
            window.setGeometry(possible)


def remember(window: QWidget, splitters: Mapping[str, QSplitter], preferences: Preferences) -> None:
    """Note where the window is, for the next one."""
    preferences.save_state("geometry", window.saveGeometry())
    for name, splitter in splitters.items():
        _remember_shares(name, splitter, preferences)


def _remember_shares(
    name: str, splitter: QSplitter, preferences: Preferences, *_moved: object
) -> None:
    """How the parts share their room; while one is hidden, as beside another page, none has its."""
    parts = [splitter.widget(place) for place in range(splitter.count())]
    if not any(part is not None and part.isHidden() for part in parts):
        preferences.save_state(name, splitter.saveState())


def on_screen(wanted: QRect, screens: list[QRect]) -> QRect:
    """The nearest place on the screen that shows most of a window, no larger than that screen.

    >>> on_screen(QRect(3000, -50, 1280, 2000), [QRect(0, 0, 1024, 768)]).getRect()
    (0, 0, 1024, 768)
    """
    if not screens:
        return wanted
    room = max(screens, key=lambda screen: _area(screen.intersected(wanted)))
    width, height = min(wanted.width(), room.width()), min(wanted.height(), room.height())
    x = min(max(wanted.x(), room.x()), room.x() + room.width() - width)
    y = min(max(wanted.y(), room.y()), room.y() + room.height() - height)
    return QRect(x, y, width, height)


def _screens() -> list[QRect]:
    """The screens that can be seen: none for windows that are only drawn into memory."""
    if QApplication.platformName() == "offscreen":
        return []
    return [screen.availableGeometry() for screen in QApplication.screens()]


def _area(rect: QRect) -> int:
    return rect.width() * rect.height() if rect.isValid() else 0
