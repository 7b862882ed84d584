"""What is remembered between sessions: theme, text size, window state, recent files."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from PySide6.QtCore import QByteArray, QSettings, QStandardPaths

ORGANISATION = "Certiscope"
RECENT_LIMIT = 9
_TOLD_LIMIT = 50
RecentKind = Literal["models", "inputs"]


class Preferences:
    """A thin, typed layer over ``QSettings``."""

    def __init__(self, store: QSettings | None = None) -> None:
        self._store = store or QSettings(
            QSettings.Format.IniFormat, QSettings.Scope.UserScope, ORGANISATION, "certiscope"
        )

    @property
    def theme(self) -> str:
        """Name of the theme."""
        return str(self._store.value("theme", "light"))

    @theme.setter
    def theme(self, name: str) -> None:
        self._store.setValue("theme", name)

    @property
    def text_size(self) -> float:
        """How much larger than usual type and lines are."""
        try:
            return float(str(self._store.value("text-size", 1.0)))
        except ValueError:
            return 1.0

    @text_size.setter
    def text_size(self, scale: float) -> None:
        self._store.setValue("text-size", scale)

    @property
    def more_settings(self) -> bool:
        """Whether the rarely used fields of the form are unfolded."""
        return self._store.value("more-settings", "false") in (True, "true")

    @more_settings.setter
    def more_settings(self, shown: bool) -> None:
        self._store.setValue("more-settings", shown)

    @property
    def toured(self) -> bool:
        """Whether the tour of the first start was shown."""
        return self._store.value("toured", "false") in (True, "true")

    @toured.setter
    def toured(self, shown: bool) -> None:
        self._store.setValue("toured", shown)

    @property
    def welcome(self) -> bool:
        """Whether a start without files begins with the recorded cases."""
        return self._store.value("welcome", "true") in (True, "true")

    @welcome.setter
    def welcome(self, shown: bool) -> None:
        self._store.setValue("welcome", shown)

    def recent(self, kind: RecentKind) -> list[str]:
        """Files opened lately, newest first."""
        return self._list(f"recent/{kind}")

    def remember(self, kind: RecentKind, spec: str) -> None:
        """Put a file at the head of its list."""
        others = [known for known in self.recent(kind) if known != spec]
        self._store.setValue(f"recent/{kind}", [spec, *others][:RECENT_LIMIT])

    def tell_once(self, sentence: str) -> bool:
        """Whether a sentence is news; from now on it is not."""
        told = self._list("told")
        if sentence in told:
            return False
        self._store.setValue("told", [sentence, *told][:_TOLD_LIMIT])
        return True

    @property
    def last_set(self) -> tuple[list[str], int, str]:
        """What was certified as a set last: its sources, how many inputs, and perturbations."""
        try:
            limit = max(0, int(str(self._store.value("set/limit", 0))))
        except ValueError:
            limit = 0
        return self._list("set/sources"), limit, str(self._store.value("set/at", ""))

    @last_set.setter
    def last_set(self, chosen: tuple[list[str], int, str]) -> None:
        for name, value in zip(("sources", "limit", "at"), chosen, strict=True):
            self._store.setValue(f"set/{name}", value)

    def state(self, name: str) -> QByteArray | None:
        """A saved geometry or splitter state."""
        value = self._store.value(f"state/{name}")
        return value if isinstance(value, QByteArray) else None

    def save_state(self, name: str, value: QByteArray) -> None:
        """Save a geometry or splitter state."""
        self._store.setValue(f"state/{name}", value)

    def _list(self, key: str) -> list[str]:
        """A settings file tells one text from a list of it no more."""
        stored = self._store.value(key, [])
        found = stored if isinstance(stored, list) else [stored] if stored else []
        return [str(one) for one in found]


def data_folder() -> Path:
    """Where logs and pasted images go."""
    location = QStandardPaths.StandardLocation.AppDataLocation
    return Path(QStandardPaths.writableLocation(location))
