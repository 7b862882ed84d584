"""What a target saves: the rule that ends a fixed run early, and votes that were drawn once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from scipy.stats import beta, binom, norm

from bench.target import MODEL, RISK, FixedDecision, Outcome, settings_of, target_n, votes_of
from engine.core.generators import result_of
from engine.evidence.evidence import Evidence
from engine.evidence.settings import Execution
from engine.evidence.vote_chain import block_size
from engine.inputs import expand, load_input, spread
from engine.models import fitted, load_model
from engine.models.request import ModelRequest
from engine.procedures.certify import certify
from engine.procedures.dataset import certify_set
from engine.procedures.prepared import PreparedModel

DRAWN = Path(__file__).parents[1] / "data" / "cifar10_target.json"
ALIKE = 196
"""Images of which both decisions are known so far."""
DIGITS = DRAWN.with_name("digits_target.json")
"""``python -m bench.target digits --model demo:digits-0.25``: the votes that decide a fixed run."""
DECISION = FixedDecision.of(settings_of(target=False))


def test_the_fewest_votes_that_certify_are_those_of_clopper_and_pearson() -> None:
    n, k = DECISION.n, DECISION.needed
    assert n == 100_000
    assert beta.ppf(0.001, k, n - k + 1) >= norm.cdf(1) > beta.ppf(0.001, k - 1, n - k + 2)


def test_what_a_fixed_run_decides_is_not_said_before_it_is_all_but_sure() -> None:
    """For every count at some moments: under no p do these votes and another end come so often."""
    n, needed = DECISION.n, DECISION.needed
    assert DECISION.after(needed, n - 1) is True and DECISION.after(needed - 1, n) is False
    assert DECISION.after(500, 500) is True and DECISION.after(250, 500) is False
    assert DECISION.after(4225, 5000) is None
    for drawn in (500, 4000, 50_000):
        for k in range(drawn // 2, drawn + 1, max(1, drawn // 100)):
            said = DECISION.after(k, drawn)
            if said is None:
                continue
            for p in (0.5, 0.7, 0.8, 0.83, 0.8413, 0.845, 0.85, 0.87, 0.9, 0.99):
                fails = binom.cdf(needed - k - 1, n - drawn, p)
                other = fails if said else 1 - fails
                seen = binom.sf(k - 1, drawn, p) if said else binom.cdf(k, drawn, p)
                assert min(other, 1.0) * seen <= RISK


def test_votes_are_counted_for_both_decisions() -> None:
    certain, hopeless, close = [500] * 2, [300] * 3, [421] * 2
    assert target_n(certain) == (500, "target certified")
    assert target_n(hopeless) == (500, "target out of reach")
    assert target_n(close) is None
    found = Outcome.of([certain, hopeless, close])
    assert (found.images, found.alike, found.undecided) == (3, 2, 1)
    assert found.samples == 2 * 600 + 100_100 and found.fixed == 3 * 100_100
    assert found.in_words().startswith("2 of 3 images are decided alike (1 are not decided")


@pytest.mark.statistics
def test_the_votes_of_a_fixed_run_are_those_of_a_run_with_the_target() -> None:
    classifier = load_model(ModelRequest(MODEL))
    prepared = PreparedModel(classifier)
    for place in range(4):
        given = fitted(classifier, load_input(f"cifar10:{place}"))
        votes = votes_of(classifier, given, prepared, 2000)
        run = certify(
            classifier,
            given,
            settings_of(target=True),
            execution=Execution(device="cpu"),
            prepared=prepared,
        )
        found = result_of(run)
        known = target_n(votes)
        if known is not None:
            assert (sum(found.votes.estimation), found.stop_reason) == known


def test_a_target_takes_a_fraction_of_the_samples_and_decides_as_a_fixed_n_does() -> None:
    """On 200 test images of CIFAR-10 whose votes were drawn once: at least 5 times fewer."""
    drawn = json.loads(DRAWN.read_text())
    assert drawn["block"] == block_size(DECISION.n)
    found = Outcome.of([one["votes"] for one in drawn["images"]])
    assert found.images == len({one["image"] for one in drawn["images"]}) == 200
    assert 5 * found.samples <= found.fixed
    assert found.alike + found.undecided == 200  # of those that are decided none otherwise
    assert found.alike >= ALIKE


@pytest.mark.statistics
def test_a_set_with_a_target_decides_as_fixed_runs_do_with_a_fifth_of_their_samples() -> None:
    """The set's own runs, whose inputs share batches, beside the recorded votes of fixed runs."""
    known = {one["image"]: one["votes"] for one in json.loads(DIGITS.read_text())["images"]}
    classifier = load_model(ModelRequest("demo:digits-0.25"))
    specs = list(spread(list(expand("digits")), len(known)))
    alike, samples, decided = 0, 0, set[bool]()

    def compare(spec: str, found: Evidence) -> None:
        nonlocal alike, samples
        votes = known[found.input.pixels_sha256[:16]]
        fixed = DECISION.after(sum(votes), block_size(DECISION.n) * len(votes))
        assert fixed is not None, spec
        alike += (found.stop_reason == "target certified") is fixed
        samples += sum(found.votes.selection) + sum(found.votes.estimation)
        decided.add(fixed)

    execution = Execution(device="cpu")
    settings = settings_of(target=True)
    run = certify_set(classifier, specs, settings, execution=execution, done=compare)
    assert len(result_of(run).rows) == len(known) == 200 and decided == {True, False}
    assert alike >= 196
    assert 5 * samples <= 200 * (settings.n + settings.n0)
