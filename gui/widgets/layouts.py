"""Layouts: emptied, divided, and with a name beside a field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QCheckBox, QLabel, QLayout, QSplitter, QWidget

from engine.core.glossary import meaning
from gui.style.theme import set_role

B = TypeVar("B", bound=QBoxLayout)


def filled(
    layout: B, *parts: QWidget | QLayout | tuple[QWidget, int], spacing: int | None = None
) -> B:
    """A row or column without margins, filled with its parts; a pair is a part and its stretch."""
    layout.setContentsMargins(0, 0, 0, 0)
    if spacing is not None:
        layout.setSpacing(spacing)
    for part in parts:
        if isinstance(part, QLayout):
            layout.addLayout(part)
        else:
            widget, stretch = (part, 0) if isinstance(part, QWidget) else part
            layout.addWidget(widget, stretch, alignment_of(widget))
    return layout


def alignment_of(widget: QWidget) -> Qt.AlignmentFlag:
    """How a widget lies in its place: a check box is as wide as its words.

    The frame of its focus would go around the whole place else, where a click toggles nothing.
    """
    is_box = isinstance(widget, QCheckBox)
    return Qt.AlignmentFlag.AlignLeft if is_box else Qt.AlignmentFlag(0)


def emptied(layout: QLayout) -> None:
    """Take all widgets out of a layout and delete them."""
    while (item := layout.takeAt(0)) is not None:
        if widget := item.widget():
            widget.hide()
            widget.deleteLater()


def labelled(title: str, editor: QWidget) -> QLabel:
    """A muted label that belongs to an editor: its mnemonic leads there, its tip is its meaning."""
    label = QLabel(title)
    set_role(label, "muted")
    label.setToolTip(meaning(title))
    label.setBuddy(editor)
    return label


def divided(orientation: Qt.Orientation, *widgets: QWidget, sizes: Sequence[int] = ()) -> QSplitter:
    """Widgets side by side or one below the other, with handles between them."""
    splitter = QSplitter(orientation)
    splitter.setChildrenCollapsible(False)
    for widget in widgets:
        splitter.addWidget(widget)
    if sizes:
        splitter.setSizes(list(sizes))
    return splitter
