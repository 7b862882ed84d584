import math

import pytest

from engine.comparison.landscape import (
    ANY,
    Surveyor,
    accuracy_figure,
    axis_end,
    landscape,
    reach,
    reach_figure,
    share_figure,
)
from engine.figures.comparison import percent
from engine.regions import Ball
from engine.schemes import Gaussian, HierarchicalGaussian, Laplace
from engine.schemes.attacker import Attacker, covering, grid
from tests.engine.comparison.test_records import (
    BALL,
    COUNT,
    ONE,
    STAIRS,
    Pixels,
    Steps,
    outcome,
    tradeoff,
)

MANY = tradeoff(
    (outcome(BALL), outcome(BALL, label=3), outcome(None)),
    (outcome(COUNT), outcome(COUNT), outcome(None)),
    (outcome(STAIRS), outcome(None), outcome(STAIRS)),
)


def test_shares_are_those_of_the_regions_themselves():
    land = landscape(MANY)
    for attacker in grid((1, 2, 3, 4), (0.1, 0.39, 0.45, 0.7, 0.95, 7.0)):
        for i in range(3):
            share = land.share(i, attacker.entities, attacker.epsilon)
            assert share == MANY.certified(i, attacker).value


def test_a_growing_comparison_is_surveyed_once(monkeypatch):
    from engine.comparison import landscape as module

    calls = []
    real = module.reach
    monkeypatch.setattr(module, "reach", lambda *a, **k: calls.append(1) or real(*a, **k))
    surveyor = Surveyor()
    surveyor.survey(tradeoff((outcome(BALL),), ()))
    land = surveyor.survey(tradeoff((outcome(BALL),), (outcome(COUNT),)))
    assert len(calls) == 2 and land == landscape(land.result)


def test_one_input_shows_every_edge_and_the_attacker():
    figure = reach_figure(landscape(ONE), Attacker(entities=1, epsilon=0.8))
    assert figure.entities == (1, 2, 3, 4, 5, 6)
    assert 1.1 < figure.top < 1.6
    assert figure.withstands == (False, True, True)
    assert figure.unbounded == (False, True, False)
    assert figure.reaches[1] == (ANY,) * 3 + (None,) * 3
    assert figure.results[1] == "withstands it: stays '7'"
    far = reach_figure(landscape(ONE), Attacker(entities=9, epsilon=4.0))
    assert far.entities[-1] == 10 and far.top >= 4.4


def test_a_set_shows_accuracy_against_certified_accuracy():
    figure = accuracy_figure(landscape(MANY), Attacker(entities=1, epsilon=0.45))
    assert [share.count for share in figure.clean] == [1, 2, 2]
    assert [(share.count, share.of) for share in figure.certified] == [(1, 3), (2, 3), (2, 3)]
    assert figure.inputs == (3, 3) and figure.x_name == "predicted correctly"
    assert figure.note == "n 100, alpha 0.001 per statement, live bound, float noise"
    assert figure.winners == (1, 2)
    larger = MANY.model_copy(update={"shapes": ((1, 8, 8), (1, 16, 16), (1, 8, 8))})
    assert accuracy_figure(landscape(larger), figure.attacker).winners == ()


def test_tables_hold_what_is_certified_for_their_very_cells():
    figure = share_figure(landscape(MANY), Attacker(entities=2, epsilon=0.33))
    assert figure.entities == (1, 2, 3, 4) and 0.33 in figure.epsilons
    for i, table in enumerate(figure.shares):
        for epsilon, row in zip(figure.epsilons, table, strict=True):
            attackers = grid(figure.entities, [epsilon])
            assert row == tuple(MANY.certified(i, attacker).value for attacker in attackers)


@pytest.mark.parametrize("attacker", grid((1, 2, 5, 50), (0.05, 0.33, 0.9, 7.0)))
def test_sentence_frame_and_table_say_the_same_number(attacker):
    land = landscape(MANY)
    figure, shares = share_figure(land, attacker), accuracy_figure(land, attacker)
    row, column = figure.framed
    assert (figure.entities[column], figure.epsilons[row]) == (attacker.entities, attacker.epsilon)
    for table, share, words in zip(figure.shares, shares.certified, shares.results, strict=True):
        assert table[row][column] == share.value
        assert f", {percent(share.value)} % ({share.count} of {share.of};" in words


def test_before_the_first_answer_there_are_axes_only():
    land = landscape(tradeoff((), ()))
    attacker = Attacker()
    assert reach_figure(land, attacker).results == ("not asked yet",) * 2
    assert accuracy_figure(land, attacker).clean == (None, None)
    assert {cell for row in share_figure(land, attacker).shares[0] for cell in row} == {None}


@pytest.mark.parametrize(("norm", "end"), [(0.5, 0.65), (1.2, 1.5), (0.08, 0.1)])
def test_axes_end_at_round_places_above(norm, end):
    assert axis_end([(norm, None)], None) == pytest.approx(end)


def test_an_axis_without_any_certificate():
    assert axis_end([(None, None)], None) == 1.0


def test_reach_is_the_regions_own_edge():
    assert all(0.5 - 1e-9 < norm < 0.5 for norm in reach(Gaussian(), BALL, most=3))
    assert reach(Pixels(), COUNT, most=4) == (ANY, ANY, ANY, None)
    first, second, third = reach(Steps(), STAIRS, most=3)
    assert 0.9 - 1e-9 < first < 0.9 and 0.4 - 1e-9 < second < 0.4 and third is None


def test_every_norm_given_is_certified_and_hardly_more_is():
    scheme = HierarchicalGaussian(p=0.8, sigma=0.25)
    for entities, norm in enumerate(reach(scheme, STAIRS, most=2), start=1):
        for norms, holds in ((norm, True), (norm / 3, True), (norm * (1 + 1e-9), False)):
            attack = covering(scheme, entities=entities, epsilon=norms)
            assert STAIRS.contains(attack) is holds


def test_without_a_region_nothing_is_certified():
    assert reach(Gaussian(), None, most=2) == (None, None)


def test_reach_in_another_norm() -> None:
    """An l1 ball as it is; an l2 ball covers l1 changes of its radius, and linf by sqrt(m)."""
    ball = Ball(norm="l1", radius=0.6, unit="")
    laplace = Laplace(lam=0.2)
    assert all(0.6 - 1e-9 < norm < 0.6 for norm in reach(laplace, ball, most=2, norm="l1"))
    assert all(0.5 - 1e-9 < norm < 0.5 for norm in reach(Gaussian(), BALL, most=2, norm="l1"))
    first, second = reach(Gaussian(), BALL, most=2, norm="linf")
    assert first == pytest.approx(0.5 / math.sqrt(3)) and second == pytest.approx(
        0.5 / math.sqrt(6)
    )
