import numpy as np

from engine.bounds import eprocess
from engine.certificates.anchors import alpha_of_cell, around_zero, level
from engine.core.records import Votes
from engine.planning.sweep_walk import Asked, Walk
from engine.schemes.rotation import Rotation

SCHEME = Rotation(sigma=0.25, degrees=32)


def walked(p_at, *, slope=0.1, n=2_000, share=0.98, seed=1):
    """A walk over an image that moves ``slope`` a degree, with votes of probability ``p_at``."""
    rng, anchors = np.random.default_rng(seed), []

    def distance(cell):
        low, high = SCHEME.ends(cell)
        return slope * (high - low) / 2

    walk = Walk(SCHEME, alpha=0.001, n=n, share=share, distance=distance)
    while (asked := walk.next()) is not None:
        low, high = SCHEME.ends(asked.cell)
        votes = Votes(counts=(0, 0))
        while more := walk.left(asked, votes, 0):
            assert votes.n + more <= n
            k = int(rng.binomial(more, p_at((low + high) / 2)))
            votes = Votes(counts=(votes.counts[0] + k, votes.counts[1] + more - k))
        anchors.append((asked, votes))
    return walk, anchors


def test_a_sure_model_is_certified_by_few_votes_at_few_anchors():
    walk, anchors = walked(lambda _: 0.999)
    assert around_zero(map(SCHEME.ends, walk.certified)) == (-32.0, 32.0) and not walk.failed
    assert len(anchors) < 100 and sum(votes.n for _, votes in anchors) < 8_000
    near = [min(map(abs, SCHEME.ends(asked.cell))) for asked, _ in anchors]
    assert near == sorted(near)  # from 0 outwards


def test_cells_are_halved_only_where_the_margin_is_small():
    walk, _ = walked(lambda angle: 0.99 if angle < 16 else 0.75)
    widths = [SCHEME.ends(cell)[1] - SCHEME.ends(cell)[0] for cell in walk.certified]
    beyond = [SCHEME.ends(cell)[0] >= 16 for cell in walk.certified]
    fine, coarse = (
        [width for width, far in zip(widths, beyond, strict=True) if far == which]
        for which in (True, False)
    )
    assert sum(fine) == 16 and np.mean(fine) < 0.6 * np.mean(coarse)


def test_each_side_ends_where_an_anchor_is_given_up_and_the_other_goes_on():
    walk, anchors = walked(lambda angle: 0.97 if angle < 10 else 0.2)
    lower, upper = around_zero(map(SCHEME.ends, walk.certified))
    assert lower == -32.0 and 8 <= upper <= 10
    (failed,) = walk.failed
    assert SCHEME.ends(failed)[0] == upper
    assert sum(votes.n for asked, votes in anchors if SCHEME.ends(asked.cell)[0] >= 10) < 500


def test_what_is_certified_is_what_the_bound_of_its_cell_allows():
    walk, anchors = walked(lambda angle: 0.75 + 0.2 * np.cos(angle / 10))
    for asked, votes in anchors:
        share = alpha_of_cell(0.001, asked.cell)
        holds = eprocess.lower(votes.counts[0], votes.n, share) > SCHEME.p_needed(asked.distance)
        assert holds == (asked.cell in walk.certified) == walk.holds(asked, votes, 0)


def test_a_fair_coin_costs_no_more_than_a_few_anchors():
    walk, anchors = walked(lambda _: 0.5, share=0.55)
    assert not walk.certified and walk.failed
    assert sum(votes.n for _, votes in anchors) < 3 * 2_000


def test_a_walk_depends_on_votes_alone():
    """With the same votes it is at the same place: so a run that was killed is resumed."""
    _, anchors = walked(lambda angle: 0.9, seed=5)
    again = Walk(
        SCHEME,
        alpha=0.001,
        n=2_000,
        share=0.98,
        distance=lambda cell: 0.1 * (SCHEME.ends(cell)[1] - SCHEME.ends(cell)[0]) / 2,
    )
    for asked, votes in anchors:
        assert again.next() == Asked(asked.cell, asked.distance)
        assert not again.left(asked, votes, 0)
    assert again.next() is None


def test_a_range_without_a_known_distance_is_halved_unasked():
    finite = {cell for cell in range(1, 1 << 8) if level(cell) >= 5}
    walk = Walk(
        SCHEME,
        alpha=0.001,
        n=100,
        share=0.99,
        distance=lambda cell: 0.05 if cell in finite else float("inf"),
    )
    first = walk.next()
    assert first is not None and level(first.cell) == 5
