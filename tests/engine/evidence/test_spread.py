import pytest

from engine.evidence.spread import MemberSpread, rounded

SPREAD = MemberSpread(samples=1000, variances=(1.0, 2.0, 3.0), of_first=(1.0, 1.1, 1.2))


def test_the_law_follows_from_the_mean_correlation_of_two_members():
    """Covariances 0.7, 0.5 and 1.2 of variances 1, 2 and 3: the mean of all is (6 + 4.8) / 9."""
    assert SPREAD.usual == 2.0
    assert SPREAD.zeta == pytest.approx((0.7 + 0.5 + 1.2) / 3 / 2.0)
    assert SPREAD.law(1) == 1.0 and SPREAD.law(3) == pytest.approx(SPREAD.left)
    assert "keeps 0.600 of one's variance" in SPREAD.in_words()
    same = MemberSpread(samples=9, variances=(0.0, 0.0), of_first=(0.0, 0.0))
    assert same.zeta == 1.0 and same.left == 1.0


@pytest.mark.parametrize(
    "change",
    [
        {"variances": (1.0, 2.0)},
        {"variances": (-1.0, 2.0, 3.0), "of_first": (-1.0, 1.0, 1.0)},
        {"of_first": (1.0, 1.1, float("inf"))},
        {"of_first": (1.0, 9.0, 1.0)},
        {"of_first": (2.0, 1.1, 1.2)},
        {"samples": 5000},
    ],
)
def test_what_cannot_be_is_told(change):
    assert SPREAD.contradictions(members=3, n=4000) == []
    assert SPREAD.model_copy(update=change).contradictions(members=3, n=4000)


def test_four_digits_are_kept():
    assert rounded(1234.567) == 1235.0 and rounded(0.000123456) == 0.0001235
