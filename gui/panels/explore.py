"""The middle of the window: votes and bounds above, region and meaning below."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLabel, QSizePolicy, QSplitter, QVBoxLayout, QWidget

from engine.figures import bounds_figure, votes_figure
from gui.backend import Example
from gui.panels.axes import AxesChooser
from gui.panels.section import words
from gui.plots.base import Plot
from gui.plots.bounds import BoundsPlot
from gui.plots.meaning import MeaningPlot
from gui.plots.region import RegionPlot
from gui.plots.votes import VotesPlot
from gui.session import Session

_WAITING = {
    VotesPlot: "Votes appear here as they are counted.",
    BoundsPlot: "What may be claimed grows here with the votes.",
    RegionPlot: "The certified region is drawn when a run has ended.",
    MeaningPlot: "Noisy samples and a change of the certified size appear when a run has ended.",
}


class Explore(QWidget):
    """Four plots that follow the session; they label themselves from what they show."""

    notice = Signal(str, str)

    def __init__(self, session: Session, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.votes, self.bounds = VotesPlot(), BoundsPlot()
        self.region, self.meaning = RegionPlot(), MeaningPlot()
        self.axes = AxesChooser()
        self.axes.chosen.connect(session.pictures.choose_axes)
        self.region.header.insertWidget(self.region.header.count() - 1, self.axes)
        self.upper = _splitter(Qt.Orientation.Horizontal, self.votes, self.bounds)
        self.lower = _splitter(Qt.Orientation.Horizontal, self.region, self.meaning)
        self.lower.setSizes([620, 380])
        self.rows = _splitter(Qt.Orientation.Vertical, self.upper, self.lower)
        self.rows.setSizes([420, 580])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.rows)
        self._waiting = {plot: _placeholder(plot) for plot in self.plots}
        for plot in self.plots:
            plot.failed.connect(self._on_failed)
            plot.notice.connect(self._on_notice)
        session.snapshot_changed.connect(self.refresh_run)
        session.evidence_changed.connect(self.refresh_run)
        session.pictures.changed.connect(self.refresh_pictures)
        self.refresh_run()
        self.refresh_pictures()

    @property
    def plots(self) -> tuple[Plot, ...]:  # type: ignore[type-arg]
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
            self._show(self.votes, None)
            self._show(self.bounds, None)
            return
        names = session.model.class_names
        self._show(self.votes, votes_figure(source, names))
        self._show(self.bounds, bounds_figure(source, names))

    @Slot()
    def refresh_pictures(self) -> None:
        """Slice and meaning, as far as they are drawn."""
        pictures = self._session.pictures
        self._show(self.region, pictures.slice)
        self._show(self.meaning, pictures.meaning)

    def _show(self, plot: Plot, figure: object | None) -> None:  # type: ignore[type-arg]
        """A figure, or the sentence that waits for it."""
        plot.canvas.setVisible(figure is not None)
        self._waiting[plot].setVisible(figure is None)
        if figure is None:
            plot.figure = None
            plot.set_subtitle("")
        else:
            plot.show_figure(figure)

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self.notice.emit("error", sentence)

    @Slot(str)
    def _on_notice(self, sentence: str) -> None:
        self.notice.emit("info", sentence)


def _splitter(orientation: Qt.Orientation, *widgets: QWidget) -> QSplitter:
    splitter = QSplitter(orientation)
    splitter.setChildrenCollapsible(False)
    splitter.setHandleWidth(10)
    for widget in widgets:
        splitter.addWidget(widget)
    return splitter


def _placeholder(plot: Plot) -> QLabel:  # type: ignore[type-arg]
    label = words(_WAITING.get(type(plot), ""), "muted")
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
    plot.content.addWidget(label, 1)
    return label
