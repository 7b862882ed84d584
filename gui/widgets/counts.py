"""An editor for a count."""

from __future__ import annotations

from PySide6.QtWidgets import QSpinBox


def count_box(name: str, value: int, *, least: int = 1, most: int = 10**9) -> QSpinBox:
    """A whole number with its digits in groups; ``name`` is what a screen reader says of it."""
    editor = QSpinBox(minimum=least, maximum=most, value=value)
    editor.setGroupSeparatorShown(True)
    editor.setAccessibleName(name)
    return editor
