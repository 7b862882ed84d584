from __future__ import annotations

import pytest

from engine.evidence.evidence import TrajectoryPoint
from engine.figures.bounds import BoundsFigure, ProvisionalPoint, bounds_figure
from engine.report.plots.bounds import draw
from tests.factories import DIGITS, make_evidence


def figure(*valid: bool) -> BoundsFigure:
    points = [
        TrajectoryPoint(n=10**i, k=10**i, p_lower=0.5 + i / 10, p_upper=0.5 - i / 10, valid=v)
        for i, v in enumerate(valid)
    ]
    return BoundsFigure(points=tuple(points), n_plan=1000, method="live", top_name="7")


def test_positions_are_logarithmic() -> None:
    data = draw(figure(True, True, True, True)).data
    (run,) = data["runs"]
    assert [round(x, 9) for x, _ in run["lower"]] == [0.0, round(1 / 3, 9), round(2 / 3, 9), 1.0]
    assert data["plan"] == 1.0
    assert (data["threshold"], data["threshold-text"]) == (0.5, "1/2")
    flagged = draw(figure(True).model_copy(update={"threshold": 0.15})).data
    assert (flagged["threshold"], flagged["threshold-text"]) == (0.15, "tau")


def test_only_the_end_of_a_fixed_n_run_is_a_claim() -> None:
    data = draw(figure(False, False, False, True)).data
    assert [run["valid"] for run in data["runs"]] == [False]
    assert data["last"]["valid"]


def test_a_curve_that_becomes_valid_changes_its_stroke_where_it_does() -> None:
    runs = draw(figure(False, True, True, True)).data["runs"]
    assert [run["valid"] for run in runs] == [False, True]
    assert runs[0]["lower"][-1] == runs[1]["lower"][0]


def test_labels_round_against_the_claim() -> None:
    evidence = make_evidence()
    assert evidence.bounds is not None
    last = draw(bounds_figure(evidence, DIGITS)).data["last"]
    assert float(last["lower-text"]) <= evidence.bounds.p_lower
    assert float(last["upper-text"]) >= evidence.bounds.p_upper


def test_nothing_to_draw_is_said() -> None:
    ready = draw(BoundsFigure(points=(), n_plan=1, method="", top_name=""))
    assert ready.data["last"] is None
    assert "no estimation votes" in ready.alt


def test_the_fixed_n_value_has_a_curve_of_its_own() -> None:
    shown = figure(True, True, True).model_copy(
        update={
            "provisional": (ProvisionalPoint(n=1, p_lower=0.4), ProvisionalPoint(n=10, p_lower=0.6))
        }
    )
    data = draw(shown).data
    (first, second) = data["provisional"]
    assert first == [0.0, 0.4] and second == [pytest.approx(1 / 3), 0.6]
    assert [run["valid"] for run in data["runs"]] == [True]
