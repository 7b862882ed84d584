"""What the first paint did without: made afterwards, while the window answers."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from engine import schemes
from gui.controllers.runs import Runs
from gui.jobs.preloading import Preloading
from gui.plots.graphics import loaded_in_steps
from gui.setup.catalogue import Catalogue
from gui.shell.pages import Pages

LOADED_BESIDE = ("numpy", "engine.figures.images", *schemes.FILES)
"""Nothing of Qt (:class:`gui.jobs.preloading.Preloading`)."""
_WAIT_MS, _BUSY_MS = 2, 200
"""Between two pieces: keys, clicks and paints come first; and between two looks at whether votes
are still counted."""


class Afterwards(QObject):
    """Makes the bodies of plots, the list of schemes and the pages of documents, in pieces.

    There is one piece in each turn of the event loop, so that whoever types or clicks meanwhile
    waits for one at most. What takes long to load and is nothing of Qt is loaded in a thread
    before. While votes are counted nothing is made that is not asked for: a page takes longer than
    two pictures of a region that grows may lie apart.

    Args:
        pages, catalogue: whose parts are made.
        runs: whether votes are counted.
        parent: lives as long.
    """

    made = Signal()
    """Everything is there."""

    def __init__(self, pages: Pages, catalogue: Catalogue, runs: Runs, *, parent: QObject) -> None:
        super().__init__(parent)
        self._pages, self._catalogue, self._runs = pages, catalogue, runs
        self._pieces: Iterator[object] = iter(())
        self._beside: Preloading | None = None
        self._timer = QTimer(self, interval=_WAIT_MS)
        self._timer.timeout.connect(self._go_on)

    def begin(self) -> None:
        """From now on."""
        self._beside = Preloading(LOADED_BESIDE)
        self._pieces = _pieces(self._beside, self._pages, self._catalogue)
        self._timer.start()

    @Slot()
    def stop(self) -> None:
        """Make no more of it; nothing is loaded when this returns."""
        self._timer.stop()
        if self._beside is not None:
            self._beside.stop()

    @Slot()
    def _go_on(self) -> None:
        busy = self._runs.running
        self._timer.setInterval(_BUSY_MS if busy else _WAIT_MS)
        if busy:
            return
        if next(self._pieces, None) is None:
            self._timer.stop()
            self.made.emit()


def _pieces(beside: Preloading, pages: Pages, catalogue: Catalogue) -> Iterator[object]:
    """Make one after the other, whenever the next is asked for."""
    while not beside.over:
        yield beside
    yield from loaded_in_steps()
    yield from pages.explore.furnish()
    catalogue.complete()
    yield catalogue
    yield from pages.make_documents()
