"""Decisions on a classifier whose radius is known."""

import threading

import pytest
from scipy.stats import beta

from engine.core.errors import UserError
from engine.evidence.evidence import Evidence
from engine.evidence.settings import DecideSettings, Execution
from engine.evidence.vote_chain import first_broken
from engine.noise.gaussian import Stream
from engine.procedures.adaptive import decide
from engine.procedures.run import Run
from engine.schemes import Gaussian
from engine.verify.counts import check_counts
from engine.verify.decisions import recount_of
from tests.fakes import HalfSpace, Misbehaving, finish, fitted
from tests.schemes import Blurred

PHASES = (100, 1000, 5000)


def settings(**changes):
    return DecideSettings(**{"n0": 50, "n": 4000, "target": "radius=0.1", **changes})


def decided(threshold, radius, classifier=None, batch=0, **changes):
    return finish(
        decide(
            classifier or HalfSpace(threshold),
            fitted(),
            settings(target=f"radius={radius}", phases=PHASES, **changes),
            execution=Execution(batch=batch),
        )
    )


def test_an_easy_radius_is_certified_in_the_first_phase():
    found = decided(0.5, 0.05)
    decision = found.decision
    assert (found.outcome, decision.verdict, found.stop_reason) == (
        "certified",
        "certified",
        "target certified",
    )
    assert len(decision.phases) == 1 and decision.plan == PHASES
    assert decision.samples_used == 150
    assert decision.samples_full == 4050 and decision.samples_saved == 3900
    assert 0.05 < found.radius < 0.5 and found.region.contains({"radius": 0.05})
    assert found.certified_at == {"radius=0.05": True}
    assert found.predicted_class == 0 and found.complete
    assert found.statement.startswith("With confidence 99.9 %")


def test_what_a_scheme_draws_from_its_input_decides_too():
    """A scheme that claims nothing without facts, its radius smaller by an error of the input."""
    asked = settings(scheme=Blurred(), target="radius=0.05", phases=PHASES)
    found = finish(decide(HalfSpace(1.0), fitted(0.5), asked))
    assert found.facts == {"error": 0.005} and found.outcome == "certified"
    assert found.radius == Gaussian().region(found.bounds).radius - 0.005
    assert all(claim.verdict == "holds" for claim in check_counts(recount_of(found)))
    bolder = found.model_copy(update={"facts": {"error": 0.0}})
    assert any(claim.verdict == "does not hold" for claim in check_counts(recount_of(bolder)))


def test_a_hopeless_radius_is_given_up_early():
    found = decided(0.1, 0.6)
    assert (found.outcome, found.decision.verdict) == ("abstained", "given up")
    assert found.abstention.reason == "out-of-reach" and found.region is None
    assert found.decision.samples_saved > 0
    assert found.stop_reason == "target out of reach"
    assert found.statement.startswith("Nothing is certified: radius=0.6 was given up after phase 1")


def test_the_border_stays_undecided_and_costs_more():
    found = decided(0.3, 0.3)
    assert (found.outcome, found.decision.verdict) == ("abstained", "undecided")
    assert found.decision.samples_used == 3 * 50 + sum(PHASES)
    assert found.decision.samples_saved == 4050 - 6250
    assert "neither certified nor given up after all 3 phases" in found.statement


def test_each_phase_has_votes_of_its_own():
    found = decided(0.3, 0.3)
    run = Run(HalfSpace(0.3), fitted(), settings())
    first = 0
    for index, (n, phase) in enumerate(zip(PHASES, found.decision.phases, strict=True)):
        assert sum(phase.estimation) == n and sum(phase.selection) == 50
        for stream, start, size, counts in (
            (Stream.ESTIMATION, first, n, phase.estimation),
            (Stream.SELECTION, 50 * index, 50, phase.selection),
        ):
            again = [0, 0]
            for rows in run.sampler.rows(stream, start, start + size, block=start + size):
                again = [a + b for a, b in zip(again, rows[0][1:], strict=True)]
            assert tuple(again) == counts
        k = phase.estimation[phase.guess]
        assert phase.p_lower == pytest.approx(beta.ppf(0.001 / 3, k, n - k + 1), abs=1e-9)
        first += n


def test_bounds_and_votes_are_those_of_the_last_phase():
    found = decided(0.5, 0.4)
    last = found.decision.phases[-1]
    assert found.votes.estimation == last.estimation and found.votes.selection == last.selection
    assert found.bounds.p_lower == last.p_lower
    assert found.bounds.alpha == found.settings.alpha
    assert [point.n for point in found.trajectory] == list(PHASES[: len(found.trajectory)])


def test_the_chain_links_the_phases():
    chain = decided(0.3, 0.3).chain
    assert [block.n for block in chain.blocks] == list(PHASES)
    assert first_broken(chain.start, chain.blocks) is None
    assert chain.head == chain.blocks[-1].hash


def test_evidence_round_trips_and_batches_do_not_matter():
    found = decided(0.3, 0.3, batch=64)
    assert Evidence.model_validate_json(found.model_dump_json()) == found
    assert decided(0.3, 0.3, batch=1000).decision == found.decision


def test_a_stop_decides_nothing():
    stop = threading.Event()
    model = Misbehaving("slow", after=1)
    declares = settings(phases=(400, 500))
    running = decide(model, fitted(), declares, execution=Execution(batch=10), stop=stop)
    for snapshot in running:
        assert snapshot.region is None
        if snapshot.phase == "estimation":
            break
    stop.set()
    found = finish(running)
    assert (found.decision.verdict, found.complete) == ("stopped", False)
    assert found.outcome == "abstained" and found.region is None and not found.bounds.valid
    assert found.abstention.reason == "stopped-early" and found.stop_reason == "stopped"


def test_a_stop_before_the_first_phase_keeps_the_evidence_whole():
    stop = threading.Event()
    stop.set()
    found = finish(decide(HalfSpace(0.5), fitted(), settings(), stop=stop))
    assert found.decision.phases == () and found.chain is None and found.bounds is None
    assert found.decision.plan == (40, 400, 5000)


def test_samples_without_a_class_count_against_it():
    found = decided(10.0, 0.1, classifier=Misbehaving("nan"))
    assert found.decision.verdict == "given up"
    assert found.decision.phases[0].estimation_failures == 100


def test_snapshots_count_up_to_what_was_used():
    steps = list(decide(HalfSpace(0.3), fitted(), settings(target="radius=0.3", phases=PHASES)))
    done = [step.n_done for step in steps]
    assert done == sorted(done) and done[-1] == 150 + sum(PHASES)
    assert steps[-1].n0_plan + steps[-1].n_plan == done[-1]


@pytest.mark.parametrize(
    "changes, sentence",
    [
        ({"target": "words=1"}, "gaussian knows the terms radius, not 'words'"),
        ({"phases": (5, 5)}, "The phases must grow"),
        ({"beta": 2.0}, "beta must be between 0 and 1"),
    ],
)
def test_what_cannot_be_decided(changes, sentence):
    with pytest.raises(UserError) as refused:
        finish(decide(HalfSpace(0.5), fitted(), settings(**changes)))
    assert sentence in str(refused.value)
