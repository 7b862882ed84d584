"""A result to look at: exactly what was recorded, labelled from itself and from nothing else."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from engine.evidence.evidence import Evidence
from engine.evidence.subject import region_note
from engine.figures.anchors import over_n
from engine.figures.spread import spread_figure
from engine.figures.votes import votes_figure
from gui.plots.bounds import BoundsPlot, no_bounds
from gui.plots.curves import CurvePlot
from gui.plots.votes import VotesPlot
from gui.results.fact_rows import evidence_rows
from gui.results.noise_badge import badge_of
from gui.results.plot_row import PlotRow
from gui.results.region_place import RegionPlace
from gui.results.statement import ended, true_class
from gui.results.verdict import verdict_of
from gui.style.theme import set_role
from gui.widgets.alone import Alone
from gui.widgets.card import Card
from gui.widgets.facts import FactsTable
from gui.widgets.headline import Headline
from gui.widgets.layouts import filled
from gui.widgets.local_time import local_time
from gui.widgets.scroll import ScrollColumn
from gui.widgets.section import say, unbroken, words

_BESIDE = 760
"""From this width on the plots stand side by side, where the view is wider than high."""
_LOWEST = 140
"""Pixels of a plot's height: below a table there is less room than among the plots of a run."""


class RecordView(Card):
    """One evidence: statement, numbers, votes, bounds and region.

    Args:
        region: whether what is certified is drawn here too.

    Attributes:
        evidence: what is shown; None while there is nothing.

    Signals:
        export: the evidence and the format it is wanted in.
        notice: kind and sentence.
    """

    export = Signal(object, str)
    notice = Signal(str, str)

    def __init__(self, *, region: bool = True, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self.evidence: Evidence | None = None
        self.outcome, self.headline = words(), Headline()
        self.unit, self.ended = words(role="small"), words(role="small")
        self.badge, self.sentence = words(role="badge"), words()
        self.true = words(name="What labels say of the true class")
        self.facts = FactsTable()
        self.votes, self.bounds = VotesPlot(), BoundsPlot()
        self.attack = words(role="small", name="Attack")
        self.struck = words(role="struck", name="As stated, which does not hold")
        self.recomputed_title = words("RECOMPUTED FROM THE RECORDED VOTES", role="section")
        self.recomputed = words(name="Recomputed from the recorded votes")
        self.text = ScrollColumn("Recorded statement", spacing=5)
        for widget in (
            self.outcome,
            self.headline,
            self.unit,
            self.struck,
            self.sentence,
            self.attack,
            self.recomputed_title,
            self.recomputed,
            self.true,
            self.ended,
            self.badge,
            self.facts,
        ):
            self.text.column.addWidget(widget)
        self.text.column.addStretch(1)
        self.spread = CurvePlot("Variance of the members")
        self.region = RegionPlace(least=_LOWEST)
        self._with_region = region
        plots: dict[str, QWidget] = {
            "Votes": self.votes,
            "Bounds": self.bounds,
            "Region": self.region,
            "Variance": self.spread,
        }
        self.plots = PlotRow(plots, first=("Region", "Votes"))
        # side by side they ask for more width than one of them: the view may be narrower again
        self.plots.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        for plot in (self.votes, self.bounds, self.spread):
            plot.setMinimumHeight(_LOWEST)
        for place in (self.votes, self.bounds, self.region, self.spread):
            place.notice.connect(self.notice)
            place.enlarged.connect(Alone(place).toggle)
        self.content.addLayout(filled(QHBoxLayout(), (self.text, 2), (self.plots, 3)), 1)
        self.pdf, self.json = QPushButton("Save PDF…"), QPushButton("Save JSON…")
        self.pdf.clicked.connect(lambda: self._export("pdf"))
        self.json.clicked.connect(lambda: self._export("json"))
        for button in (self.pdf, self.json):
            self.header.addWidget(button)
        self.show_text("", "")

    def show_evidence(self, evidence: Evidence, title: str, *, recomputed: str = "") -> None:
        """Show a result.

        Args:
            evidence: of the run.
            title: where it comes from.
            recomputed: what follows from its votes, where what it states does not hold: that is
                struck through then, in small type, and cannot be saved, for saving seals it anew.
        """
        self.evidence, sound = evidence, not recomputed
        self._head(
            title, f"{evidence.model.name} · {evidence.input.name} · {local_time(evidence.created)}"
        )
        verdict, badge = verdict_of(evidence), badge_of(evidence.settings)
        claims = sound and not verdict.struck
        set_role(self, verdict.frame if sound else "error")
        set_role(self.outcome, verdict.role if sound else "danger")
        say(self.outcome, verdict.word if sound else "DOES NOT HOLD, AS STATED:")
        self.headline.show_number(verdict.headline if sound else "")
        say(self.unit, region_note(evidence.region, evidence.input) if claims else "")
        stated = " ".join(filter(None, (verdict.word, verdict.headline, evidence.statement)))
        say(self.struck, unbroken(verdict.struck if sound else stated))
        say(self.sentence, unbroken(verdict.sentence) if sound else "")
        say(self.attack, f"Attack: {verdict.attack}" if verdict.attack and sound else "")
        self.recomputed_title.setVisible(not sound)
        say(self.recomputed, recomputed)
        say(self.true, unbroken(true_class(evidence)) if claims else "")
        say(self.ended, ended(evidence))
        say(self.badge, badge.text if sound else "")
        self.badge.setToolTip(badge.tip)
        set_role(self.badge, badge.role)
        self.facts.show_rows(evidence_rows(evidence) if sound else [])
        if sound:
            self._draw(evidence)
        self.plots.setVisible(sound)
        for button in (self.pdf, self.json):
            button.setEnabled(sound)
            button.setToolTip("" if sound else "Not every claim of this file holds.")

    @property
    def shown(self) -> Evidence | None:
        """The result in sight, if its claims hold."""
        return self.evidence if self.pdf.isEnabled() else None

    def show_text(self, title: str, sentence: str) -> None:
        """Show a sentence in place of a result."""
        self.evidence = None
        set_role(self, "")
        self._head(title, "")
        for label in (
            self.outcome,
            self.headline,
            self.unit,
            self.struck,
            self.attack,
            self.recomputed,
            self.true,
            self.ended,
            self.badge,
        ):
            say(label, "")
        self.recomputed_title.hide()
        say(self.sentence, sentence)
        self.facts.show_rows([])
        self.plots.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Plots side by side where there is room."""
        super().resizeEvent(event)
        wide = self.width() >= max(_BESIDE, 1.2 * self.height())
        self.plots.lay(Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical)

    def _head(self, title: str, subtitle: str) -> None:
        self.title.setText(title)
        self.setAccessibleName(title)
        self.set_subtitle(subtitle)
        for button in (self.pdf, self.json):
            button.setVisible(self.evidence is not None)

    def _draw(self, evidence: Evidence) -> None:
        names = evidence.model.class_names
        self.plots.show()
        self.votes.show_figure(votes_figure(evidence, names))
        if (bounds := over_n(evidence, names)) is not None:
            self.bounds.show_figure(bounds)
        else:
            self.bounds.wait(no_bounds(evidence.settings) or "There is no bound over n.")
        drawn = self._with_region and evidence.procedure != "predict"
        self.plots.offer("Region", there=drawn)
        if drawn:
            self.region.show_region(evidence)
        found = evidence.ensemble.spread if evidence.ensemble is not None else None
        self.plots.offer("Variance", there=found is not None)
        if found is not None:
            self.spread.show_figure(spread_figure(found))

    def _export(self, fmt: str) -> None:
        if self.evidence is not None:
            self.export.emit(self.evidence, fmt)
