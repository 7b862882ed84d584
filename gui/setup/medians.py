"""Median smoothing of a model of places or numbers: the size of the changes, and the start."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel, QPushButton, QWidget

from gui.controllers.session import Session
from gui.widgets.counts import indented
from gui.widgets.layouts import filled
from gui.widgets.section import Section, words

_DIGITS, _LEAST, _MOST, _STEP = 4, 0.0001, 1000.0, 0.05
_SAYS = (
    "Instead of whether all outputs stay within the tolerance: where the median of each stays "
    "under every change up to this size."
)


class MediansPanel(Section):
    """In sight where the model answers with keypoints, boxes or numbers.

    Attributes:
        epsilon: largest size of the change; half of the noise level until it is typed.
        start: begins the run.
    """

    def __init__(self, session: Session, *, parent: QWidget | None = None) -> None:
        super().__init__("Medians of the outputs", parent=parent)
        self._session = session
        self.epsilon = indented(
            QDoubleSpinBox(decimals=_DIGITS, minimum=_LEAST, maximum=_MOST, singleStep=_STEP)
        )
        self.epsilon.setAccessibleName("epsilon: largest size of the change")
        self.epsilon.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.start = QPushButton("Bound the m&edians")
        label = QLabel("e&psilon")
        label.setBuddy(self.epsilon)
        row = filled(QHBoxLayout(), label, (self.epsilon, 1), self.start)
        filled(self.content, words(_SAYS, role="small"), row)
        self.epsilon.valueChanged.connect(self._type)
        self.start.clicked.connect(session.runs.measure)
        session.loading.model_changed.connect(self._follow)
        session.loading.fitted_changed.connect(self._follow)
        session.form.changed.connect(self._follow)
        session.worker.activity_changed.connect(self._follow)
        self._follow()

    @Slot()
    def _follow(self) -> None:
        """Another model, other noise, or a run that goes on."""
        session, model = self._session, self._session.loading.model
        self.setVisible(model is not None and model.outputs is not None)
        self.start.setEnabled(session.runs.ready)
        with QSignalBlocker(self.epsilon):
            self.epsilon.setValue(session.form.change_bounded)

    @Slot()
    def _type(self) -> None:
        self._session.form.bound_changes(self.epsilon.value())
