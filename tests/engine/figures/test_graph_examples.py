from itertools import combinations

import numpy as np
import pytest

from engine.figures import FlipAttack, NodeTouch
from engine.figures.graph_examples import _ranks
from engine.regions import Ball, CellMap, Count
from tests.factories import make_nodes_figure


def attack(seed: int = 0, nodes: int = 4, features: int = 3) -> FlipAttack:
    """A random gain for every feature, about half of which are additions."""
    drawn = np.random.default_rng(seed)
    rows, columns = (part.ravel() for part in np.mgrid[:nodes, :features])
    gains = drawn.random(rows.size).astype(np.float32)
    order = np.argsort(-gains)
    adds = drawn.random(rows.size) < 0.5
    return FlipAttack(
        rows=rows[order], columns=columns[order], adds=adds[order], gains=gains[order], how="x"
    )


def test_ranks_count_the_earlier_ones_of_a_group():
    assert _ranks(np.array([3, 1, 3, 3, 1])).tolist() == [0, 0, 1, 2, 1]
    assert _ranks(np.array([], dtype=np.int64)).tolist() == []


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("nodes", "additions", "deletions"), [(2, 2, 1), (1, 0, 2), (4, 1, 1)])
def test_limits_are_kept(seed, nodes, additions, deletions):
    one = attack(seed)
    flips = one.chosen(nodes=nodes, additions=additions, deletions=deletions)
    assert len(set(one.rows[flips].tolist())) <= nodes
    assert one.adds[flips].sum() <= additions and (~one.adds[flips]).sum() <= deletions
    assert len(set(flips.tolist())) == len(flips)


@pytest.mark.parametrize("seed", range(5))
def test_without_limits_on_flips_the_best_nodes_are_found(seed):
    one = attack(seed)
    found = one.gains[one.chosen(nodes=2)].sum()
    best = max(one.gains[np.isin(one.rows, pair)].sum() for pair in combinations(range(4), 2))
    assert found == pytest.approx(best)


@pytest.mark.parametrize("seed", range(5))
def test_without_a_limit_on_nodes_the_best_flips_are_taken(seed):
    one = attack(seed)
    flips = one.chosen(additions=2, deletions=1)
    wanted = sorted(one.gains[one.adds])[-2:] + sorted(one.gains[~one.adds])[-1:]
    assert sorted(one.gains[flips]) == pytest.approx(sorted(wanted))


def test_a_plan_follows_the_terms_of_the_region():
    one = attack()
    count = Count(term="entities", most=2, unit="nodes")
    assert (one.planned(count, {"entities": 1.0}) == one.chosen(nodes=1)).all()
    cells = CellMap(
        row_term="additions", column_term="deletions", layer_term="entities", layers=(((0.0,),),),
        things="nodes",
    )  # fmt: skip
    change = {"entities": 2.0, "additions": 1.0, "deletions": 1.0}
    planned = one.planned(cells, change)
    assert (planned == one.chosen(nodes=2, additions=1, deletions=1)).all()
    flat = cells.model_copy(update={"layer_term": None})
    assert (one.planned(flat, change) == one.chosen(additions=1, deletions=1)).all()
    assert one.planned(Ball(norm="l2", radius=1.0, unit="x"), {"radius": 1.0}) is None


@pytest.mark.parametrize(
    ("added", "removed", "words"),
    [
        (2, 1, "+2 features, -1"),
        (1, 3, "+1 feature, -3"),
        (1, 0, "+1 feature"),
        (0, 1, "-1 feature"),
        (0, 5, "-5 features"),
        (0, 0, "no feature"),
    ],
)
def test_a_touch_in_words(added, removed, words):
    assert NodeTouch(position=0, added=added, removed=removed).words() == words


def test_a_figure_tells_nodes_and_the_answer_after():
    figure = make_nodes_figure()
    change = {"entities": 2.0, "additions": 2.0, "deletions": 1.0}
    touches = figure.touched(change)
    assert figure.told(touches) == "node 12: +1 feature; node 3: +1 feature, -1"
    assert figure.answer_after(change) == "Officer"
    assert figure.answer_after({**change, "additions": 9.0}) == ""
    assert figure.model_copy(update={"attack": None}).touched(change) is None
