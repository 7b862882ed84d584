import networkx as nx
import numpy as np
import pytest

from engine.core.errors import UserError
from engine.inputs.graph import Parts, assembled
from engine.inputs.node import load_graph
from engine.training.graph_data import views


def test_training_sees_neither_validation_nor_test_nodes():
    graph, club = load_graph("karate"), nx.karate_club_graph()
    found = views(graph, seed=0)
    split = found.parts
    seen = sorted(split.train + split.unlabelled)
    for view, nodes in (
        (found.train, seen),
        (found.validation, sorted([*seen, *split.validation])),
        (found.test, list(range(34))),
    ):
        assert view.features.tolist() == graph.adjacency.dense(np.array(nodes)).tolist()
        edges = zip(view.over.sources.tolist(), view.over.targets.tolist(), strict=True)
        pairs = {(nodes[a], nodes[b]) for a, b in edges if a != b}
        induced = club.subgraph(nodes).edges
        assert pairs == {*induced, *((b, a) for a, b in induced)}
        degree = np.array([club.subgraph(nodes).degree(node) for node in nodes]) + 1.0
        weights = 1 / np.sqrt(degree[view.over.sources] * degree[view.over.targets])
        assert np.allclose(view.over.weights.numpy(), weights)


def test_labels_are_those_of_the_part():
    graph = load_graph("karate")
    found = views(graph, seed=3)
    for view, part in (
        (found.train, found.parts.train),
        (found.validation, found.parts.validation),
        (found.test, found.parts.test),
    ):
        assert view.labels.tolist() == graph.labels[list(part)].tolist()
    assert found.test.rows.tolist() == list(found.parts.test)  # the test view is the whole graph


@pytest.mark.parametrize(
    ("labels", "words"),
    [(None, "g has no labels to learn from"), (np.array([0, 1, 2]), "g has too few nodes of each")],
)
def test_graphs_that_nothing_can_be_learned_on(labels, words):
    parts = Parts(3, np.array([[0, 1], [1, 2]]), None, 0, labels)
    with pytest.raises(UserError) as caught:
        views(assembled(parts, name="g", source="g", sha256="0"), seed=0)
    assert str(caught.value).startswith(words)
