from __future__ import annotations

import pytest

from engine.evidence.settings import CertifySettings, DecideSettings, ExactSettings, PredictSettings
from engine.evidence.tries import (
    Ledger,
    claim_alone,
    claim_of,
    stream_of,
    tries_in_words,
    with_tries,
)
from engine.evidence.upgrade import evidence_from_text
from engine.models.members import ensemble_facts, member_part, rule_part
from engine.report.json import evidence_json
from engine.schemes import DssnL1, Gaussian, HierarchicalGaussian, UniformL1
from tests.factories import make_evidence
from tests.fakes import fitted, identity

MODEL, IMAGE = identity(), fitted().identity
SETTINGS = CertifySettings(n0=60, n=1000, seed=1)


def placed(*settings, model=MODEL, image=IMAGE):
    """Which try of its claim the last of some runs is, and how many there are."""
    ledger = Ledger()
    for each in settings:
        ledger.enter(claim_of(model, image, each), stream_of(model, each))
    last = settings[-1]
    return ledger.place(claim_of(model, image, last), stream_of(model, last))


def test_five_bounds_on_one_seed_are_five_tries():
    bounds = ("anytime", "live", "clopper-pearson", "two-class", "two-class-uneven")
    runs = [SETTINGS.model_copy(update={"bound": bound}) for bound in bounds]
    assert placed(*runs) == (5, 5)


@pytest.mark.parametrize(
    "change",
    [
        {"alpha": 0.01},
        {"seed": 2},
        {"n0": 70},
        {"noise": "exact"},
        {"precision": "bf16"},
        {"bound": "live"},
        {"scheme": Gaussian(sigma=0.5)},
    ],
)
def test_what_is_changed_against_the_same_attacker_is_another_try(change):
    assert placed(SETTINGS, SETTINGS.model_copy(update=change)) == (2, 2)


def test_an_extension_and_a_repetition_are_the_same_try():
    longer = SETTINGS.model_copy(update={"n": 9000, "target": "radius=0.1"})
    drawn = SETTINGS.model_copy(update={"seed_origin": "drawn"})
    spelled = SETTINGS.model_copy(update={"scheme": Gaussian(sigma=1 / 4)})
    assert placed(SETTINGS, longer, drawn, spelled) == (1, 1)
    live = SETTINGS.model_copy(update={"bound": "live"})
    assert placed(live, live.model_copy(update={"n": 9000})) == (2, 2)


def test_another_attacker_input_or_model_is_another_claim():
    hierarchical = SETTINGS.model_copy(update={"scheme": HierarchicalGaussian()})
    l1 = SETTINGS.model_copy(update={"scheme": UniformL1()})
    predicted = PredictSettings(n=1000)
    exact = ExactSettings(scheme=DssnL1())
    claims = [claim_of(MODEL, IMAGE, each) for each in (SETTINGS, hierarchical, l1, predicted)]
    assert len({repr(claim) for claim in claims}) == 4
    assert claim_of(MODEL, IMAGE, exact) == claim_of(MODEL, IMAGE, l1)
    decided = DecideSettings(target="radius=0.1")
    assert claim_of(MODEL, IMAGE, decided) == claim_of(MODEL, IMAGE, SETTINGS)
    renamed = MODEL.model_copy(update={"name": "moved", "source": "elsewhere"})
    assert claim_of(renamed, IMAGE, SETTINGS) == claim_of(MODEL, IMAGE, SETTINGS)
    changed = MODEL.model_copy(update={"sha256": "1" * 64})
    assert claim_of(changed, IMAGE, SETTINGS) != claim_of(MODEL, IMAGE, SETTINGS)
    moved = IMAGE.model_copy(update={"pixels_sha256": "9" * 64})
    assert claim_of(MODEL, moved, SETTINGS) != claim_of(MODEL, IMAGE, SETTINGS)


def test_another_normalisation_on_the_same_noise_is_another_try():
    other = MODEL.model_copy(update={"normalization": "imagenet"})
    ledger = Ledger()
    for model in (MODEL, other):
        ledger.enter(claim_of(model, IMAGE, SETTINGS), stream_of(model, SETTINGS))
    assert ledger.place(claim_of(other, IMAGE, SETTINGS), stream_of(other, SETTINGS)) == (2, 2)


def test_the_statement_says_it_once():
    plain = make_evidence()
    assert tries_in_words(plain) == "" and claim_alone(plain) == plain.statement
    session = with_tries(plain, 1, 1, "session")
    words = "Try 1 of 1 known to this session."
    assert session.statement == f"{plain.statement} {words}"
    former = f"{plain.statement} Try 1 of 1 known to this session; no case was kept."
    assert claim_alone(session.model_copy(update={"statement": former})) == plain.statement
    case = with_tries(session, 2, 3, "case")
    assert case.statement == f"{plain.statement} Try 2 of 3 known to this case."
    assert claim_alone(case) == plain.statement
    assert claim_alone(case.model_copy(update={"statement": plain.statement})) is None
    assert claim_alone(case.model_copy(update={"runs_counted": 2})) is None


def test_evidence_without_them_is_read_as_before_and_none_states_half_of_them():
    plain = make_evidence(run_number=2, runs_counted=5)
    assert tries_in_words(evidence_from_text(evidence_json(plain))) == ""
    half = plain.model_copy(update={"tries_known_to": "case", "run_number": 6})
    with pytest.raises(ValueError, match="tries without their numbers"):
        evidence_from_text(evidence_json(half))


def ensemble(*members: str, combine: str = "logits", consensus: int = 0):
    named = [identity().model_copy(update={"sha256": name * 64}) for name in members]
    parts = (*map(member_part, named), rule_part(combine, consensus))
    facts = {"parts": parts, "architecture": ensemble_facts(parts)["architecture"]}
    whole = MODEL.model_copy(update=facts)
    return whole.model_copy(update={"sha256": whole.composed_sha256()})


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (ensemble("a", "b"), ensemble("b", "a"), True),
        (ensemble("a", "b"), ensemble("a", "b", consensus=2), True),
        (ensemble("a", "b"), ensemble("a", "b", "b", "a"), True),
        (ensemble("a", "a"), MODEL.model_copy(update={"sha256": "a" * 64}), True),
        (ensemble("a", "a", "b", consensus=2), ensemble("a", "a"), True),
        (ensemble("a", "b", "c", consensus=2), ensemble("b", "a", "c", consensus=2), True),
        (ensemble("a", "b", "c", consensus=2), ensemble("a", "c", "b", consensus=2), True),
        (ensemble("a", "b"), ensemble("a", "b", "b"), True),
        (ensemble("a", "b"), ensemble("a", "b", combine="votes"), True),
        (ensemble("a", "b"), ensemble("a", "c"), False),
    ],
)
def test_an_ensemble_spelled_in_another_way_is_another_try(one, other, same):
    assert (claim_of(one, IMAGE, SETTINGS) == claim_of(other, IMAGE, SETTINGS)) is same
    assert stream_of(one, SETTINGS) != stream_of(other, SETTINGS)
