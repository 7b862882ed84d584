"""What steps with a plane share: the plane at the left, and a column beside it."""

from __future__ import annotations

from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gui.playground.experiment import Experiment
from gui.playground.plane_view import PlaneView
from gui.widgets.layouts import filled
from gui.widgets.scroll import ScrollColumn


class Stage(QWidget):
    """A plane with an experiment, whose votes come while it is seen."""

    def __init__(self, experiment: Experiment) -> None:
        super().__init__()
        self.experiment = experiment
        experiment.setParent(self)
        self.view = PlaneView(experiment)
        self._column = ScrollColumn("Beside the plane", spacing=5)
        filled(QHBoxLayout(self), (self.view, 1), (self._column, 1), spacing=14)

    def add(self, *widgets: QWidget) -> None:
        """Fill the column."""
        for widget in widgets:
            self._column.column.addWidget(widget)
        self._column.column.addStretch(1)

    def showEvent(self, event: QShowEvent) -> None:
        """Votes come while it is seen."""
        super().showEvent(event)
        self.experiment.look(on=True)

    def hideEvent(self, event: QHideEvent) -> None:
        """And not else."""
        super().hideEvent(event)
        self.experiment.look(on=False)
