from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from engine.evidence.settings import CertifySettings
from gui.results.extend import ExtendBar


@pytest.fixture
def runs(idle_session):
    return idle_session.runs


@pytest.fixture
def bar(qtbot, runs):
    bar = ExtendBar(runs)
    qtbot.addWidget(bar)
    return bar


def show(runs, make, n):
    runs.evidence = make.evidence(CertifySettings(n=n, bound="anytime"))


def test_it_proposes_twice_the_votes(bar, runs, make):
    bar.ask()
    assert not bar.isVisible()
    show(runs, make, 100_000)
    bar.ask()
    assert bar.isVisible()
    assert bar.n.value() == 200_000
    assert bar.n.minimum() == 100_001
    assert "100,000 votes stay" in bar.sentence.text()
    runs.evidence_changed.emit()
    assert not bar.isVisible()


@pytest.mark.parametrize(("key", "wanted"), [(Qt.Key.Key_Return, [5000]), (Qt.Key.Key_Escape, [])])
def test_return_extends_and_escape_leaves_it(bar, runs, make, qtbot, monkeypatch, key, wanted):
    heard = []
    monkeypatch.setattr(runs, "extend", heard.append)
    show(runs, make, 1000)
    bar.ask()
    bar.n.setValue(5000)
    qtbot.keyClick(bar.n, key)
    assert not bar.isVisible()
    assert heard == wanted
