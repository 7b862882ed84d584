"""Steps 5 and 6: two thousand runs whose false claims are counted as they come."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QTimer, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from engine.core.rounding import percent_down
from engine.playground.false_claims import (
    ALPHA,
    BIAS_N,
    BIAS_N0,
    LOOKS,
    RUNS,
    Tally,
    peeking,
    selection_bias,
)
from gui.playground.experiment import FRAME_MS
from gui.playground.rate_view import RateView
from gui.style import theme as themes
from gui.widgets.layouts import filled
from gui.widgets.section import words


class RateStep(QWidget):
    """A live counter of false claims.

    Args:
        careless, careful: names of the two ways to claim.
        make: begins the experiment with a seed.
        what: what a run is, and when its claim is false.
    """

    def __init__(
        self, careless: str, careful: str, make: Callable[[int], Iterator[Tally]], what: str
    ) -> None:
        super().__init__()
        self._make, self._seed = make, 0
        self._names = careless, careful
        self.view = RateView(careless, careful)
        self.said = words(role="title", name="False claims")
        self.again = QPushButton("&Again, other votes")
        row = QWidget()
        filled(QHBoxLayout(row), (self.said, 1), self.again, spacing=8)
        self.what = words(what, "muted")
        self.what.give_way()
        filled(QVBoxLayout(self), row, (self.view, 1), self.what, spacing=8)
        self.tallies: list[Tally] = []
        self._coming: Iterator[Tally] = iter(())
        self._timer = QTimer(self, interval=FRAME_MS)
        self._timer.timeout.connect(self.step)
        self.again.clicked.connect(self.begin)
        themes.registry.follow(self.retheme)
        self.retheme()

    def retheme(self) -> None:
        """On the stage the speaker says what a run is."""
        self.what.setVisible(not themes.current().on_stage)

    @property
    def done(self) -> bool:
        """Whether all runs were made."""
        return bool(self.tallies) and self.tallies[-1].runs >= RUNS

    def showEvent(self, event: QShowEvent) -> None:
        """Begin when it is first seen, go on later."""
        super().showEvent(event)
        if not self.tallies:
            self.begin()
        elif not self.done:
            self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Wait."""
        super().hideEvent(event)
        self._timer.stop()

    @Slot()
    def begin(self) -> None:
        """All runs anew, with other votes."""
        self._seed += 1
        self._coming, self.tallies = self._make(self._seed), []
        self.said.setText("")
        self._timer.start()

    @Slot()
    def step(self) -> None:
        """A few runs more."""
        found = next(self._coming, None)
        if found is None:
            self._timer.stop()
            return
        self.tallies.append(found)
        shares = found.careless / found.runs, found.careful / found.runs
        self.said.setText(
            f"{found.runs:,} runs. {self._names[0]}: {percent_down(shares[0], 1)} false claims, "
            f"{shares[0] / ALPHA:.1f} times alpha. {self._names[1]}: {percent_down(shares[1], 1)}."
        )
        self.view.show_tallies(self.tallies)
        if self.done:
            self._timer.stop()


def twice_step() -> RateStep:
    """Why one samples twice."""
    return RateStep(
        "Same votes",
        "Fresh votes",
        lambda seed: selection_bias(seed=seed),
        f"Each run draws {BIAS_N0} votes to choose one of five classes that are nearly equally "
        f"probable, and {BIAS_N} more for a Clopper-Pearson bound at alpha {ALPHA:g}. Same votes: "
        "the class is chosen from the votes that bound it. A claim is false if the bound exceeds "
        "the probability that quadrature gives.",
    )


def peek_step() -> RateStep:
    """Why one may not peek."""
    return RateStep(
        "Clopper-Pearson, peeked at",
        "Anytime bound",
        lambda seed: peeking(seed=seed),
        f"Each run stands on the border of g, where p_A = 1/2 and nothing may be certified. It is "
        f"looked at after each of {LOOKS:,} votes, and ended by the first p lower above 1/2: a "
        f"false claim. Both bounds have alpha {ALPHA:g} and see the same votes.",
    )
