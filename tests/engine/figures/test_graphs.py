import pytest
from pydantic import ValidationError

from engine.figures.graphs import GraphNode, NeighbourhoodFigure


def test_a_neighbourhood_is_frozen_and_closed():
    node = GraphNode(number=4, name="node 4", hops=0, label=None, x=0.0, y=0.0)
    figure = NeighbourhoodFigure(nodes=(node,), edges=(), class_names=(), features=3)
    assert figure.nodes[0].name == "node 4"
    with pytest.raises(ValidationError):
        figure.features = 4
