"""Editors for counts and other numbers."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtWidgets import QAbstractSpinBox, QSpinBox

_EDGE = 4
"""Pixels between the border and the first digit, as in other fields."""
Box = TypeVar("Box", bound=QAbstractSpinBox)


def indented(box: Box) -> Box:
    """A box whose digits keep off its border: of a style sheet's padding they take none."""
    box.lineEdit().setTextMargins(_EDGE, 0, 0, 0)
    return box


def count_box(name: str, value: int, *, least: int = 1, most: int = 10**9) -> QSpinBox:
    """A whole number with its digits in groups; ``name`` is what a screen reader says of it."""
    editor = indented(QSpinBox(minimum=least, maximum=most, value=value))
    editor.setGroupSeparatorShown(True)
    editor.setAccessibleName(name)
    return editor
