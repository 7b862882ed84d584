import numpy as np
import pytest

from engine.core.errors import UserError
from engine.inputs.graph import Graph, Parts, assembled, check_size


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
