"""The middle of the window: votes and bounds above, region and meaning below."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from engine.figures import bounds_figure, votes_figure
from gui.backend import Example
from gui.panels.axes import AxesChooser
from gui.plots import BallPlot, BoundsPlot, MeaningPlot, Plot, VotesPlot
from gui.session import Session

_HANDLE = 10
_WAITING = {
    VotesPlot: "Votes appear here as they are counted.",
    BoundsPlot: "What may be claimed grows here with the votes.",
    BallPlot: "The certified region is drawn when a run has ended.",
    MeaningPlot: "Noisy samples, and a change of the certified size, after a run.",
}


class Explore(QWidget):
    """Plots that follow the session; they label themselves from what they show."""

    notice = Signal(str, str)

    def __init__(self, session: Session, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.votes, self.bounds = VotesPlot(), BoundsPlot()
        self.region, self.meaning = BallPlot(), MeaningPlot()
        self.axes = AxesChooser()
        self.axes.chosen.connect(session.pictures.choose_axes)
        self.region.header.insertWidget(self.region.header.count() - 1, self.axes)
        self.region.content.insertWidget(1, self.region.subtitle)  # its own line, full width
        self.upper = _splitter(Qt.Orientation.Horizontal, self.votes, self.bounds)
        self.lower = _splitter(Qt.Orientation.Horizontal, self.region, self.meaning)
        self.rows = _splitter(Qt.Orientation.Vertical, self.upper, self.lower)
        self.upper.setSizes([500, 500])
        self.lower.setSizes([600, 400])
        self.rows.setSizes([420, 580])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.rows)
        for plot in self.plots:
            plot.failed.connect(self._on_failed)
            plot.notice.connect(self._on_notice)
        session.snapshot_changed.connect(self.refresh_run)
        session.evidence_changed.connect(self.refresh_run)
        session.pictures.changed.connect(self.refresh_pictures)
        self.refresh_run()
        self.refresh_pictures()

    @property
    def plots(self) -> tuple[Plot[Any], ...]:
        """All four."""
        return self.votes, self.bounds, self.region, self.meaning

    def offer(self, examples: tuple[Example, ...]) -> None:
        """Pictures the slice may point to."""
        self.axes.offer(examples)

    @Slot()
    def refresh_run(self) -> None:
        """Votes and bounds of the evidence, else of the run as it stands."""
        session = self._session
        source = session.evidence or session.snapshot
        if source is None or session.model is None:
            _show(self.votes, None)
            _show(self.bounds, None)
            return
        names = session.model.class_names
        _show(self.votes, votes_figure(source, names))
        _show(self.bounds, bounds_figure(source, names) if source.trajectory else None)

    @Slot()
    def refresh_pictures(self) -> None:
        """Slice and meaning, as far as they are drawn."""
        pictures = self._session.pictures
        _show(self.region, pictures.slice)
        _show(self.meaning, pictures.meaning)

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self.notice.emit("error", sentence)

    @Slot(str)
    def _on_notice(self, sentence: str) -> None:
        self.notice.emit("info", sentence)


def _show(plot: Plot[Any], figure: Any | None) -> None:
    if figure is not None:
        plot.show_figure(figure)
    elif plot.figure is not None or not plot.waiting.text():
        plot.wait(_WAITING[type(plot)])


def _splitter(orientation: Qt.Orientation, *widgets: QWidget) -> QSplitter:
    splitter = QSplitter(orientation)
    splitter.setChildrenCollapsible(False)
    splitter.setHandleWidth(_HANDLE)
    for widget in widgets:
        splitter.addWidget(widget)
    return splitter
