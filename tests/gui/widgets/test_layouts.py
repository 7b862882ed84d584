from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gui.widgets.layouts import divided, emptied, filled, labelled


def test_an_emptied_layout_shows_nothing(qtbot):
    parent = QWidget()
    qtbot.addWidget(parent)
    column = QVBoxLayout(parent)
    label = QLabel("gone")
    column.addWidget(label)
    column.addStretch(1)
    emptied(column)
    assert column.count() == 0 and label.isHidden()


def test_a_label_leads_to_its_editor(qtbot):
    editor = QLineEdit()
    qtbot.addWidget(editor)
    label = labelled("&Name", editor)
    qtbot.addWidget(label)
    assert label.buddy() is editor and label.property("role") == "muted"


def test_what_is_divided_never_collapses(qtbot):
    widgets = [QWidget(), QWidget()]
    splitter = divided(Qt.Orientation.Vertical, *widgets, sizes=(100, 300))
    qtbot.addWidget(splitter)
    splitter.resize(100, 400 + splitter.handleWidth())
    assert [splitter.widget(place) for place in range(2)] == widgets
    assert not splitter.childrenCollapsible()


def test_a_filled_layout_has_its_parts_in_order_and_no_margins(qtbot) -> None:
    box, first, second, below = QWidget(), QLabel("a"), QLabel("b"), QVBoxLayout()
    qtbot.addWidget(box)
    row = filled(QHBoxLayout(box), first, (second, 3), below, spacing=7)
    assert [row.itemAt(i).widget() for i in range(3)] == [first, second, None]
    assert row.itemAt(2).layout() is below
    assert [row.stretch(i) for i in range(3)] == [0, 3, 0]
    assert row.spacing() == 7 and row.contentsMargins().isNull()


def test_a_check_box_is_as_wide_as_its_words_and_has_less_where_there_is_less(qtbot) -> None:
    page, box, field = QWidget(), QCheckBox("some words"), QLineEdit()
    qtbot.addWidget(page)
    box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    filled(QVBoxLayout(page), box, field)
    page.show()
    for width in (400, 40):
        page.resize(width, 80)
        page.layout().activate()
        assert (box.x(), box.width()) == (0, min(width, box.sizeHint().width()))
        assert field.width() == width
