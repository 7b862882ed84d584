import pytest

from engine.core.scores import MOST, ScoreSums
from engine.evidence.settings import CertifySettings
from engine.procedures.certify import certify
from engine.verify.counts import Recount, check_counts
from engine.verify.scores import scores_of_the_bound, with_scores_of
from tests.fakes import HalfSpace, finish, fitted


@pytest.fixture(scope="module")
def soft():
    settings = CertifySettings(n0=50, n=2000, bound="soft")
    return finish(certify(HalfSpace(2.0), fitted(), settings))


def forged(evidence, **changes):
    scores = evidence.observations.scores
    scores = scores.model_copy(update=changes) if changes else None
    return evidence.model_copy(
        update={"observations": evidence.observations.model_copy(update={"scores": scores})}
    )


def verdicts(evidence):
    return {claim.name: claim.verdict for claim in check_counts(Recount(evidence))}


def test_a_soft_run_is_worked_out_again_without_torch(soft):
    assert set(verdicts(soft).values()) == {"holds"}
    assert scores_of_the_bound(soft) == []


def test_other_sums_do_not_hold(soft):
    total = soft.observations.scores.total
    assert verdicts(forged(soft, total=total + 1))["hash chain of the votes"] == "does not hold"
    assert scores_of_the_bound(forged(soft, squares=0)) == [
        "no samples have such sums of scores and of their squares"
    ]
    assert scores_of_the_bound(forged(soft, total=2000 * MOST + 1))
    assert scores_of_the_bound(forged(soft)) == ["its bound rests on scores, and none are recorded"]


def test_votes_of_another_bound_have_no_scores():
    found = finish(certify(HalfSpace(2.0), fitted(), CertifySettings(n0=50, n=100)))
    assert scores_of_the_bound(found) == [] and found.observations.scores is None
    beside = forged(found.model_copy(update={"observations": found.observations.model_copy(
        update={"scores": ScoreSums()})}), total=5, squares=25)  # fmt: skip
    assert scores_of_the_bound(beside) == ["it records scores, and its bound rests on votes"]


def test_scores_drawn_again_may_differ_by_a_unit_a_sample(soft):
    votes = soft.estimation
    near = votes.model_copy(
        update={"scores": votes.scores.model_copy(update={"total": votes.scores.total - votes.n})}
    )
    assert with_scores_of(near, votes) == votes
    far = votes.model_copy(update={"scores": ScoreSums()})
    assert with_scores_of(far, votes) == far


def test_a_near_tie_that_was_taken_out_of_the_votes_keeps_its_score(soft):
    """Its score of about one half is more than samples without a class can have."""
    sure = finish(
        certify(HalfSpace(40.0), fitted(), CertifySettings(n0=50, n=100, bound="soft", seed=1))
    )
    observed = sure.observations.model_copy(update={"estimation": (99, 0)})
    observed = observed.model_copy(update={"estimation_failures": 1})
    tied = sure.model_copy(update={"observations": observed})
    assert scores_of_the_bound(tied)
    check = sure.function_check.model_copy(update={"near_ties": 1})
    assert scores_of_the_bound(tied.model_copy(update={"function_check": check})) == []
