import pytest
import torch

from engine.inputs.node import load_graph
from engine.training.graph_data import views
from engine.training.graph_loop import GraphRecipe, train
from engine.training.graph_noise import GraphNoise
from engine.training.measure import node_accuracy

HIERARCHICAL = GraphNoise("hierarchical-sparse", p=0.8, p_plus=0.05, p_minus=0.6)


@pytest.mark.parametrize("arch", ["gat", "gcn"])
def test_a_network_learns_the_two_clubs(arch):
    parts = views(load_graph("karate"), seed=0)
    recipe = GraphRecipe(arch, epochs=300, learning_rate=0.01)
    result = train(parts, 2, recipe)
    assert node_accuracy(result.network, parts.test, recipe.noise) > 0.8


def test_the_same_recipe_gives_the_same_weights():
    parts = views(load_graph("karate"), seed=0)
    recipe = GraphRecipe(noise=HIERARCHICAL, epochs=5)
    one, two = (train(parts, 2, recipe).network.state_dict() for _ in range(2))
    assert all(torch.equal(one[key], two[key]) for key in one)
    other = train(parts, 2, GraphRecipe(noise=HIERARCHICAL, epochs=5, seed=1)).network
    assert not torch.equal(other.state_dict()["first.weight"], one["first.weight"])


def test_training_stops_when_validation_gets_no_better():
    parts = views(load_graph("karate"), seed=0)
    recipe = GraphRecipe(epochs=1000, patience=3, learning_rate=0.3)
    result = train(parts, 2, recipe)
    assert result.epoch < 900 and not result.network.training


@pytest.mark.parametrize(
    ("name", "inputs", "token"),
    [
        ("clean", 34, False),
        ("sparse", 34, False),
        ("hierarchical-sparse", 35, False),
        ("ablation", 34, True),
    ],
)
def test_the_network_takes_what_the_noise_gives(name, inputs, token):
    parts = views(load_graph("karate"), seed=0)
    noise = GraphNoise(name, p=0.8, p_plus=0.05, p_minus=0.6)
    network = train(parts, 2, GraphRecipe(noise=noise, epochs=1)).network
    assert network.first.weight.shape[1] == inputs and (network.token is not None) == token
