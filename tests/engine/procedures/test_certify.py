import threading

import numpy as np
import pytest
from scipy.stats import binom

from engine.bounds import bound_method
from engine.core.errors import UserError
from engine.core.records import ProbabilityBounds
from engine.core.scores import MOST, UNIT
from engine.evidence.evidence import Evidence
from engine.evidence.settings import CertifySettings, Execution
from engine.evidence.vote_chain import Tally, first_broken
from engine.procedures.certify import certify
from engine.procedures.resume import Resume
from tests.fakes import HalfSpace, Misbehaving, finish, fitted


def run(threshold: float, batch: int = 0, **changes) -> Evidence:
    settings = CertifySettings(**{"n0": 50, "n": 2000, **changes})
    execution = Execution(batch=batch)
    return finish(certify(HalfSpace(threshold), fitted(), settings, execution=execution))


def test_certifies_less_than_the_true_radius_and_close_to_it():
    found = run(0.3, n=50_000)
    assert found.outcome == "certified" and found.complete
    assert found.predicted_class == 0 and found.class_name == "class 0"
    assert 0.28 < found.radius < 0.3
    assert found.region.radius == found.radius
    assert found.statement.startswith(
        "With confidence 99.9 %, no change of this image with l2 norm below 0.2"
    )


def test_evidence_round_trips_and_holds_the_run():
    found = run(0.3)
    assert Evidence.model_validate_json(found.model_dump_json()) == found
    assert sum(found.votes.selection) == 50 and sum(found.votes.estimation) == 2000
    assert found.bounds.method == "anytime" and found.bounds.n == 2000
    assert found.trajectory[-1].n == 2000
    assert found.performance.samples_per_second > 0
    assert found.noise.generator == "philox4x32-10/box-muller-f32"


def test_same_seed_same_votes_another_seed_other_votes():
    assert run(0.1, batch=64).votes == run(0.1, batch=1000).votes
    assert run(0.1).votes != run(0.1, seed=1).votes


def test_at_is_answered_in_the_schemes_terms():
    settings = CertifySettings(n0=50, n=2000)
    asked = ("radius=0.1", "radius=0.5")
    found = finish(certify(HalfSpace(0.3), fitted(), settings, at=asked))
    assert found.certified_at == {"radius=0.1": True, "radius=0.5": False}


def test_an_unknown_at_is_refused_before_the_run():
    with pytest.raises(UserError, match="knows the terms radius"):
        finish(certify(HalfSpace(0.3), fitted(), CertifySettings(), at=["words=1"]))


@pytest.mark.parametrize(
    ("threshold", "n", "reason"), [(0.02, 200, "too-few-samples"), (0.0, 100_000, None)]
)
def test_abstains_with_a_reason(threshold: float, n: int, reason: str | None):
    found = run(threshold, n=n, n0=1000)
    assert found.outcome == "abstained"
    assert found.radius is None and found.region is None and found.predicted_class is None
    assert found.abstention.reason in ([reason] if reason else ["wrong-guess", "below-half"])
    assert found.statement.startswith("Nothing is certified: ")


@pytest.mark.walk
@pytest.mark.parametrize(("bound", "claims"), [("live", True), ("clopper-pearson", False)])
def test_a_stopped_run_is_partial_and_claims_only_what_its_bound_allows(bound: str, claims: bool):
    stop = threading.Event()
    settings = CertifySettings(n0=10, n=100_000, bound=bound)
    running = certify(
        Misbehaving("slow"), fitted(), settings, execution=Execution(batch=50), stop=stop
    )
    for snapshot in running:
        if snapshot.phase == "estimation" and snapshot.estimation.n >= 100:
            break
    stop.set()
    found = finish(running)
    assert not found.complete
    assert 100 <= sum(found.votes.estimation) < 100_000
    assert (found.outcome == "certified") == claims
    if claims:
        assert "of 100,000 votes; the bound is valid at any stop." in found.statement
    else:
        assert found.abstention.reason == "stopped-early"
        assert not found.bounds.valid


def test_stopped_before_the_estimation_says_so():
    stop = threading.Event()
    stop.set()
    found = finish(certify(HalfSpace(0.3), fitted(), CertifySettings(), stop=stop))
    assert found.abstention.reason == "no-votes" and not found.complete


def test_provisional_value_beside_the_live_bound_until_n_is_reached():
    snapshots = list(
        certify(
            Misbehaving("slow"),
            fitted(),
            CertifySettings(n0=10, n=500),
            execution=Execution(batch=50),
        )
    )
    early = [s for s in snapshots if s.phase == "estimation" and s.estimation.n < 500]
    assert early and all(isinstance(s.provisional, ProbabilityBounds) for s in early)
    assert all(not s.provisional.valid and s.bounds.valid for s in early)
    assert snapshots[-1].provisional is None


def test_input_of_another_shape_is_refused():
    from tests.fakes import identity

    classifier = HalfSpace(0.3)
    classifier.identity = identity(input_shape=(3, 32, 32))
    with pytest.raises(UserError) as caught:
        finish(certify(classifier, fitted(), CertifySettings()))
    assert str(caught.value) == (
        "The model takes inputs of shape (3, 32, 32), the input has (1, 8, 8)."
    )


def test_missing_device_is_refused():
    with pytest.raises(UserError, match="Device 'cuda:7' is not available here; there is: .*cpu"):
        finish(
            certify(
                HalfSpace(0.3),
                fitted(),
                CertifySettings(),
                execution=Execution(device="cuda:7"),
            )
        )


def test_warnings_name_another_training_noise_and_a_wrong_clean_answer():
    from tests.fakes import identity

    classifier = HalfSpace(0.3)
    classifier.identity = identity(training_sigma=1.0)
    found = finish(certify(classifier, fitted(label=1), CertifySettings(n0=10, n=100)))
    assert "trained with sigma 1, but this run smooths with sigma 0.25" in found.warnings[0]
    assert "the base model predicts 'class 0', but the label is 'class 1'" in found.warnings[1]


@pytest.mark.statistics
@pytest.mark.parametrize("bound", ["live", "clopper-pearson", "two-class"])
def test_false_claims_over_many_seeds(bound: str):
    """The smoothed half space has robust radius exactly 0.1: a larger claim is false."""
    alpha, runs = 0.05, 600
    wrong = 0
    for seed in range(runs):
        found = run(0.1, n=400, n0=40, bound=bound, alpha=alpha, seed=seed, batch=400)
        wrong += found.outcome == "certified" and (found.radius > 0.1 or found.predicted_class != 0)
    assert wrong <= binom.ppf(1 - 1e-6, runs, alpha)


def soft(threshold: float = 0.3, batch: int = 0, **changes) -> Evidence:
    return run(threshold, batch, **{"bound": "soft", **changes})


def test_a_soft_claim_is_below_the_known_mean_and_says_what_it_is_about():
    """The mean of sigmoid(2 (t - x)) over Gaussian x, by quadrature."""
    found = soft(1.0, n=20_000)
    points, weights = np.polynomial.hermite_e.hermegauss(80)
    mean = (weights / (1 + np.exp(-2 * (1.0 - 0.25 * points)))).sum() / weights.sum()
    drawn = found.estimation.scores.mean(20_000)
    assert found.bounds.p_lower < mean and drawn == pytest.approx(mean, abs=5e-3)
    assert found.bounds.p_lower == pytest.approx(mean, abs=1e-2) and found.outcome == "certified"
    assert found.radius < run(1.0, n=20_000).radius
    assert "changes the soft smoothed model's prediction 'class 0'" in found.statement
    assert "another function than the vote of the classes" in found.statement
    assert Evidence.model_validate_json(found.model_dump_json()) == found


def test_sums_of_scores_do_not_depend_on_the_batch_size():
    assert soft(batch=64).votes == soft(batch=1000).votes
    assert soft(batch=64).chain.head == soft(batch=1000).chain.head


def test_a_soft_run_is_resumed_to_the_same_sums():
    whole = soft(n=5000)
    for blocks in (3, 17):
        part = Resume.of(whole)
        part = part.model_copy(update={"blocks": part.blocks[:blocks]})
        settings = CertifySettings(n0=50, n=5000, bound="soft")
        again = finish(certify(HalfSpace(0.3), fitted(), settings, resume=part))
        assert again.chain == whole.chain and again.statement == whole.statement


@pytest.mark.thorough
def test_a_soft_run_claims_nothing_before_its_n_and_says_why_it_abstains():
    settings, stop = CertifySettings(n0=50, n=10_000, bound="soft"), threading.Event()
    slow, pace = Misbehaving("slow"), Execution(batch=50)
    for shown in (going := certify(slow, fitted(), settings, execution=pace, stop=stop)):
        assert shown.provisional is None and shown.region is None
        if shown.estimation.n:
            stop.set()
            break
    early = finish(going)
    assert early.outcome == "abstained" and early.abstention.reason == "stopped-early"
    guesses = (soft(-0.05, n0=1, seed=seed) for seed in range(20))
    below = next(found for found in guesses if found.votes.guess == 0)
    assert "has a mean softmax score of 0." in below.abstention.sentence
    assert "mean score under the noise is probably not above" in below.abstention.sentence
    few = soft(0.2, n=100)
    assert few.abstention.reason == "too-few-samples"
    assert "would certify if the scores keep their mean and variance" in few.abstention.sentence


def test_a_soft_target_is_refused():
    with pytest.raises(UserError, match="the soft bound may not be stopped"):
        soft(target="radius=0.1")


def test_failures_score_nothing():
    """A bound on scores counts a lost batch as scores of 0, whatever its votes would have been."""
    tally = Tally("start", size=100, classes=2, scored=True)
    tally.add({0: [100, 0, 0, 0, 0]})
    tally.add({1: [0, 100, 0, 100 * MOST, 100 * MOST**2]})
    votes = tally.votes()
    assert votes.failures == 100 and votes.scores.mean(200) == MOST / UNIT / 2
    bounds = bound_method("soft").at(votes, top=0, alpha=0.001, n_plan=200)
    assert bounds.p_lower < 0.5 and first_broken("start", tally.blocks()) is None
