import numpy as np
import pytest
from scipy.stats import binom

from engine.bounds import bound_method
from engine.core.records import ProbabilityBounds, Votes
from engine.evidence.settings import CertifySettings
from engine.procedures.abstention import advised, explain, n_needed, undecided
from engine.procedures.bound_trajectory import Claims
from engine.procedures.outcome import certify_facts
from engine.schemes import Gaussian, Stumps, parse_scheme
from engine.schemes.facts import NO_FACTS, Known
from tests.factories import make_evidence
from tests.fakes import fitted

SCHEME = Gaussian(sigma=0.5)


def why(selection: tuple[int, ...], estimation: tuple[int, ...], bound="live", n_plan=1000):
    return explain(
        selection=Votes(counts=selection),
        estimation=Votes(counts=estimation),
        scheme=SCHEME,
        method=bound_method(bound),
        alpha=0.001,
        n_plan=n_plan,
        class_names=("cat", "dog"),
    )


def test_wrong_guess():
    found = why((6, 4), (300, 700))
    assert found.reason == "wrong-guess"
    assert "guessed 'cat', but 'dog' leads" in found.sentence and "larger n0" in found.sentence


def test_below_half():
    assert why((6, 4), (500, 500)).reason == "below-half"


def test_too_few_names_the_smallest_n_that_would_do():
    found = why((6, 4), (520, 480))
    assert found.reason == "too-few-samples"
    needed = found.n_needed
    method = bound_method("live")

    def certifies(n: int) -> bool:
        k = 520 * n // 1000
        bounds = method.at(Votes(counts=(k, n - k)), top=0, alpha=0.001, n_plan=n)
        return SCHEME.region(bounds) is not None

    assert certifies(needed) and not certifies(needed - 1)
    assert f"n = {needed:,}" in found.sentence


@pytest.mark.parametrize(
    ("bound", "n_plan", "end"),
    [
        ("anytime", 1000, "; extending this run to it costs no further alpha."),
        ("anytime-two-class", 1000, "; extending this run to it costs no further alpha."),
        ("live", 1000, "; that takes a new run, which is a new try."),
        ("live", 10**6, "; resuming this run reaches it at no further alpha."),
        ("clopper-pearson", 1000, "; that takes a new run, which is a new try."),
        ("two-class", 1000, "; that takes a new run, which is a new try."),
    ],
)
def test_the_advice_says_whether_it_is_a_new_try(bound: str, n_plan: int, end: str):
    assert why((6, 4), (520, 480), bound, n_plan).sentence.endswith(end)


def test_a_better_guess_is_a_new_try():
    assert why((6, 4), (300, 700), "anytime").sentence.endswith("which is a new try.")


@pytest.mark.parametrize("bound", ["anytime", "live", "clopper-pearson"])
def test_only_a_run_that_may_be_extended_is_advised_to_be(bound: str):
    abstention = why((6, 4), (520, 480), bound)
    found = make_evidence(
        class_names=("cat", "dog"),
        selection=(6, 4),
        estimation=(520, 480),
        bound=bound,
        sigma=0.5,
        abstention=abstention,
    )
    assert advised(found) == (abstention.n_needed if bound == "anytime" else None)
    guess = found.model_copy(update={"abstention": why((6, 4), (300, 700), bound)})
    assert advised(guess) is None
    assert advised(make_evidence(bound=bound)) is None


def test_a_fixed_bound_that_was_stopped():
    found = why((6, 4), (90, 10), bound="clopper-pearson")
    assert found.reason == "stopped-early" and found.n_needed == 1000


def test_no_votes():
    assert why((0, 0), (0, 0)).reason == "no-votes"


@pytest.mark.parametrize("bound", ["live", "clopper-pearson", "two-class"])
def test_n_needed_shrinks_with_a_clearer_majority(bound: str):
    method = bound_method(bound)
    needed = [
        n_needed(Votes(counts=(k, 1000 - k)), 0, scheme=SCHEME, method=method, alpha=0.001)
        for k in (550, 700, 900)
    ]
    assert needed == sorted(needed, reverse=True)


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ((250, 750), "probably not above the threshold tau = 0.3."),
        ((310, 690), "too few to exclude the threshold tau = 0.3. About n = "),
    ],
)
def test_a_deployed_threshold_is_named_in_place_of_one_half(counts, words):
    scheme = parse_scheme({"key": "hybrid-mask", "beta": 0.5, "tau": 0.3})
    found = explain(
        selection=Votes(counts=(counts[0], 0)),
        estimation=Votes(counts=(counts[0], *([counts[1] // 5] * 5))),
        scheme=scheme,
        method=bound_method("clopper-pearson"),
        alpha=0.001,
        n_plan=100,
        class_names=tuple("abcdef"),
    )
    assert words in found.sentence or found.reason == "wrong-guess", found


LARGEST = 300_000
"""A user of the simulation gives up on advice that asks for more votes than these."""


class Unweakened:
    """Noise that is drawn exactly from its law."""

    def weakened(self, bounds: ProbabilityBounds) -> ProbabilityBounds:
        """The bounds as they are."""
        return bounds


def claims_falsely(rng: np.random.Generator, bound: str, alpha: float, times: int = 6) -> bool:
    """Whether a user who does what abstentions advise ends in a claim, where p_A is 1/2.

    Every n is counted on the same stream of votes: an extended run, or a new one on the same seed.
    """
    selection, votes, n = Votes(counts=(60, 40)), Votes(counts=(0, 0)), 1_000
    seen: list[Votes] = []
    for _ in range(times + 1):
        k = int(rng.binomial(n - votes.n, 0.5))
        votes = Votes(counts=(votes.counts[0] + k, votes.counts[1] + n - votes.n - k))
        settings = CertifySettings(n0=100, n=n, alpha=alpha, bound=bound)
        method = bound_method(bound)
        claims = Claims(settings, method, Unweakened())
        seen.append(votes)
        claims.add(seen if method.extendable else [votes], 0)
        found = certify_facts(
            settings=settings,
            selection=selection,
            estimation=votes,
            top=0,
            claims=claims,
            class_names=("cat", "dog"),
            given=fitted().identity,
        )
        if found["outcome"] == "certified":
            return True
        advice = found["abstention"]
        if advice.reason != "too-few-samples" or advice.n_needed > LARGEST:
            return False
        n = max(n + 1, advice.n_needed)
    return False


@pytest.mark.statistics
@pytest.mark.parametrize(
    ("bound", "sound"), [("anytime", True), ("live", False), ("clopper-pearson", False)]
)
def test_who_follows_the_advice_makes_at_most_alpha_false_claims(bound: str, *, sound: bool):
    """Extending does; new runs on the same seed under a bound for one n, as once advised, do not.

    The limit is passed with probability below 1e-4 at a rate of exactly alpha.
    """
    users, alpha = 3_000, 0.01
    rng = np.random.default_rng(11)
    false = sum(claims_falsely(rng, bound, alpha) for _ in range(users))
    assert bool(false <= binom.ppf(1 - 1e-4, users, alpha)) is sound


def test_a_computed_probability_too_close_to_one_half() -> None:
    found = undecided(Known(1, 0.5004, 0.4998), ("no", "yes"), Stumps(), NO_FACTS)
    assert found.reason == "below-half"
    assert "another class than 'yes' under the noise lies between 0.499800 and" in found.sentence
