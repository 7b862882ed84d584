"""The scheme of votes: facts are those of the member that decides."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from scipy.stats import norm as normal

from engine.certificates.stump_vote import StumpVote
from engine.certificates.stumps import Steps, StumpEnsemble
from engine.core.errors import UserError
from engine.schemes.stumps import Stumps
from engine.schemes.stumps_fields import StumpsFields
from engine.schemes.stumps_vote import LEAST, MEMBER, StumpsVote
from tests.engine.schemes.test_stumps import given


def cut(place: float) -> StumpEnsemble:
    """Class 1 above it."""
    return StumpEnsemble((Steps.of([(place, Fraction(0), Fraction(1))]),))


VOTE = StumpVote((cut(0.0), cut(0.5), cut(2.0)), (2, 2, 3))
ROW = (np.array([0.8], dtype=np.float32), np.zeros(0, dtype=np.int64))


def test_the_second_farthest_cut_decides(bounds) -> None:
    """Members with radii 0.8 and 0.3 hold 4 of 7: the vote keeps class 1 for changes below 0.3."""
    for scheme in (StumpsVote(sigma=0.5), StumpsVote(norm="l1", lam=3.0)):
        facts = scheme.compute(ROW, VOTE)
        region = scheme.region(bounds(0.5), facts)
        assert region is not None and region.certified_radius == pytest.approx(0.3, rel=1e-6)
        assert region.certified_radius < 0.3 + 1e-7
        assert facts[MEMBER] == "2 of 3" and scheme.member(ROW, VOTE) == 1
        scheme.check_facts(facts, given("table"))
    known = StumpsVote(sigma=0.5).known(StumpsVote(sigma=0.5).compute(ROW, VOTE))
    assert known is not None and known.top == 1
    assert known.outside == pytest.approx(normal.cdf(-0.3 / 0.5), rel=1e-6)


def test_a_single_ensemble_is_a_vote_of_one(bounds) -> None:
    alone, voted = Stumps(sigma=0.5), StumpsVote(sigma=0.5)
    one = alone.region(bounds(0.5), alone.compute(ROW, cut(0.0)))
    same = voted.region(bounds(0.5), voted.compute(ROW, cut(0.0)))
    assert one == same and voted.compute(ROW, cut(0.0))[MEMBER] == "1 of 1"


def test_no_majority_certifies_nothing(bounds) -> None:
    """Two members of one weight that name two classes: neither class holds more than half."""
    split = StumpVote((cut(0.0), cut(2.0)), (1, 1))
    scheme = StumpsVote(sigma=0.5)
    facts = scheme.compute(ROW, split)
    assert scheme.region(bounds(0.5), facts) is None
    known = scheme.known(facts)
    assert known is not None and known.outside > 0.5


def test_nothing_is_known_of_a_member_without_its_own_bound() -> None:
    scheme = StumpsVote(sigma=0.5)
    facts = dict(scheme.compute(ROW, VOTE))
    for wrong in ("much", 1.5, -0.1):
        assert scheme.known({**facts, LEAST: wrong}) is None
    assert scheme.known({}) is None


def test_other_models_and_schemes_are_refused() -> None:
    with pytest.raises(UserError, match="use --scheme stumps-vote"):
        Stumps().compute(ROW, VOTE)
    with pytest.raises(UserError, match="use --scheme stumps-vote"):
        StumpsFields().compute(ROW, VOTE)
    with pytest.raises(UserError, match="'stumps-vote' computes with an ensemble of decision"):
        StumpsVote().compute(ROW, None)
    with pytest.raises(UserError, match="takes 1 numbers, the input has 2"):
        StumpsVote().compute((np.zeros(2), ROW[1]), VOTE)


@pytest.mark.parametrize("member", ["4 of 3", "0 of 3", "two of 3", None])
def test_a_member_that_is_none_is_refused(member: str | None) -> None:
    scheme = StumpsVote()
    facts = dict(scheme.compute(ROW, VOTE))
    facts.pop(MEMBER)
    if member is not None:
        facts[MEMBER] = member
    with pytest.raises(UserError, match="there is no member"):
        scheme.check_facts(facts, given("table"))
    scheme.check_facts({}, given("table"))


def test_what_decides_is_told() -> None:
    scheme = StumpsVote(sigma=0.5)
    rows = scheme.rests_on(scheme.compute(ROW, VOTE))
    assert rows[0][:2] == (MEMBER, "2 of 3")
    assert "members with more than half of all weight" in scheme.about_in_words()
    assert "members are computed" in scheme.because_in_words()
    assert "least radius decides it" in scheme.rule_in_words()
    assert scheme.rests_on({}) == ()
