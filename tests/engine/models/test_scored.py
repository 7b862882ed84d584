import pytest
import torch

from engine.core.errors import UserError
from engine.core.scores import MOST, UNIT
from engine.models.base import NO_CLASS
from engine.models.ensemble import Ensemble
from engine.models.scored import ScoredClassifier, in_units
from tests.fakes import HalfSpace, identity

BATCH = torch.zeros(4, 1, 8, 8)


class Given(HalfSpace):
    """Gives these scores."""

    def __init__(self, rows: list[list[float]]) -> None:
        super().__init__(0.0)
        self.identity, self.rows = identity(len(rows[0])), torch.tensor(rows)

    def scores(self, batch: torch.Tensor) -> torch.Tensor:
        return self.rows[: len(batch)]


def test_kept_scores_are_below_the_softmax_by_one_to_two_units():
    inner = Given([[0.0, 1.0, -3.0], [100.0, 0.0, 0.0], [2.0, 2.0, -1e9], [0.5, 0.25, 0.0]])
    scored = ScoredClassifier(inner)
    assert scored.measured() is None
    assert scored.classify(BATCH).tolist() == inner.classify(BATCH).tolist()
    kept, exact = scored.measured(), torch.softmax(inner.rows.double(), 1) * UNIT
    assert kept.dtype == torch.int64 and kept.max() == MOST
    assert ((exact - kept >= 1) | (kept == 0)).all() and (exact - kept < 2).all()
    assert (kept.sum(1) <= UNIT).all()


def test_what_is_no_number_scores_nothing():
    rows = [[0.0, float("nan")], [float("inf"), 0.0], [float("-inf")] * 2, [0.0, 0.0]]
    scored = ScoredClassifier(Given(rows))
    assert scored.classify(BATCH).tolist() == [NO_CLASS] * 3 + [0]
    assert scored.measured().tolist() == [[0, 0]] * 3 + [[UNIT // 2 - 1] * 2]
    assert in_units(torch.tensor([[1.0, 0.0]])).tolist() == [[MOST, 0]]


def test_an_ensemble_gives_the_softmax_of_summed_logits_or_the_mean_of_softmax():
    one, two = Given([[3.0, 0.0]] * 4), Given([[0.0, 1.0]] * 4)
    both = [torch.softmax(each.rows.double(), 1) for each in (one, two)]
    for combine, wanted in (
        ("logits", torch.softmax((one.rows + two.rows).double(), 1)),
        ("softmax", (both[0] + both[1]) / 2),
    ):
        scored = ScoredClassifier(Ensemble([one, two], combine))
        scored.prepare(torch.device("cpu"), "fp32")
        scored.classify(BATCH)
        assert (scored.measured() - wanted * UNIT).abs().max() < 2
        assert scored.member_answers().tolist() == [[0] * 4, [1] * 4]


def test_models_without_shares_are_refused_in_a_sentence():
    one = Given([[3.0, 0.0]] * 4)
    for refused in (Ensemble([one, one], "votes"), Ensemble([one, one], consensus=2)):
        with pytest.raises(UserError, match="choose a bound on votes, such as anytime"):
            ScoredClassifier(refused)
