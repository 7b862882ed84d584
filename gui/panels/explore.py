"""The middle of the window: votes and bounds above, region and meaning below."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from engine.evidence import Evidence
from engine.figures import bounds_figure, votes_figure
from engine.procedures.snapshot import Snapshot
from gui.backend import Example
from gui.panels.axes import AxesChooser
from gui.plots import BallPlot, BoundsPlot, MeaningPlot, Plot, VotesPlot
from gui.session import Session

_HANDLE = 10
TURN_MS = 120
"""While votes are counted, histogram and bounds are drawn in turn at this pace. Both with every
snapshot, 15 times a second, took a quarter of a fast run's speed; in turn it is a twentieth."""
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
        self._turns = QTimer(self, interval=TURN_MS)
        self._turns.timeout.connect(self._draw_next)
        self._votes_are_next = True
        session.snapshot_changed.connect(self._follow)
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
        self._turns.stop()
        self._draw_votes()
        self._draw_bounds()

    @Slot()
    def refresh_pictures(self) -> None:
        """Slice and meaning, as far as they are drawn."""
        pictures = self._session.pictures
        _show(self.region, pictures.slice)
        _show(self.meaning, pictures.meaning)

    @Slot()
    def _follow(self) -> None:
        if not self._turns.isActive():
            self._turns.start()

    @Slot()
    def _draw_next(self) -> None:
        if self._votes_are_next:
            self._draw_votes()
        else:
            self._draw_bounds()
        self._votes_are_next = not self._votes_are_next

    def _draw_votes(self) -> None:
        source, names = self._source()
        _show(self.votes, votes_figure(source, names) if source else None)

    def _draw_bounds(self) -> None:
        source, names = self._source()
        drawn = source is not None and bool(source.trajectory)
        _show(self.bounds, bounds_figure(source, names) if source and drawn else None)

    def _source(self) -> tuple[Evidence | Snapshot | None, tuple[str, ...]]:
        """What is to be shown, and the names of its classes."""
        session = self._session
        if session.model is None:
            return None, ()
        return session.evidence or session.snapshot, session.model.class_names

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
