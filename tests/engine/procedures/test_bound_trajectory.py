import pytest

from engine.bounds import BOUND_METHODS, bound_method, eprocess
from engine.core.records import ProbabilityBounds, Votes
from engine.evidence.settings import CertifySettings
from engine.evidence.vote_chain import Tally, block_size, chain_start
from engine.procedures.bound_trajectory import Claims, region_of
from engine.schemes import Gaussian
from tests.yardstick import processor_seconds


class Nothing:
    def weakened(self, bounds: ProbabilityBounds) -> ProbabilityBounds:
        return bounds


def claims(bound: str) -> Claims:
    return Claims(CertifySettings(bound=bound, n=1000), bound_method(bound), Nothing())


GOOD, BAD = Votes(counts=(100, 0)), Votes(counts=(100, 100))


def test_anytime_keeps_its_running_maximum():
    """A lucky start stays claimed: all looks hold at once (Ville's inequality)."""
    one = claims("anytime")
    one.add([GOOD], 0)
    assert one.now(BAD, 0).p_lower == eprocess.lower(100, 100, 0.001)
    assert one.now(BAD, 0).p_lower > eprocess.lower(100, 200, 0.001)


def test_live_follows_the_counts_alone():
    one = claims("live")
    one.add([GOOD], 0)
    assert one.now(BAD, 0).p_lower == eprocess.lower(100, 200, 0.0001)


def test_two_class_keeps_both_extremes():
    one = claims("anytime-two-class")
    one.add([GOOD], 0)
    first, second = one.now(GOOD, 0), one.now(BAD, 0)
    assert (second.p_lower, second.p_upper) == (first.p_lower, first.p_upper)


@pytest.mark.parametrize("bound", ["live", "anytime", "anytime-two-class", "anytime-multi-class"])
def test_replayed_blocks_give_the_same_points(bound: str):
    tally = Tally(chain_start({}), size=10, classes=2)
    one, again = claims(bound), claims(bound)
    for index in range(20):
        one.add(tally.add({index: [0, 10 - index % 3, index % 3]}), 0)
    again.replay(tally.full, 0, 2)
    votes = tally.votes()
    assert one.points(votes, None) == again.points(votes, None)
    assert one.now(votes, 0) == again.now(votes, 0)


def test_a_provisional_bound_certifies_nothing():
    provisional = claims("clopper-pearson").now(GOOD, 0)
    assert not provisional.valid
    assert region_of(Gaussian(), provisional) is None
    assert region_of(Gaussian(), None) is None


@pytest.mark.parametrize("bound", [method.key for method in BOUND_METHODS])
@pytest.mark.parametrize("n", [10_000, 100_000_000])
def test_a_display_at_15_hz_costs_less_than_2_percent_of_a_core(bound: str, n: int) -> None:
    settings = CertifySettings(n=n, bound=bound)
    claims, size = Claims(settings, bound_method(bound), Nothing()), block_size(n)
    lost = [(2 * end) // 100 for end in range(size, n, size)]
    ends = range(size, n, size)
    claims.add([Votes(counts=(end - less, less)) for end, less in zip(ends, lost, strict=True)], 0)
    looks = 200

    def display() -> None:
        for more in range(looks):
            votes = Votes(counts=(ends[-1] - lost[-1] + 1 + more % (size - 1), lost[-1]))
            bounds = claims.now(votes, 0)
            region_of(settings.scheme, bounds)
            assert len(claims.points(votes, bounds)) == len(ends) + 1

    assert processor_seconds(display, times=1) / looks * 15 < 0.02
