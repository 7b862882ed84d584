"""The light theme, and one experiment that is trained once."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from gui.playground.experiment import Experiment
from gui.style.stylesheet import apply_theme


@pytest.fixture(autouse=True)
def light(qapp: QApplication) -> None:
    apply_theme(qapp, "light")


@pytest.fixture
def experiment(qapp: QApplication) -> Experiment:
    return Experiment()
