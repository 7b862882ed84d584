from __future__ import annotations

import math

import pytest

from engine.core.records import Votes
from engine.evidence.settings import PredictSettings
from engine.procedures.hypothesis_test import predict_facts
from tests.factories import make_input

NAMES = ("a", "b", "c")


def facts(*counts: int, n: int = 0, test: str = "one-sided", failures: int = 0) -> dict:
    votes = Votes(counts=counts, failures=failures)
    return predict_facts(
        settings=PredictSettings(n=n or votes.n, alpha=0.01, test=test),  # type: ignore[arg-type]
        votes=votes,
        class_names=NAMES,
        given=make_input(),
    )


def test_one_sided_p_value_is_the_binomial_tail() -> None:
    found = facts(15, 5, 0)
    tail = sum(math.comb(20, k) for k in range(15, 21)) / 2**20
    assert found["test"].p_value == pytest.approx(tail, rel=1e-12)
    assert found["outcome"] == "abstained"  # 0.0207 > 0.01
    assert found["abstention"].reason == "too-few-samples"


@pytest.mark.parametrize("votes", range(11, 16))
def test_a_p_value_is_said_rounded_up(votes: int) -> None:
    """Else one just above alpha would read as alpha itself."""
    found = facts(votes, 20 - votes, 0)
    words = found["abstention"].sentence
    said = float(words.partition("p-value of ")[2].partition(" ")[0])
    assert found["test"].p_value <= said <= 1.01 * found["test"].p_value


def test_a_clear_answer_is_returned_by_name() -> None:
    found = facts(0, 19, 1)
    assert found["outcome"] == "predicted"
    assert (found["predicted_class"], found["class_name"]) == (1, "b")
    assert "'b'" in found["statement"]


def test_a_stopped_run_abstains_whatever_it_counted() -> None:
    found = facts(50, 0, 0, n=100)
    assert (found["outcome"], found["complete"]) == ("abstained", False)
    assert found["abstention"].reason == "stopped-early"


def test_no_votes_no_test() -> None:
    found = facts(0, 0, 0, n=100)
    assert found["test"] is None
    assert found["abstention"].reason == "no-votes"


def test_failures_count_against_the_two_sided_answer() -> None:
    assert facts(10, 0, 0, failures=10, test="two-sided")["test"].p_value == 1.0
