"""A label that never runs out of its box."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from gui.widgets.elided import ElidedLabel

LONG = "slice through the input: towards digit 6 (x) and the strongest attack (y)"


def test_a_long_text_is_shortened_and_whole_in_the_tooltip(qtbot) -> None:
    label = ElidedLabel(LONG)
    qtbot.addWidget(label)
    label.resize(120, 20)
    label.show()
    assert label.shown().endswith("…")
    assert label.fontMetrics().horizontalAdvance(label.shown()) <= 120
    assert label.toolTip() == label.text() == LONG


def test_a_text_that_fits_has_no_tooltip(qtbot) -> None:
    label = ElidedLabel(LONG)
    qtbot.addWidget(label)
    label.resize(2000, 20)
    label.show()
    assert label.shown() == LONG
    assert label.toolTip() == ""
    label.setText("short")
    assert label.toolTip() == ""


def test_it_asks_for_no_width(qtbot) -> None:
    label = ElidedLabel(LONG)
    qtbot.addWidget(label)
    assert label.minimumSizeHint().width() == 0
    assert label.minimumSizeHint().height() > 0


def test_a_short_form_has_the_whole_in_the_tooltip_even_where_it_fits(qtbot) -> None:
    label = ElidedLabel()
    qtbot.addWidget(label)
    label.resize(2000, 20)
    label.setText("sigma 0.25")
    label.set_whole(LONG)
    assert label.toolTip() == LONG
    label.setText("something else")
    assert label.toolTip() == ""


def test_text_from_outside_is_made_visible_and_never_read_as_html(qtbot):
    label = ElidedLabel("a\u202eb")
    qtbot.addWidget(label)
    assert label.text() == "a\\u202eb"
    label.setText("<b>x\n</b>")
    assert label.text() == "<b>x\\n</b>"
    assert label.textFormat() == Qt.TextFormat.PlainText


def test_whole_words_are_left_out_where_the_others_fill_the_room(qtbot) -> None:
    label = ElidedLabel("base model's classes · Gaussian, sigma 0.25")
    qtbot.addWidget(label)
    room = label.fontMetrics().horizontalAdvance("base model's classes · Gaussi")
    label.resize(room, 20)
    assert label.shown() == "base model's classes …"
    label.setText("683,008 / 1,000,000 votes · 214.0 k votes/s")
    label.resize(label.fontMetrics().horizontalAdvance("683,008 / 1,000,000 votes · 214.0 k"), 20)
    assert label.shown() == "683,008 / 1,000,000 votes …"
    label.setText("a/very/long/path/without/any/room/between/its/words.safetensors at last")
    assert label.shown().endswith("…") and not label.shown().endswith(" …")


def test_lines_are_taken_as_they_are_needed(qtbot) -> None:
    label = ElidedLabel("noisy: Mr. Hi", lines=2)
    qtbot.addWidget(label)
    label.show()
    label.resize(label.fontMetrics().horizontalAdvance("noisy: Mr."), 40)
    assert label.shown() == "noisy: Mr.\nHi" and label.toolTip() == ""
    two = label.sizeHint().height()
    label.resize(400, 40)
    assert label.shown() == "noisy: Mr. Hi" and label.sizeHint().height() < two
    label.resize(label.fontMetrics().horizontalAdvance("noisy"), 40)
    assert label.shown().count("\n") == 1 and label.toolTip() == label.text()


def test_it_is_laid_out_anew_only_when_it_takes_other_lines(qtbot, monkeypatch) -> None:
    label = ElidedLabel("x: random direction")
    qtbot.addWidget(label)
    label.show()
    label.resize(label.fontMetrics().horizontalAdvance("x: random direction · "), 40)
    asked: list[int] = []
    monkeypatch.setattr(label, "updateGeometry", lambda: asked.append(label._more()))
    label.setText("x: random direction · y: another")
    assert label.shown().endswith("…") and not asked
    label.set_lines(2)
    assert asked == [1] and not label.toolTip() and label.sizeHint().height() > 0
    label.setText("x: random direction · y: a third")
    label.setText("x: other directions · y: others")
    assert asked == [1]
    label.setText("x: random")
    assert asked == [1, 0]


def test_screen_readers_get_the_whole_text_or_the_name_it_was_given(qtbot) -> None:
    label = ElidedLabel(LONG)
    qtbot.addWidget(label)

    def name() -> str:
        return QAccessible.queryAccessibleInterface(label).text(QAccessible.Text.Name)

    assert name() == LONG
    label.setText("short")
    assert name() == "short"
    label.setText("")
    label.setText("again")
    assert name() == "again"
    label.setAccessibleName("Counts")
    label.setText("3 of 4")
    assert name() == "Counts"


def test_another_text_lays_nothing_out_anew_but_the_first_one_and_none_do(qtbot) -> None:
    class Requests(QObject):
        count = 0

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            self.count += event.type() == QEvent.Type.LayoutRequest
            return False

    place, label, requests = QWidget(), ElidedLabel("3 of 4"), Requests()
    qtbot.addWidget(place)
    QVBoxLayout(place).addWidget(label)
    place.resize(300, 60)
    place.show()
    QApplication.processEvents()
    place.installEventFilter(requests)
    for text, wanted in (("4 of 4", 0), ("", 1), ("again", 2), ("and again", 2)):
        label.setText(text)
        QApplication.processEvents()
        assert requests.count == wanted and label.shown() == text
