from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from engine.case import RunRow
from engine.evidence.settings import CertifySettings, declared, seeded
from engine.evidence.tries import with_tries
from engine.schemes import DssnL1, Sparse
from engine.schemes.rotation import Rotation
from gui.pages.runs_model import COLUMNS, NOTE, RunsModel, filtered, outcome, run_title, texts


@pytest.fixture
def row(make):
    def build(run: int, **changes):
        facts = {
            "id": run,
            "run_id": f"r{run}",
            "procedure": "certify",
            "created": "2026-01-02T03:04:05+00:00",
            "state": "finished",
            "model": make.model(),
            "input": make.fitted(make.image(f"digits:{run}")).identity,
            "settings": CertifySettings(n=1000),
            "counted": 1000,
            "outcome": "certified",
            "class_name": "7",
            "radius": 0.63299,
            "certified": "R = 0.632",
        }
        return RunRow(**{**facts, **changes})

    return build


def test_a_row_is_labelled_from_itself(row):
    shown = dict(zip(COLUMNS, texts(row(4, note="n", pinned=True)), strict=True))
    assert shown["Run"] == "● 4"
    assert shown["Input"] == "digits:4"
    assert shown["Certified"] == "R = 0.632"
    assert shown["Outcome"] == "certified '7'"
    assert shown["Setting"] == "Gaussian smoothing, sigma 0.25, anytime, float, seed 0, alpha 0.001"
    assert shown["Note"] == "n"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"state": "damaged"}, "damaged"),
        ({"state": "counting"}, "being counted"),
        ({"state": "interrupted"}, "interrupted, no result"),
        ({"state": "stopped"}, "certified '7', stopped"),
        ({"outcome": "abstained", "class_name": None, "radius": None}, "abstained"),
    ],
)
def test_what_became_of_it_is_said_in_words(row, changes, words):
    assert outcome(row(1, **changes)) == words


def test_an_unfinished_run_says_how_far_it_is(row):
    assert texts(row(1, counted=300))[6] == "300 of 1,000"
    sweep = declared("certify", Rotation(), {"n": 300, "seed": 1})  # n is that of one anchor
    assert texts(row(1, counted=5_416, settings=sweep))[6] == "5,416"


def test_a_second_try_says_so_as_its_statement_does(row, make):
    assert run_title(row(1)) == "Run 1"
    again = row(2, number=2, of=3)
    assert run_title(again) == "Run 2, try 2 of 3 on this model, input and attacker"
    more = with_tries(make.evidence(CertifySettings(n=1000)), 3, 4, "session")
    assert "Try 3 of 4" in more.statement and ", try 3 of 4 on" in run_title(again, more)


def test_it_filters_all_columns_and_sorts_by_value(row, qapp):
    model = RunsModel()
    model.show_rows((row(10, radius=2.5), row(9, radius=11.0), row(2, note="Keep")))
    proxy = filtered(model)
    proxy.setFilterFixedString("keep")
    assert proxy.rowCount() == 1
    proxy.setFilterFixedString("")
    proxy.sort(COLUMNS.index("Certified"), Qt.SortOrder.DescendingOrder)
    assert [proxy.index(i, 0).data() for i in range(3)] == ["9", "10", "2"]
    proxy.sort(0, Qt.SortOrder.AscendingOrder)
    assert [proxy.index(i, 0).data() for i in range(3)] == ["2", "9", "10"]


def test_only_notes_are_typed(row, qapp, qtbot):
    model = RunsModel()
    model.show_rows((row(1),))
    assert not model.flags(model.index(0, 0)) & Qt.ItemFlag.ItemIsEditable
    assert model.flags(model.index(0, NOTE)) & Qt.ItemFlag.ItemIsEditable
    assert not model.setData(model.index(0, 0), "x")
    with qtbot.waitSignal(model.noted) as heard:
        assert model.setData(model.index(0, NOTE), "x")
    assert heard.args == [row(1), "x"]


def test_a_thousand_runs_are_asked_for_only_as_far_as_they_are_seen(row, qtbot, monkeypatch):
    from PySide6.QtWidgets import QTableView

    import gui.pages.runs_model as module

    asked = []
    original = module.texts
    monkeypatch.setattr(module, "texts", lambda row: asked.append(row.id) or original(row))
    model = RunsModel()
    model.show_rows(tuple(row(number) for number in range(1000)))
    table = QTableView()
    qtbot.addWidget(table)
    table.setModel(model)
    table.resize(900, 300)
    table.show()
    qtbot.waitExposed(table)
    assert len(set(asked)) < 100


def test_the_damage_is_told_in_full(row, qapp):
    model = RunsModel()
    model.show_rows((row(1, state="damaged", damage="Run 1 is damaged: its counts are missing."),))
    tip = model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert tip == "Run 1 is damaged: its counts are missing."


@pytest.mark.parametrize(
    ("scheme", "words"),
    [
        (
            Sparse(),
            "Sparsity-aware smoothing, p plus 0.01, p minus 0.6, anytime, fresh seed, alpha 0.001",
        ),
        (DssnL1(), "Deterministic l1 smoothing (DSSN), half-width 0.5"),
    ],
)
def test_a_setting_names_what_means_something_under_its_scheme(row, scheme, words):
    assert texts(row(1, settings=seeded(declared("certify", scheme, {}))))[3] == words


def test_what_is_no_ball_is_said_and_sorted_by_its_first_number(row, qapp):
    said = ("12 additions or 3 deletions", "4 pixels", "", "1,024 pixels")
    model = RunsModel()
    model.show_rows(tuple(row(k, radius=None, certified=text) for k, text in enumerate(said, 1)))
    proxy = filtered(model)
    place = COLUMNS.index("Certified")
    proxy.sort(place, Qt.SortOrder.AscendingOrder)
    shown = [proxy.index(k, place).data() for k in range(4)]
    assert shown == ["", "4 pixels", "12 additions or 3 deletions", "1,024 pixels"]
