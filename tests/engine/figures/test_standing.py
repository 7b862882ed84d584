import pytest
from scipy.stats import beta

from engine.bounds import bound_method
from engine.core.records import Votes
from engine.core.scores import ScoreSums
from engine.evidence.settings import CertifySettings
from engine.figures.standing import ceiling, standing
from tests.factories import make_evidence, make_snapshot


def stand(n: int, k: int, **settings):
    chosen = CertifySettings(**{"n": 10_000, "alpha": 0.001, **settings})
    votes = (0,) * 7 + (k, n - k, 0)
    return standing(
        make_snapshot(estimation=votes, n_plan=chosen.n, bound=chosen.bound, settings=chosen)
    )


def clopper_pearson(k: int, n: int, alpha: float) -> float:
    return float(beta.ppf(alpha, k, n - k + 1))


def test_the_reach_counts_every_vote_to_come_for_the_class():
    found = stand(4000, 3900, bound="clopper-pearson")
    assert found.p_reach == pytest.approx(clopper_pearson(9900, 10_000, 0.001), rel=1e-8)
    assert found.p_expected == pytest.approx(clopper_pearson(9750, 10_000, 0.001), rel=1e-8)
    assert found.p_lower < found.p_expected < found.p_reach and not found.valid


def test_at_the_planned_n_nothing_more_can_come():
    found = stand(10_000, 9900)
    assert found.p_reach == found.p_expected == found.p_lower and found.n == found.n_plan == 10_000


def test_evidence_and_snapshot_stand_at_the_same_place():
    evidence = make_evidence()
    found = standing(evidence)
    assert (found.k, found.n) == (98_403, 100_000)
    assert found.p_lower == evidence.bounds.p_lower
    assert standing(make_evidence(bounds=None)) is None


def test_the_most_a_run_can_reach_is_unanimity():
    fixed = CertifySettings(n=1000, alpha=0.01, bound="clopper-pearson")
    assert ceiling(fixed) == pytest.approx(0.01 ** (1 / 1000), rel=1e-9)


def test_no_number_of_votes_lifts_the_bound_above_the_share():
    found = stand(1000, 900)
    assert found.votes_needed(0.9) is None and found.votes_needed(0.95) is None
    assert found.votes_needed(2.0) is None


def test_fixed_n_certifies_at_its_plan_or_needs_a_larger_one():
    found = stand(1000, 980, bound="clopper-pearson")
    assert found.votes_needed(0.95) == 10_000
    further = found.votes_needed(0.9795)
    assert further > 10_000
    assert clopper_pearson(further * 98 // 100, further, 0.001) > 0.9795
    fewer = int(0.9 * further)
    assert clopper_pearson(fewer * 98 // 100, fewer, 0.001) < 0.9795


def test_a_bound_that_may_be_stopped_names_the_first_n():
    found = stand(1000, 980)
    needed = found.votes_needed(0.97)
    assert 1000 < needed < 10_000
    assert stand(needed, needed * 98 // 100).p_lower > 0.97
    assert stand(needed - 100, (needed - 100) * 98 // 100).p_lower < 0.97


def test_scores_to_come_are_the_largest_at_best_and_alike_as_expected():
    settings = CertifySettings(n=1000, bound="soft")
    scores = ScoreSums(total=400 * 50_000, squares=400 * 50_000**2)
    votes = Votes(counts=(400, 0), scores=scores)
    bounds = bound_method("soft").at(votes, top=0, alpha=0.001, n_plan=1000)
    view = make_snapshot().model_copy(
        update={"settings": settings, "estimation": votes, "bounds": bounds, "top": 0}
    )
    found = standing(view)
    assert found.p_lower < found.p_expected < found.p_reach < 1
    alike = votes.model_copy(update={"counts": (1000, 0), "scores": scores.scaled(400, 1000)})
    after = bound_method("soft").at(alike, top=0, alpha=0.001, n_plan=1000)
    assert found.p_expected == after.p_lower
    assert found.votes_needed(0.74) == 1000 and found.votes_needed(0.77) is None
