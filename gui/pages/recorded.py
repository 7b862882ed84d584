"""A recorded case: its statement, votes, bounds and region, read from a file and drawn at once."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from engine.core.errors import UserError
from engine.demos.gallery import GalleryCase, recorded_evidence
from engine.evidence.evidence import Evidence
from engine.inputs import load_input
from engine.report.enumerated import is_map
from gui.results.record import RecordView
from gui.results.region_place import RegionPlace
from gui.widgets.alone import Alone
from gui.widgets.layouts import divided
from gui.widgets.page import Page


class RecordedPage(Page):
    """One case, as it was recorded; nothing of it is drawn or computed here.

    Attributes:
        case: that is shown; None before the first.
        record: its statement, numbers, votes and bounds.
        region: what is certified, with its input where that is an image.

    Signals:
        run_wanted: the case is to be run here.
        verify_wanted: its file is to be verified.
        export: evidence and format.
    """

    run_wanted = Signal(object)
    verify_wanted = Signal(object)
    export = Signal(object, str)
    beside_form = beside_statement = False

    def __init__(self, actions: dict[str, QAction], *, parent: QWidget | None = None) -> None:
        super().__init__("Recorded case", parent=parent)
        self.case: GalleryCase | None = None
        self.back.setText("&All cases")
        for name, title in (("pace-15", "&Replay"), ("talk", "&Talk mode")):
            action = actions[name]
            self.add_button(title, action.trigger, tip=action.toolTip())
        self.add_button("&Verify", self._verify, tip="Work out every number again from the votes")
        self.again = self.add_button(
            "R&un it yourself", self._run, tip="Opens model and input, and fills the form"
        )
        self.record, self.region = RecordView(region=False), RegionPlace()
        self.record.export.connect(self.export)
        for part in (self.record, self.region):
            part.notice.connect(self.notice)
        self.region.enlarged.connect(Alone(self.region).toggle)
        across = Qt.Orientation.Horizontal
        self._halves = divided(across, self.record, self.region, sizes=(600, 400))
        self.content.addWidget(self._halves, 1)

    def open(self, case: GalleryCase) -> None:
        """Show a case.

        Raises:
            UserError: its file is missing or damaged.
        """
        evidence = recorded_evidence(case)
        self.case = case
        self.title.setText(case.title)
        self.setAccessibleName(f"Recorded case: {case.title}")
        self.set_subtitle(case.sentence)
        self.record.show_evidence(evidence, f"Recorded on {evidence.created[:10]}")
        self.record.plots.setVisible(not is_map(evidence))  # there are cells, no votes
        self.region.show_region(evidence, _pixels(evidence))

    def shows_other(self, shown: Evidence | None) -> bool:
        """A recorded case is never the shown run."""
        return self.case is not None

    def _run(self) -> None:
        self.run_wanted.emit(self.case)

    def _verify(self) -> None:
        if self.case is not None:
            self.verify_wanted.emit(self.case.evidence)


def _pixels(evidence: Evidence) -> Any:
    """The image that the run was about, if it is the one that is shipped."""
    if evidence.input.kind != "image":
        return None
    try:
        given = load_input(evidence.input.source)
    except UserError:
        return None
    if given.kind != "image" or given.sha256 != evidence.input.sha256:
        return None
    return given.pixels if given.pixels.shape == evidence.input.shape else None
