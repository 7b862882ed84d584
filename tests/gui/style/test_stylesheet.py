"""The style sheet: complete, scaled, and pointing at files that exist."""

from __future__ import annotations

import gc
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QToolButton,
    QWidget,
)

from gui.style import theme as themes
from gui.style.stylesheet import Rooms, apply_theme, stylesheet
from gui.style.theme import STAGE, THEMES, Theme


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_every_placeholder_is_filled(theme: Theme) -> None:
    sheet = stylesheet(theme)
    assert "$" not in sheet
    assert sheet.count("{") == sheet.count("}")
    assert set(re.findall(r"#[0-9A-Fa-f]{6}", sheet)) <= {
        value for value in vars(theme).values() if isinstance(value, str)
    }


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_images_exist(theme: Theme) -> None:
    names = re.findall(r'url\("([^"]+)"\)', stylesheet(theme))
    assert len(names) >= 3
    assert all(Path(name).is_file() for name in names)


def test_lengths_grow_with_the_scale() -> None:
    theme = THEMES["light"]
    wide = r"border-radius: (\d+)px"
    small = re.search(wide, stylesheet(theme))
    large = re.search(wide, stylesheet(replace(theme, scale=1.6)))
    assert small and large
    assert int(large[1]) == round(1.6 * int(small[1]))


def test_focus_is_ringed_in_every_theme(qapp: QApplication) -> None:
    for theme in THEMES.values():
        for kind in ("Card:focus", "QPushButton:focus", "QLineEdit:focus", "QComboBox:focus"):
            rule = re.search(re.escape(kind) + r"[^{]*\{([^}]*)\}", stylesheet(theme))
            assert rule and f"2px solid {theme.focus}" in rule[1]


@pytest.mark.parametrize("scale", [1.0, 1.6])
def test_what_has_the_focus_is_no_larger(qapp: QApplication, qtbot, scale: float) -> None:
    apply_theme(qapp, "high-contrast", scale=scale)
    room = QWidget()
    qtbot.addWidget(room)
    buttons = [QPushButton("Open"), QPushButton("Certify"), QToolButton(), QPushButton("Choose")]
    for button, role in zip(buttons, ("", "primary", "quiet", "quiet"), strict=True):
        button.setProperty("role", role)
    editors = [QLineEdit(), QComboBox(), QSpinBox()]
    for widget in (*buttons, *editors):
        widget.setParent(room)
    room.show()
    for widget in (*buttons, *editors):
        widget.clearFocus()
        before = widget.sizeHint()
        room.activateWindow()
        widget.setFocus()
        qtbot.waitUntil(widget.hasFocus)
        assert widget.sizeHint() == before, (type(widget).__name__, widget.property("role"))
    apply_theme(qapp, "light")


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_a_field_that_is_disabled_looks_so(theme: Theme, qapp: QApplication, qtbot) -> None:
    """Its words alone were dimmed, and those of an empty one to nothing that can be read."""
    apply_theme(qapp, theme.name)
    line, box = QLineEdit(), QCheckBox("sign")
    line.setPlaceholderText("W" * 40)
    for widget in (line, box):
        qtbot.addWidget(widget)
        widget.setEnabled(False)
        widget.resize(200, 30)
        widget.show()
    image = line.grab().toImage()
    assert image.pixelColor(100, 0).name().upper() == theme.grid.upper()
    seen = {image.pixelColor(x, y).name().upper() for x in range(20, 180) for y in range(4, 26)}
    assert theme.off.upper() in seen
    frame = {box.grab().toImage().pixelColor(x, 15).name().upper() for x in range(4)}
    assert theme.grid.upper() in frame
    apply_theme(qapp, "light")


def test_a_primary_button_is_painted_in_the_accent(qapp: QApplication, qtbot) -> None:
    theme = apply_theme(qapp, "light")
    button = QPushButton("Certify")
    button.setProperty("role", "primary")
    qtbot.addWidget(button)
    button.resize(120, 40)
    button.show()
    color = button.grab().toImage().pixelColor(10, 20)
    assert color.name().upper() == theme.accent


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_an_empty_bar_is_no_full_one(theme: Theme, qapp: QApplication, qtbot) -> None:
    """Little light comes from its groove in every theme, beside what a full bar has."""
    bar = QProgressBar()
    qtbot.addWidget(bar)
    bar.setStyleSheet(stylesheet(theme))
    bar.setTextVisible(False)
    bar.resize(200, 8)
    colors = []
    for value in (0, 100):
        bar.setValue(value)
        image = bar.grab().toImage()
        colors.append(QColor(image.pixel(image.width() // 2, image.height() // 2)))
    back = QColor(theme.surface).lightness()
    empty, full = (abs(color.lightness() - back) for color in colors)
    assert 4 * empty < full


def test_rooms_are_dressed_when_they_are_seen_and_nothing_else_is(qapp, qtbot) -> None:
    window, parts = QWidget(), []
    qtbot.addWidget(window)
    rooms = Rooms(window)
    for _ in range(2):
        button = QPushButton("Certify", window)
        button.setProperty("role", "primary")
        parts.append(button)
    parts[1].hide()
    rooms.add(*parts)
    window.show()
    for name in THEMES:
        theme = apply_theme(qapp, name, rooms=rooms)
        assert theme.accent not in qapp.styleSheet()
        assert theme.accent in parts[0].styleSheet() and theme.accent not in parts[1].styleSheet()
    for part in parts:
        part.resize(120, 40)
        part.show()
        assert part.grab().toImage().pixelColor(10, 20).name().upper() == theme.accent
    apply_theme(qapp, "light")


def test_a_part_that_comes_back_as_it_was_is_not_dressed_again(qapp, qtbot) -> None:
    class Counted(QWidget):
        dressed = 0

        def setStyleSheet(self, sheet: str) -> None:
            Counted.dressed += 1
            super().setStyleSheet(sheet)

    window = QWidget()
    qtbot.addWidget(window)
    rooms, part = Rooms(window), Counted(window)
    apply_theme(qapp, "light", rooms=rooms)
    window.show()
    rooms.add(part)
    QLabel("made in sight", part).show()
    part.hide()
    apply_theme(qapp, "light", scale=2.0, rooms=rooms)
    apply_theme(qapp, "light", rooms=rooms)
    before = Counted.dressed
    part.show()
    assert Counted.dressed == before > 0
    part.hide()
    apply_theme(qapp, "light", scale=2.0, rooms=rooms)
    QLabel("made out of sight, in the type of that time", part).show()
    apply_theme(qapp, "light", rooms=rooms)
    part.show()
    assert Counted.dressed > before


def test_a_part_out_of_sight_keeps_its_type_and_one_that_comes_in_sight_has_it(qapp, qtbot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    rooms = Rooms(window)
    apply_theme(qapp, "light", rooms=Rooms(window))  # no sheet on everything, as in the program
    parts = [QWidget(window), QWidget(window)]
    labels = [[QLabel("R", part), QLabel("R", part)] for part in parts]
    for _, bold in labels:
        bold.setProperty("role", "certified")
    rooms.add(*parts)
    apply_theme(qapp, "light", scale=1.5, rooms=rooms)  # before anything is seen
    window.show()
    large = themes.current().points("body")
    assert [label.font().pointSizeF() for pair in labels for label in pair] == [large] * 4
    parts[1].hide()
    apply_theme(qapp, "light", scale=2.0, rooms=rooms)
    seen, hidden = ([label.font().pointSizeF() for label in pair] for pair in labels)
    assert seen == [themes.current().points("body")] * 2 and hidden == [large] * 2
    parts[1].show()
    assert [label.font().pointSizeF() for label in labels[1]] == seen
    apply_theme(qapp, "light")


def test_a_part_that_missed_nothing_is_not_dressed_again(qapp, qtbot, monkeypatch) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    rooms = Rooms(window)
    apply_theme(qapp, "light", rooms=rooms)
    part, other = QWidget(window), QWidget(window)
    label = QLabel("R", part)
    rooms.add(part, other)
    window.show()
    usual = label.font().pointSizeF()
    part.hide()
    apply_theme(qapp, "light", stage=STAGE, rooms=rooms)
    apply_theme(qapp, "light", rooms=rooms)
    dressed: list[str] = []
    monkeypatch.setattr(part, "setStyleSheet", dressed.append)
    part.show()
    assert dressed == [] and label.font().pointSizeF() == usual
    part.hide()
    apply_theme(qapp, "light", stage=STAGE, rooms=rooms)
    QLabel("made on stage", part)
    apply_theme(qapp, "light", rooms=rooms)
    part.show()
    assert len(dressed) == 2


class Collecting(QWidget):
    """Notes whether garbage may be collected while it is dressed."""

    collecting: bool | None = None

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.collecting = gc.isenabled()


def test_nothing_is_freed_while_the_program_is_dressed_and_a_deleted_part_is_let_be(qapp, qtbot):
    window = Collecting()
    qtbot.addWidget(window)
    rooms, part = Rooms(window), QWidget(window)
    rooms.add(part)
    shiboken6.delete(part)
    window.show()
    gc.enable()
    try:
        apply_theme(qapp, "dark", rooms=rooms)
        apply_theme(qapp, "light")
        assert window.collecting is False and gc.isenabled()
    finally:
        gc.disable()


_GONE = """
from PySide6.QtWidgets import QPushButton, QStyle, QStyleOption
from gui.shell.app import application
from gui.style.stylesheet import apply_theme

def ask(button):
    option = QStyleOption()
    option.initFrom(button)
    button.style().pixelMetric(QStyle.PixelMetric.PM_ButtonMargin, option, button)

app = application()
apply_theme(app, "dark")
buttons = [QPushButton("x") for _ in range(300)]
for sheet in ("", "QWidget { color: red }"):
    app.setStyleSheet(sheet)
    for button in buttons:
        ask(button)
del button
buttons.clear()
apply_theme(app, "light")
"""


def test_the_program_is_dressed_where_widgets_are_gone_that_nobody_saw() -> None:
    """Qt keeps them in a list; glibc is told to write over what is freed, or chance decides."""
    kept = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "MALLOC_PERTURB_": "170"}
    subprocess.run([sys.executable, "-c", _GONE], check=True, env=kept)
