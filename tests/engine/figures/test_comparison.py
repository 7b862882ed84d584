from math import comb

import pytest

from engine.figures.comparison import AccuracyFigure, ReachFigure, Share, ShareFigure
from engine.schemes.attacker import Attacker

FACTS = {
    "names": ("a",),
    "noises": ("Gaussian",),
    "attacker": Attacker(entities=3, epsilon=0.3),
    "inputs": (1, 2),
    "note": "",
}


def share(count: int, of: int) -> Share:
    found = Share.of_inputs(count, of)
    assert found is not None
    return found


def test_without_labels_shares_are_of_answers():
    shares = {"clean": (share(10, 20),), "certified": (share(5, 20),)}
    figure = AccuracyFigure(**FACTS, **shares, labelled=False)
    assert figure.x_name == "predicted"
    assert figure.results == (
        "50 % (10 of 20; 27 to 73) predicted, 25 % (5 of 20; 8 to 50) certified",
    )
    table = {"entities": (1, 3), "epsilons": (0.3,), "shares": (((None,) * 2,),)}
    assert ShareFigure(**FACTS, **table, labelled=False).title == "Certified share, percent"
    assert ShareFigure(**FACTS, **table).title == "Certified accuracy, percent"


def test_the_attacker_s_own_cell_is_framed():
    table = {"entities": (1, 3), "epsilons": (0.25, 0.3), "shares": (((None,) * 2,) * 2,)}
    assert ShareFigure(**FACTS, **table).framed == (1, 1)
    far = {**FACTS, "attacker": Attacker(entities=9, epsilon=0.3)}
    assert ShareFigure(**far, **table).framed is None


@pytest.mark.parametrize(("k", "n"), [(0, 20), (1, 20), (12, 20), (20, 20), (3, 1000)])
def test_intervals_are_those_of_clopper_and_pearson(k, n):
    """Each end leaves a binomial tail of 2.5 % beyond it, summed here term by term."""
    found = share(k, n)

    def tail(p, counts):
        return sum(comb(n, i) * p**i * (1 - p) ** (n - i) for i in counts)

    if k:
        assert tail(found.low, range(k, n + 1)) == pytest.approx(0.025, rel=1e-6)
    if k < n:
        assert tail(found.high, range(k + 1)) == pytest.approx(0.025, rel=1e-6)
    assert (found.low == 0.0) is (k == 0) and (found.high == 1.0) is (k == n)


def test_those_with_most_certified_win_and_nobody_without_any():
    facts = {**FACTS, "names": ("a", "b"), "noises": ("g", "h"), "labelled": True}
    figure = AccuracyFigure(**facts, clean=(share(3, 4), None), certified=(share(2, 4), None))
    assert figure.results == (
        "75 % (3 of 4; 19 to 100) right, 50 % (2 of 4; 6 to 94) certified",
        "not asked yet",
    )
    assert figure.winners == (0,)
    none = {"clean": (share(4, 4),) * 2, "certified": (share(0, 4),) * 2}
    assert AccuracyFigure(**facts, **none).winners == ()


def test_outlines_are_staircases_that_end_where_regions_do():
    reaches = ((0.4, 0.2, None), (9.0, 9.0, 9.0), (None, None, None))
    figure = ReachFigure(
        **{**FACTS, "names": ("a", "b", "c"), "noises": ("g",) * 3},
        input="",
        entities=(1, 2, 3),
        top=1.0,
        reaches=reaches,
        unbounded=(False, True, False),
        withstands=(False,) * 3,
        results=("",) * 3,
    )
    stairs = [(0.5, 0.4), (1.5, 0.4), (1.5, 0.2), (2.5, 0.2), (2.5, 0.0)]
    assert figure.outline(0) == stairs and figure.heights(0) == [0.4, 0.2]
    assert figure.heights(1) == [1.0] * 3 and figure.outline(1)[-1] == (3.5, 1.0)
    assert figure.outline(2) == figure.heights(2) == []
