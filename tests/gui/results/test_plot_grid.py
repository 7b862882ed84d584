from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from gui.results.plot_grid import PlotGrid
from gui.style import theme as themes
from gui.style.stylesheet import apply_theme

NAMES = ("Votes", "Bounds", "Region", "Examples")


@pytest.fixture
def grid(qapp, qtbot):
    if themes.current().scale != 1.0:
        apply_theme(qapp, "light")
    grid = PlotGrid([QWidget() for _ in NAMES], NAMES)
    qtbot.addWidget(grid)
    grid.resize(900, 700)
    grid.show()
    qtbot.waitExposed(grid)
    return grid


def cells(grid):
    return [row.widget(i) for row in (grid.upper, grid.under) for i in range(2)]


def seen(grid):
    """Which cells are visible; the buttons of those are pressed."""
    shown = [cell.isVisible() for cell in cells(grid)]
    assert [button.isChecked() for button in grid.names] == shown
    return [i for i, visible in enumerate(shown) if visible]


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        ((900, 700), [0, 1, 2, 3]),
        ((400, 700), [0, 2]),
        ((900, 400), [2, 3]),
        ((400, 400), [2]),
    ],
)
def test_as_many_plots_as_have_room_and_the_others_a_press_away(grid, qtbot, size, shown):
    grid.resize(*size)
    assert seen(grid) == shown
    assert all(button.isVisible() == (len(shown) < 4) for button in grid.names)
    for place, button in enumerate(grid.names):
        if len(shown) < 4:
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
            assert place in seen(grid) and len(seen(grid)) == len(shown)
    grid.resize(900, 700)
    assert seen(grid) == [0, 1, 2, 3]


def test_it_can_be_as_small_as_one_plot(grid):
    least = grid.minimumSizeHint()
    grid.resize(least)
    QApplication.processEvents()
    assert grid.size() == least and len(seen(grid)) == 1


def test_one_plot_takes_the_room_of_all_and_gives_it_back(grid, qtbot):
    grid.enlarge(3)
    assert seen(grid) == [3] and grid.whole.isVisible()
    grid.enlarge(0)
    assert seen(grid) == [0]
    grid.enlarge(0)
    assert seen(grid) == [0, 1, 2, 3]
    grid.enlarge(1)
    qtbot.mouseClick(grid.whole, Qt.MouseButton.LeftButton)
    assert seen(grid) == [0, 1, 2, 3]


def test_on_stage_there_is_nothing_but_one_plot_and_keys_choose_it(grid, qtbot):
    grid.stage(2)
    assert seen(grid) == [2] and grid.staged
    assert not any(button.isVisible() for button in (*grid.names, grid.whole))
    for place in range(4):
        qtbot.keyClick(grid, Qt.Key(Qt.Key.Key_1 + place))
        assert seen(grid) == [place]
    grid.stage(None)
    assert seen(grid) == [0, 1, 2, 3] and not grid.staged
