from __future__ import annotations

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.errors import UserError
from engine.inputs.graph import Graph, Parts, Pattern, assembled, check_size, split


@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 4)), max_size=30),
)
def test_a_pattern_is_the_matrix_with_ones_at_its_pairs(cells):
    matrix = np.zeros((7, 5), dtype=np.uint8)
    for row, column in cells:
        matrix[row, column] = 1
    pairs = np.array(cells, dtype=np.int64).reshape(-1, 2).T
    pattern = Pattern.from_pairs(pairs, (7, 5))
    assert pattern.rows == 7 and pattern.columns == 5
    assert (pattern.dense(np.arange(7)) == matrix).all()
    assert (pattern.counts == matrix.sum(1)).all()
    assert (pattern.pairs() == np.stack(np.nonzero(matrix))).all()
    assert (pattern.dense(np.array([3, 0, 3])) == matrix[[3, 0, 3]]).all()


def test_a_shape_beyond_any_memory_is_refused_before_it_is_made():
    with pytest.raises(OverflowError):
        Pattern.from_pairs(np.zeros((2, 0), np.int64), (1 << 40, 1 << 40))


def test_no_columns_are_no_ones():
    empty = Pattern.from_pairs(np.zeros((2, 0), np.int64), (3, 0))
    assert empty.rows == 3 and not len(empty.entries)


def graph(edges: list[tuple[int, int]], nodes: int = 3, **more: object) -> Graph:
    pairs = np.array(edges, dtype=np.int64).reshape(-1, 2).T
    parts = Parts(nodes, pairs, **({"ones": None, "width": 0} | more))  # type: ignore[arg-type]
    return assembled(parts, name="g", source="g.json", sha256="0")


@pytest.mark.parametrize(
    ("edges", "noted"),
    [
        ([(0, 1), (1, 2)], False),  # each edge once
        ([(0, 1), (1, 0), (1, 2), (2, 1)], False),  # both directions
        ([(0, 1), (1, 0), (1, 2)], True),  # one way only: directed
    ],
)
def test_edges_become_undirected_and_directed_ones_are_noted(edges, noted):
    made = graph(edges)
    matrix = made.adjacency.dense(np.arange(3))
    assert (matrix == [[0, 1, 0], [1, 0, 1], [0, 1, 0]]).all()
    assert ("directed edges were taken for undirected ones" in made.notes) == noted


def test_self_loops_go_and_are_noted():
    made = graph([(0, 0), (0, 1)])
    assert made.adjacency.counts.tolist() == [1, 1, 0]
    assert made.notes[0] == "self loops were dropped: the networks add one to every node"


def test_without_features_a_node_is_whom_it_knows():
    made = graph([(0, 1), (1, 2)])
    assert (made.features.pairs() == made.adjacency.pairs()).all()
    assert made.notes[-1].startswith("it has no features, so those of a node are its row")


def test_classes_keep_their_names_if_their_number_is_right():
    labels = np.array([0, 1, 1])
    edges = [(0, 1), (1, 2)]
    assert graph(edges, labels=labels, class_names=("a", "b")).class_names == ("a", "b")
    assert graph(edges, labels=labels, class_names=("a",)).class_names == ("class 0", "class 1")


@pytest.mark.parametrize(
    ("sizes", "sentence"),
    [
        ((0, 1, 1), "g is a graph without nodes; there is nothing to certify in it."),
        ((10**6, 1, 1), "g has 1,000,000 nodes; at most 500,000 open here."),
        ((1, 10**6, 1), "g has 1,000,000 features; at most 100,000 open here."),
        ((1, 1, 10**8), "g has 100,000,000 edges; at most 20,000,000 open here."),
    ],
)
def test_sizes_are_bounded(sizes, sentence):
    with pytest.raises(UserError) as caught:
        check_size("g", *sizes)
    assert str(caught.value) == sentence


def test_a_graph_of_loops_alone_has_no_edges():
    with pytest.raises(UserError, match=r"^g\.json is a graph without edges"):
        graph([(1, 1)])


def labels(*sizes: int) -> np.ndarray:
    return np.repeat(np.arange(len(sizes)), sizes)


def test_a_citation_graph_gives_twenty_of_each_class_and_a_tenth_of_the_rest():
    given = labels(348, 393, 440, 407, 781, 150, 291)  # the class sizes of Cora-ML
    parts = split(given)
    assert len(parts.train) == len(parts.validation) == 7 * 20
    assert len(parts.test) == 253  # as published (Scholten et al. 2023)
    assert (np.bincount(given[list(parts.train)]) == 20).all()
    assert (np.bincount(given[list(parts.validation)]) == 20).all()
    whole = [*parts.train, *parts.validation, *parts.test, *parts.unlabelled]
    assert sorted(whole) == list(range(2810))


def test_a_small_graph_tests_everything_that_does_not_train():
    parts = split(labels(17, 17))
    assert [len(part) for part in (parts.train, parts.validation, parts.test)] == [8, 8, 18]
    assert parts.unlabelled == ()


def test_the_order_is_that_of_the_digest():
    given = labels(40)
    first = min(range(40), key=lambda n: hashlib.sha256(f"seed 3 node {n}".encode()).digest())
    assert first in split(given, seed=3).train


def test_another_seed_is_another_split():
    given = labels(17, 17)
    assert split(given, seed=1) == split(given, seed=1) != split(given, seed=2)


def test_a_class_of_one_node_trains():
    parts = split(labels(1, 8))
    assert 0 in parts.train and 0 not in parts.test
