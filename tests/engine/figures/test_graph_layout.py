import math

import networkx as nx
import numpy as np
import pytest

from engine.figures.graph_layout import named_by, neighbourhood_figure, positions
from engine.inputs.graph import Parts, assembled
from engine.inputs.node import load_graph, neighbourhood


@pytest.mark.parametrize("node", [0, 11, 16])
def test_nodes_and_edges_are_those_of_the_induced_graph(node: int):
    graph, club = load_graph("karate"), nx.karate_club_graph()
    figure = neighbourhood_figure(graph, node)
    numbers = [each.number for each in figure.nodes]
    assert numbers == neighbourhood(graph, node).nodes.tolist() and numbers[0] == node
    drawn = {frozenset((numbers[a], numbers[b])) for a, b in figure.edges}
    assert drawn == {frozenset(edge) for edge in club.subgraph(numbers).edges}
    assert len(drawn) == len(figure.edges)
    assert figure.features == 34 and figure.class_names == ("Mr. Hi", "Officer")
    clubs = [figure.class_names[each.label] for each in figure.nodes]
    assert clubs == [club.nodes[number]["club"] for number in numbers]


def test_the_image_is_always_the_same():
    graph = load_graph("karate")
    assert neighbourhood_figure(graph, 5) == neighbourhood_figure(graph, 5)


def test_the_node_is_in_the_middle_and_rings_are_distances():
    figure = neighbourhood_figure(load_graph("karate"), 11)
    radius = [math.hypot(each.x, each.y) for each in figure.nodes]
    assert radius[0] == 0.0 and max(radius) <= 1 + 1e-9
    first = [r for r, each in zip(radius, figure.nodes, strict=True) if each.hops == 1]
    second = [r for r, each in zip(radius, figure.nodes, strict=True) if each.hops == 2]
    assert max(first) < min(second)


@pytest.mark.parametrize("node", range(0, 34, 5))
def test_no_two_nodes_lie_on_each_other(node: int):
    figure = neighbourhood_figure(load_graph("karate"), node)
    places = np.array([(each.x, each.y) for each in figure.nodes])
    gaps = np.linalg.norm(places[:, None] - places, axis=2) + 10 * np.eye(len(places))
    assert gaps.min() > 0.02


def test_children_share_their_parents_sector_and_do_not_cross():
    hops = np.array([0, 1, 1, 2, 2, 2])
    places = positions(hops, ((0, 1), (0, 2), (1, 3), (1, 4), (2, 5)))
    angle = np.mod(np.arctan2(places[:, 1], places[:, 0]), 2 * np.pi)
    order = np.argsort(angle[3:]).tolist()
    assert order in ([0, 1, 2], [1, 2, 0], [2, 0, 1])
    apart = abs(np.angle(np.exp(1j * (angle[5] - angle[2]))))
    assert apart < 1e-9  # an only child lies straight behind its parent


def test_a_crowded_ring_steps_in_and_out():
    star = ((0, leaf) for leaf in range(1, 61))
    places = positions(np.array([0] + [1] * 60), tuple(star))
    assert len(set(np.round(np.linalg.norm(places[1:], axis=1), 6))) == 3


def test_a_node_alone_is_drawn_alone():
    parts = Parts(3, np.array([[0], [1]]), None, 0)
    graph = assembled(parts, name="g", source="g", sha256="0")
    figure = neighbourhood_figure(graph, 2)
    assert len(figure.nodes) == 1 and figure.edges == () and figure.nodes[0].label is None


def test_labels_are_numbered_as_the_model_numbers_its_classes():
    """Of the same names in another order; a label that is no class has none."""
    graph = load_graph("karate")
    figure = neighbourhood_figure(graph, 12)
    first, second = graph.class_names
    found = named_by(figure, ("other", second, first))
    assert found.class_names == ("other", second, first)
    for before, after in zip(figure.nodes, found.nodes, strict=True):
        assert found.class_names[after.label] == figure.class_names[before.label]
    lost = named_by(figure, ("other", second, "third"))
    assert {node.label for node in lost.nodes} == {None, 1}
