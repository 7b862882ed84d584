from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from gui.results.plot_row import PlotRow
from gui.style import theme as themes
from gui.style.stylesheet import apply_theme

NAMES = ("Votes", "Bounds", "Region")


@pytest.fixture
def row(qapp, qtbot):
    if themes.current().scale != 1.0:
        apply_theme(qapp, "light")
    row = PlotRow({name: QWidget() for name in NAMES}, first=("Region",))
    qtbot.addWidget(row)
    row.lay(Qt.Orientation.Horizontal)
    row.resize(900, 300)
    row.show()
    qtbot.waitExposed(row)
    return row


def seen(row):
    """The plots in sight, in their order; the buttons of these are pressed."""
    shown = [row.splitter.widget(i).isVisible() for i in range(len(NAMES))]
    assert [button.isChecked() for button in row.names.values()] == shown
    return [name for name, visible in zip(NAMES, shown, strict=True) if visible]


def test_as_many_plots_as_have_room_and_the_others_a_press_away(row, qtbot):
    assert seen(row) == list(NAMES) and not row.names["Votes"].isVisible()
    row.resize(600, 300)
    assert seen(row) == ["Votes", "Region"]
    qtbot.mouseClick(row.names["Bounds"], Qt.MouseButton.LeftButton)
    assert seen(row) == ["Bounds", "Region"]
    row.resize(300, 300)
    assert seen(row) == ["Bounds"]
    row.resize(900, 300)
    assert seen(row) == list(NAMES)


def test_one_below_the_other_as_many_are_shown_as_the_height_has_room_for(row):
    row.resize(300, 900)
    row.lay(Qt.Orientation.Vertical)
    assert seen(row) == list(NAMES)
    row.resize(300, 340)  # a recorded case on Full HD at 200 %
    assert seen(row) == ["Region"] and row.names["Votes"].isVisible()
    row.resize(300, 500)
    assert seen(row) == ["Votes", "Region"]


def test_what_there_is_nothing_to_see_in_is_not_offered(row):
    row.resize(600, 300)
    row.offer("Region", there=False)
    assert seen(row) == ["Votes", "Bounds"] and not row.names["Votes"].isVisible()
    row.offer("Region", there=True)
    assert seen(row) == ["Votes", "Region"]
