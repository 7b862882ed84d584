"""The pages of documents: what takes the window's middle beside the plots of a run.

Their plots and tables take longer to make than the rest of the window; they are made once it has
been painted, or when one of them is asked for before.
"""

from __future__ import annotations

from dataclasses import dataclass

from gui.controllers.session import Session
from gui.pages.comparison import TradeOffPage
from gui.pages.external_votes import VotesPage
from gui.pages.oracle_labels import LabelPage
from gui.pages.planner import PlannerPage
from gui.pages.runs import RunsPage
from gui.pages.verify import VerifyPage
from gui.widgets.file_dialogs import FileAsker
from gui.widgets.page import Page


@dataclass(frozen=True)
class Pages:
    """One of each."""

    labels: LabelPage
    runs: RunsPage
    verify: VerifyPage
    planner: PlannerPage
    votes: VotesPage
    tradeoff: TradeOffPage

    @property
    def all(self) -> tuple[Page, ...]:
        """Every page."""
        return (self.labels, self.runs, self.verify, self.planner, self.votes, self.tradeoff)


def make_pages(session: Session, asker: FileAsker) -> Pages:
    """All pages, showing nothing yet."""
    return Pages(
        labels=LabelPage(session),
        runs=RunsPage(session.casebook),
        verify=VerifyPage(session.desk),
        planner=PlannerPage(session),
        votes=VotesPage(session),
        tradeoff=TradeOffPage(session, asker),
    )
