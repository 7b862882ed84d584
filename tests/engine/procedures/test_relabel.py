from __future__ import annotations

import pytest

from engine.bounds import clopper_pearson
from engine.core.errors import UserError
from engine.evidence.settings import CertifySettings
from engine.oracles.equivalence import from_description
from engine.oracles.keywords import from_text
from engine.procedures.certify import certify
from engine.procedures.relabel import reread
from tests.factories import make_evidence
from tests.fakes import finish
from tests.sayings import flat, saying


@pytest.fixture(scope="module")
def evidence():
    return finish(certify(saying(), flat(0.45), CertifySettings(n0=50, n=500, bound="live")))


def test_the_same_samples_under_another_oracle(evidence):
    other = from_text("go: go\nturn: turn", "other.txt")
    found = reread(evidence, other, alpha=0.01, tried=2)
    count = sum(g.count for g in evidence.answers if "go" in (g.text or "").split())
    assert found.votes.counts[0] == count
    assert found.votes.n == 500
    assert found.bounds.p_lower == clopper_pearson.lower(
        max(found.votes.counts), 500, 0.01 / (3 * 2)
    )
    assert "one of 2 that were tried" in found.statement
    assert "fixed without a look at these answers" in found.statement
    assert evidence.run_id in found.statement


def test_answers_without_text_count_against_every_class(evidence):
    first, *rest = evidence.answers
    unkept = evidence.model_copy(
        update={"answers": (first.model_copy(update={"text": None}), *rest)}
    )
    found = reread(unkept, from_text("any: go, turn, well", "o"), alpha=0.01)
    assert found.votes.failures == first.count


def test_a_stopped_run_takes_a_bound_that_holds_at_any_stop(evidence):
    partial = evidence.model_copy(update={"complete": False})
    oracle = from_text("go: go\nturn: turn", "o")
    assert reread(partial, oracle, alpha=0.01).bounds.method == "anytime"
    assert (
        reread(partial, oracle, alpha=0.01).bounds.p_lower
        < reread(evidence, oracle, alpha=0.01).bounds.p_lower
    )


def test_what_cannot_be_reread(evidence):
    oracle = from_text("go: go", "o")
    with pytest.raises(UserError, match="kept no answers"):
        reread(make_evidence(), oracle, alpha=0.01)
    with pytest.raises(UserError, match="alpha must be between 0 and 1"):
        reread(evidence, oracle, alpha=0)
    with pytest.raises(UserError, match="needs a reference answer"):
        reread(evidence, from_description({}, "o"), alpha=0.01)


def test_an_extendable_run_was_perhaps_extended_so_no_fixed_n_is_assumed(evidence):
    settings = evidence.settings.model_copy(update={"bound": "anytime"})
    extended = evidence.model_copy(update={"settings": settings})
    oracle = from_text("go: go\nturn: turn", "o")
    assert extended.complete
    assert reread(extended, oracle, alpha=0.01).bounds.method == "anytime"


def test_the_distance_of_the_noise_from_its_law_is_paid_again(evidence):
    noise = evidence.noise.model_copy(update={"total_variation": 0.01})
    oracle = from_text("go: go\nturn: turn", "o")
    exact = reread(evidence.model_copy(update={"noise": noise}), oracle, alpha=0.01)
    plain = reread(evidence, oracle, alpha=0.01)
    assert exact.bounds.p_lower == pytest.approx(plain.bounds.p_lower - 0.01, abs=1e-12)
