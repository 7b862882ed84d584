from __future__ import annotations

import pytest
from scipy.stats import beta, norm

from engine.bounds import bound_method
from engine.core.records import ProbabilityBounds, Votes
from engine.evidence.settings import CertifySettings, ExactSettings
from engine.procedures.bound_trajectory import Claims
from engine.procedures.outcome import certify_facts
from engine.schemes import DssnL1
from tests.factories import make_input


class Unchanged:
    def weakened(self, bounds: ProbabilityBounds) -> ProbabilityBounds:
        return bounds


def facts(estimation: Votes, *, n: int = 1000, top: int | None = 0, **changes: object) -> dict:
    settings = CertifySettings(n=n, n0=100, bound="clopper-pearson", **changes)  # type: ignore[arg-type]
    return certify_facts(
        settings=settings,
        selection=Votes(counts=(90, 10)),
        estimation=estimation,
        top=top,
        claims=Claims(settings, bound_method(settings.bound), Unchanged()),
        class_names=("a", "b"),
        given=make_input(),
    )


def test_a_certified_class_has_cohens_radius() -> None:
    found = facts(Votes(counts=(900, 100)))
    p_lower = beta.ppf(0.001, 900, 101)
    assert (found["outcome"], found["complete"]) == ("certified", True)
    assert (found["predicted_class"], found["class_name"]) == (0, "a")
    assert found["radius"] == pytest.approx(0.25 * norm.ppf(p_lower), abs=1e-9)
    assert found["trajectory"][-1].n == 1000
    assert "changes the smoothed model's prediction 'a'." in found["statement"]


def test_an_abstention_names_no_class_and_says_why() -> None:
    found = facts(Votes(counts=(500, 500)))
    assert found["outcome"] == "abstained"
    assert found["predicted_class"] is found["radius"] is found["region"] is None
    assert found["statement"] == f"Nothing is certified: {found['abstention'].sentence}"


def test_no_votes_no_bounds() -> None:
    found = facts(Votes(counts=(0, 0)), top=None)
    assert found["bounds"] is None
    assert found["abstention"].reason == "no-votes"


def test_exact_noise_says_what_it_covers() -> None:
    assert "8 bits per channel" in facts(Votes(counts=(900, 100)), noise="exact")["statement"]
    assert "8 bits per channel" not in facts(Votes(counts=(900, 100)))["statement"]


def test_an_enumeration_that_contradicts_itself_claims_nothing_by_any_door() -> None:
    settings = ExactSettings(scheme=DssnL1(lam=0.1))  # 51 samples, counted twice
    votes = [Votes(counts=(40, 11)), Votes(counts=(39, 12))]
    claims = Claims(settings, bound_method(settings.bound), Unchanged())
    found = certify_facts(
        settings=settings,
        selection=votes[0],
        estimation=votes[1],
        top=0,
        claims=claims,
        class_names=("a", "b"),
        given=make_input(),
    )
    assert (found["outcome"], found["region"]) == ("abstained", None)
    assert found["abstention"].reason == "not-deterministic"
    assert not found["bounds"].valid  # nobody who takes them further may claim anything
    agreed = certify_facts(
        settings=settings,
        selection=votes[0],
        estimation=votes[0],
        top=0,
        claims=Claims(settings, bound_method(settings.bound), Unchanged()),
        class_names=("a", "b"),
        given=make_input(),
    )
    assert agreed["outcome"] == "certified" and agreed["bounds"].valid
