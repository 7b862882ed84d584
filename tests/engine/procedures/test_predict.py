import json
import threading
from pathlib import Path

import pytest

from engine.core.errors import UserError
from engine.core.records import Votes
from engine.evidence.settings import PredictSettings
from engine.evidence.tries import claim_alone
from engine.procedures.hypothesis_test import decide
from engine.procedures.predict import predict
from engine.schemes import DssnL1
from tests.fakes import HalfSpace, finish, fitted

ROWS = json.loads((Path(__file__).parents[2] / "golden/cohen.json").read_text())["predict"]["rows"]


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_both_tests_decide_as_the_reference(row: list):
    counts, alpha, class_two, _, _, _, p_two, p_one, class_one = row
    votes = Votes.from_sequence(counts)
    two, one = decide(votes, "two-sided"), decide(votes, "one-sided")
    assert (two.p_value, one.p_value) == (
        pytest.approx(p_two, abs=1e-9),
        pytest.approx(p_one, abs=1e-9),
    )
    if counts.count(max(counts)) == 1:
        assert (two.top if two.p_value <= alpha else -1) == class_two
        assert (one.top if one.p_value <= alpha else -1) == class_one


def test_the_lectures_two_examples():
    """(400, 300, 300): PREDICT2 returns, PREDICT1 abstains."""
    votes = Votes(counts=(400, 300, 300))
    assert decide(votes, "two-sided").p_value <= 0.001
    assert decide(votes, "one-sided").p_value > 0.001


def test_failures_are_a_runner_up():
    votes = Votes(counts=(60, 0), failures=40)
    assert decide(votes, "two-sided").p_value > 0.01


def test_predicts():
    found = finish(predict(HalfSpace(0.3), fitted(), PredictSettings(n=1000)))
    assert found.outcome == "predicted" and found.predicted_class == 0
    assert found.procedure == "predict" and found.radius is None
    assert claim_alone(found) == (
        "With confidence 99.9 %, the smoothed model's prediction for this image is 'class 0'."
    )


@pytest.mark.parametrize("test", ["one-sided", "two-sided"])
def test_abstains_at_a_tie(test: str):
    found = finish(predict(HalfSpace(0.0), fitted(), PredictSettings(n=100, test=test)))
    assert found.outcome == "abstained" and found.predicted_class is None
    assert found.statement.startswith("No answer is returned: ")
    assert found.test.name == test


def test_a_stopped_prediction_abstains():
    stop = threading.Event()
    stop.set()
    found = finish(predict(HalfSpace(0.3), fitted(), PredictSettings(n=1000), stop=stop))
    assert found.abstention.reason == "no-votes"


def test_a_law_that_is_counted_whole_is_not_tested():
    settings = PredictSettings(scheme=DssnL1())
    with pytest.raises(UserError, match="dssn-l1 is exact; use certify"):
        finish(predict(HalfSpace(0.3), fitted(), settings))
