"""What the next run will use: the settings as the form holds them."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from engine.evidence.settings import USUAL, CertifySettings, Counting, Execution


class Form(QObject):
    """Settings that were valid last, and what is wrong with those typed in since.

    Attributes:
        settings, execution: what the next run will use, and how it is carried out.
        complaint: why nothing can be started; empty while the form is valid.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.settings: Counting = CertifySettings()
        self.execution = USUAL
        self.complaint = ""
        self._epsilon: float | None = None

    @property
    def change_bounded(self) -> float:
        """Largest change under which medians are bounded: as it was typed, else half the noise."""
        return self._epsilon or (self.settings.law.level or 0.0) / 2

    def bound_changes(self, epsilon: float) -> None:
        """Bound medians under changes up to this size."""
        self._epsilon = epsilon

    def set(self, settings: Counting, execution: Execution = USUAL) -> None:
        """Take valid settings."""
        self.complaint = ""
        self.settings, self.execution = settings, execution
        self.changed.emit()

    def refuse(self, complaint: str) -> None:
        """Start nothing until the form is valid again."""
        self.complaint = complaint
        self.changed.emit()
