from __future__ import annotations

from engine.figures.votes import votes_figure
from engine.report.plots.votes import draw
from tests.factories import DIGITS, make_evidence, make_predicted, make_snapshot


def test_shares_are_of_each_phase() -> None:
    rows = draw(votes_figure(make_evidence(), DIGITS)).data["rows"]
    assert rows[7]["estimation"] == 0.98403
    assert rows[7]["selection"] == 0.97
    assert [row["name"] for row in rows if row["chosen"]] == ["7"]
    assert rows[7]["value"] == "98,403 · 98.4 %"


def test_failures_have_a_bar_and_count_in_every_share() -> None:
    rows = draw(votes_figure(make_evidence(failures=100_000), DIGITS)).data["rows"]
    assert rows[-1]["name"] == "no class"
    assert rows[-1]["estimation"] == 0.5
    assert sum(row["estimation"] for row in rows) == 1.0


def test_a_running_histogram_says_how_far_it_is() -> None:
    ready = draw(votes_figure(make_snapshot(), DIGITS))
    assert ready.data["subtitle"] == "100,000 of 200,000 votes"


def test_before_the_first_estimation_vote() -> None:
    snapshot = make_snapshot().model_copy(
        update={"estimation": make_snapshot().estimation.model_copy(update={"counts": (0,) * 10})}
    )
    rows = draw(votes_figure(snapshot, DIGITS)).data["rows"]
    assert rows[7]["value"] == "97"
    assert all(row["estimation"] == 0.0 for row in rows)


def test_a_prediction_s_class_is_marked_though_nothing_chose_it() -> None:
    votes = make_predicted().votes.model_copy(update={"selection": (0,) * 10, "guess": None})
    data = draw(votes_figure(make_predicted(observations=votes), DIGITS)).data
    assert [row["name"] for row in data["rows"] if row["chosen"]] == ["7"]
    assert data["selection"] == ""
