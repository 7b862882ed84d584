"""Exact methods say cells, computed probabilities and whole laws; they have no n of votes."""

from __future__ import annotations

import pytest

from engine.demos.gallery import case_of, recorded_evidence
from engine.evidence.settings import declared
from engine.procedures.playback import played
from engine.schemes.dssn_l1 import DssnL1
from gui.controllers.runs import Runs
from gui.results.claim import ClaimCard
from gui.results.exact_words import exact_words
from gui.results.progress import ProgressPanel


@pytest.fixture
def mapped():
    return recorded_evidence(case_of("aircraft"))


def test_a_map_says_its_cells_before_and_after_its_end(mapped):
    first = played(mapped)[0].model_copy(update={"region": mapped.region})
    share, words = exact_words(first)
    looked = mapped.region.looked
    assert words == f"{looked:,} cells looked at, of {mapped.settings.scheme.cells:,} at most"
    assert share == looked / mapped.settings.scheme.cells
    share, words = exact_words(mapped)
    assert (share, words) == (
        1.0,
        f"{looked:,} cells bounded, 1,000 / 1,000 images beside the map",
    )
    nothing = mapped.model_copy(update={"region": None})
    assert exact_words(nothing)[1].startswith("no cell certified, ")


def test_a_computed_probability_has_votes_beside_it():
    share, words = exact_words(recorded_evidence(case_of("tumour")))
    assert (share, words) == (1.0, "probability computed, 1,000 / 1,000 votes beside it")


def test_a_law_that_is_counted_whole_is_counted_twice(make):
    settings = declared("certify", DssnL1(lam=0.25), {})
    found = make.snapshot(settings, settings.n // 2)
    share, words = exact_words(found)
    done = found.selection.n + found.estimation.n
    assert 0 < done < 2 * settings.n
    assert words == f"{done:,} / {2 * settings.n:,} samples: all, twice"
    assert share == done / (2 * settings.n)


def test_progress_and_talk_mode_use_these_words(qtbot, idle_session, mapped, monkeypatch):
    panel, card = ProgressPanel(idle_session), ClaimCard(idle_session)
    for widget in (panel, card):
        qtbot.addWidget(widget)
    idle_session.runs.evidence = mapped
    idle_session.runs.evidence_changed.emit()
    assert panel.numbers.text().startswith(exact_words(mapped)[1])
    assert "votes" not in panel.numbers.text() and "votes" not in card.votes.text()
    assert panel.bar.value() == 1000
    idle_session.runs.evidence = None
    idle_session.runs.snapshot = played(mapped)[0].model_copy(update={"region": mapped.region})
    idle_session.runs.snapshot_changed.emit()
    panel.refresh()
    assert "cells looked at" in panel.numbers.text()
    idle_session.worker._on_warm(None)
    monkeypatch.setattr(Runs, "running", True)
    panel.refresh()
    assert panel.doing.text() == "computing…"
