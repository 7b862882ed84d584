from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from gui.results.extend import ExtendBar


@pytest.fixture
def bar(qtbot):
    bar = ExtendBar()
    qtbot.addWidget(bar)
    bar.show()
    return bar


def test_it_proposes_twice_the_votes(bar):
    bar.ask(100_000)
    assert bar.isVisible()
    assert bar.n.value() == 200_000
    assert bar.n.minimum() == 100_001
    assert "100,000 votes stay" in bar.sentence.text()


def test_return_extends_and_hides(bar, qtbot):
    bar.ask(1000)
    bar.n.setValue(5000)
    with qtbot.waitSignal(bar.wanted) as heard:
        qtbot.keyClick(bar.n, Qt.Key.Key_Return)
    assert heard.args == [5000]
    assert not bar.isVisible()


def test_escape_leaves_it(bar, qtbot):
    heard = []
    bar.wanted.connect(heard.append)
    bar.ask(1000)
    qtbot.keyClick(bar.n, Qt.Key.Key_Escape)
    assert not bar.isVisible()
    assert heard == []
