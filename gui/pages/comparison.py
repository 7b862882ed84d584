"""Compare schemes: several smoothed models against one attacker, on an input or a set."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from engine.core.errors import UserError
from engine.figures.comparison import INTERVALS
from engine.models.request import ModelRequest
from engine.regions import Norm
from gui.controllers.session import Session
from gui.jobs.comparison_jobs import Compared, CompareWish, candidate_of, compared, shipped, written
from gui.jobs.worker import Failure
from gui.pages.candidates import Results
from gui.pages.comparison_attacker import MOST_PIXELS, AttackerSliders
from gui.pages.comparison_setup import WIDTH, SetupColumn
from gui.pages.work_page import WorkPage
from gui.plots.comparison import ReachPlot
from gui.plots.comparison_accuracy import AccuracyPlot
from gui.plots.comparison_table import SharePlot
from gui.widgets.alone import Alone
from gui.widgets.file_dialogs import MODEL_FILTER, FileAsker, model_spec
from gui.widgets.flag_names import in_the_window
from gui.widgets.layouts import divided, filled
from gui.widgets.section import say, words

if TYPE_CHECKING:
    from engine.comparison import Attacker, Candidate, TradeOff
    from engine.evidence.evidence import Evidence

_WAIT = "Choose the models to compare and press Compare."
_EARLIER = "Of an earlier choice: the set, the models or the settings were changed since."
_LOWEST = 140
"""Pixels of a plot's height: above a table there is less room than among the plots of a run."""


class TradeOffPage(WorkPage):
    """Left who and on what; right the attacker and the images, which follow the sliders.

    Attributes:
        shown: the comparison on show; None before the first.
        earlier: says so where that is of another set, other models or settings than described now.
    """

    setup: SetupColumn

    def __init__(
        self, session: Session, asker: FileAsker, *, parent: QWidget | None = None
    ) -> None:
        super().__init__("Compare schemes", session, work="comparison", parent=parent)
        self._asker = asker
        self._looked = False
        self.shown: Compared | None = None
        self._wish: CompareWish | None = None
        self.setup, self.sliders = SetupColumn(session), AttackerSliders()
        self.reach, self.accuracy, self.shares = ReachPlot(), AccuracyPlot(), SharePlot()
        self.results = Results()
        self.earlier = words(role="provisional", name="Of what these results are")
        self.remark = words(role="provisional", name="What speaks against comparing these models")
        self.intervals = words(role="small")
        for label in (self.complaint, self.earlier, self.remark, self.intervals):
            label.give_way()
        for plot in (self.reach, self.accuracy, self.shares):
            plot.setMinimumHeight(_LOWEST)
        self._lay_out()
        self._make_buttons()
        self._connect()
        self._wait()
        self._refresh()

    def _lay_out(self) -> None:
        across = Qt.Orientation.Horizontal
        self.images = QStackedWidget()
        self.images.addWidget(self.reach)
        self.images.addWidget(divided(across, self.accuracy, self.shares, sizes=(400, 500)))
        right = QWidget()
        parts = (
            self.sliders,
            self.complaint,
            self.earlier,
            self.remark,
            (self.images, 1),
            self.results,
            self.intervals,
            self.progress,
        )
        filled(QVBoxLayout(right), *parts, spacing=8).setContentsMargins(8, 0, 0, 0)
        say(self.complaint, "")
        columns = divided(across, self.setup, right, sizes=(WIDTH, 900))
        columns.setStretchFactor(1, 1)
        self.content.addWidget(columns, 1)

    def _make_buttons(self) -> None:
        self.add_start("Co&mpare")
        self.csv = self.add_button("Save CS&V…", lambda: self.ask_where_to_save("csv"))
        self.json = self.add_button("Save &JSON…", lambda: self.ask_where_to_save("json"))

    def _connect(self) -> None:
        self.setup.ask_model.connect(self._ask_for_model)
        self.setup.ask_folder.connect(self._ask_for_folder)
        self.setup.misfit.connect(self._say_misfit)
        self.setup.changed.connect(self._refresh)
        self.setup.limited.connect(self._limit)
        self.setup.ranked.connect(self._any_pixels)
        self.sliders.changed.connect(self._draw)
        self.reach.pointed.connect(self.sliders.put)
        for plot in (self.reach, self.accuracy, self.shares):
            plot.notice.connect(self.notice)
            plot.enlarged.connect(Alone(plot).toggle)
        self.watch()

    def showEvent(self, event: QShowEvent) -> None:
        """The shipped models are looked for when they are first wanted."""
        super().showEvent(event)
        if not self._looked:
            self._looked = True
            self._session.worker.submit(
                lambda stop: shipped(),
                "looking for models to compare",
                on_done=self.setup.who.offer,
                quiet=True,
            )

    def begin(self) -> None:
        """Start what is described."""
        try:
            wish = self.setup.wish()
        except UserError as error:
            say(self.complaint, in_the_window(str(error)))
            return
        say(self.complaint, "")
        self.shown, self._wish = None, wish
        self._limit(wish.norm)
        self.hold(None)
        self._wait("Opening the models…")
        self.lane.submit(
            lambda stop: compared(wish, stop),
            "comparing schemes",
            on_done=self._on_ended,
            on_failed=self._on_failed,
            on_snapshot=self._show,
            asks=self.asks,
        )
        self._refresh()

    def _show(self, now: Compared) -> None:
        self.show_progress(now.share, _so_far(now))
        other = self.shown is None or self.shown.land is not now.land
        self.shown = now
        if other:
            self._draw()

    def _on_ended(self, last: Compared) -> None:
        self._show(last)
        whole = last.runs == last.total
        kept = f"stopped after {last.runs:,} of {last.total:,} runs"
        self.doing.setText(f"{last.total:,} run{'s' * (last.total != 1)}" if whole else kept)
        if any(last.land.result.outcomes):
            self.hold(last.land.result)
        else:
            self._wait("Stopped before the first run had ended.")
        self._refresh()

    @Slot()
    def _draw(self) -> None:
        """The images for the attacker of the sliders."""
        if self.shown is None:
            return
        from engine.comparison.landscape import accuracy_figure, reach_figure, share_figure

        land = self.shown.land
        attacker = self.sliders.attacker.model_copy(update={"norm": land.norm})
        one = land.result.inputs == 1
        say(self.remark, in_the_window(land.result.remark))
        say(self.intervals, "" if one else f"{INTERVALS[:1].upper()}{INTERVALS[1:]}.")
        if one:
            self.images.setCurrentIndex(0)
            figure = reach_figure(land, attacker)
            self.reach.show_figure(figure)
            told = list(zip(figure.withstands, figure.results, strict=True))
            self.results.show_results(figure.names, figure.noises, told)
        else:
            self.images.setCurrentIndex(1)
            shares = accuracy_figure(land, attacker)
            self.accuracy.show_figure(shares)
            self.shares.show_figure(share_figure(land, attacker))
            told = [(i in shares.winners, text) for i, text in enumerate(shares.results)]
            self.results.show_results(shares.names, shares.noises, told)
        self._refresh()

    @Slot(str)
    def _limit(self, norm: Norm) -> None:
        """The attacker beside results is limited in their norm, whatever is chosen for the next."""
        self.sliders.limit(self.shown.land.norm if self.shown is not None else norm)

    @Slot()
    def _any_pixels(self) -> None:
        """Noises are compared by a norm of the whole change."""
        self.sliders.put(MOST_PIXELS, self.sliders.attacker.epsilon)

    def _wait(self, sentence: str = _WAIT) -> None:
        for plot in (self.reach, self.accuracy, self.shares):
            plot.wait(sentence)
        for label in (self.remark, self.intervals):
            say(label, "")
        self.results.show_results((), (), [])
        self.show_progress(0.0, "")

    @Slot()
    def _refresh(self) -> None:
        super()._refresh()
        self.start.setEnabled(self.start.isEnabled() and bool(self.setup.who.chosen))
        has = self.shown is not None and any(self.shown.land.result.outcomes)
        for button in (self.csv, self.json):
            button.setEnabled(has)
        say(self.earlier, _EARLIER if has and self._has_changed() else "")

    def _has_changed(self) -> bool:
        """Whether something else is described now than what is shown."""
        try:
            return self.setup.wish() != self._wish
        except UserError:
            return True

    def _on_failed(self, failure: Failure) -> None:
        self.shown = None
        self._wait()
        self._complain(failure)

    def _complain(self, failure: Failure) -> None:
        say(self.complaint, in_the_window(failure.sentence))
        self._refresh()

    @Slot(str)
    def _say_misfit(self, sentence: str) -> None:
        say(self.complaint, in_the_window(sentence))

    def _on_added(self, one: Candidate) -> None:
        if said := self.setup.who.admit(one):  # else a sentence about one before it stays
            self._say_misfit(said)

    @Slot()
    def _ask_for_model(self) -> None:
        self._asker.open_file("Add model", MODEL_FILTER, self.add_model)

    def add_model(self, path: Path) -> None:
        """Let a model of one's own take part; one that is asked for after it replaces none."""
        request, otherwise = ModelRequest(model_spec(path)), self._session.form.settings.scheme
        say(self.complaint, "")  # not when it is there: that of a model before it would go unread
        self._session.worker.submit(
            lambda stop: candidate_of(request, otherwise),
            f"opening {request.spec}",
            on_done=self._on_added,
            on_failed=self._complain,
        )

    @Slot()
    def _ask_for_folder(self) -> None:
        self._asker.open_folder("Compare on the images of", self.setup.put_folder)

    def shows_other(self, shown: Evidence | None) -> bool:
        """Several schemes, none of which is the shown run."""
        return self.shown is not None

    def ask_where_to_save(self, fmt: str) -> None:
        """Where to write the shown schemes, as CSV for the attacker of the sliders, or as JSON."""
        if self.shown is not None:
            land = self.shown.land
            result = land.result
            attacker = self.sliders.attacker.model_copy(update={"norm": land.norm})
            self._asker.save_file(
                f"Save {fmt.upper()}",
                f"schemes-compared.{fmt}",
                lambda path: self._write(result, attacker, path),
            )

    def _write(self, result: TradeOff, attacker: Attacker, path: Path) -> None:
        self.write(result, path, lambda: written(result, attacker, path))


def _so_far(now: Compared) -> str:
    """How many runs have ended, and which one is at work once one is."""
    return " · ".join(filter(None, (f"{now.runs:,} of {now.total:,} runs", now.doing)))
