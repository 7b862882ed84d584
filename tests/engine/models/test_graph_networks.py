"""Against independent computations: dense matrices, and a loop over nodes for attention."""

import numpy as np
import pytest
import torch

from engine.inputs.node import load_graph
from engine.models.graph_networks import (
    GraphAttention,
    GraphConvolution,
    GraphNetwork,
    Messages,
    messages,
    summed,
)


def karate() -> tuple[np.ndarray, Messages]:
    graph = load_graph("karate")
    sources, targets = torch.from_numpy(graph.adjacency.pairs())
    degrees = torch.from_numpy(graph.adjacency.counts)
    return graph.adjacency.dense(np.arange(34)).astype(float), messages(
        sources, targets, degrees, 34
    )


def test_sums_are_those_of_a_loop():
    _, over = karate()
    values = torch.randn(3, len(over.sources), 2, generator=torch.Generator().manual_seed(0))
    expected = torch.zeros(3, 34, 2)
    for message, target in enumerate(over.targets):
        expected[:, target] += values[:, message]
    assert torch.allclose(summed(values, over), expected, atol=1e-5)


def test_messages_go_only_to_the_receivers_and_come_by_target():
    made = messages(torch.tensor([1, 2, 0]), torch.tensor([0, 1, 2]), torch.tensor([1, 1, 1]), 2)
    assert made.targets.tolist() == [0, 0, 1, 1]
    assert sorted(zip(made.sources.tolist(), made.targets.tolist(), strict=True)) == [
        (0, 0),
        (1, 0),
        (1, 1),
        (2, 1),
    ]
    assert torch.allclose(made.weights, torch.full((4,), 0.5))


def test_a_graph_convolution_is_kipf_and_wellings():
    adjacency, over = karate()
    torch.manual_seed(0)
    layer = GraphConvolution(5, 3)
    layer.bias.data.normal_()
    x = torch.randn(2, 34, 5)
    loops = adjacency + np.eye(34)
    scale = np.diag(loops.sum(1) ** -0.5)
    weight, bias = layer.weight.detach().double().numpy(), layer.bias.detach().double().numpy()
    expected = (scale @ loops @ scale) @ x.double().numpy() @ weight.T + bias
    assert np.allclose(layer(x, over).detach().numpy(), expected, atol=1e-5)


def test_graph_attention_is_velickovics():
    adjacency, over = karate()
    torch.manual_seed(0)
    layer = GraphAttention(5, 3, 2)
    layer.bias.data.normal_()
    x = torch.randn(1, 34, 5)
    hidden = (x[0] @ layer.weight.T).view(34, 2, 3).detach().numpy()
    source, target = layer.source.detach().numpy(), layer.target.detach().numpy()
    expected = np.zeros((34, 2, 3))
    for node in range(34):
        near = [*np.nonzero(adjacency[node])[0], node]
        for head in range(2):
            logits = hidden[near, head] @ source[head] + hidden[node, head] @ target[head]
            logits = np.where(logits > 0, logits, 0.2 * logits)
            attention = np.exp(logits) / np.exp(logits).sum()
            expected[node, head] = attention @ hidden[near, head]
    expected = expected.reshape(34, 6) + layer.bias.detach().numpy()
    assert np.allclose(layer(x, over)[0].detach().numpy(), expected, atol=1e-5)


def test_attention_stays_finite_where_scores_are_large():
    _, over = karate()
    layer = GraphAttention(1, 1, 1)
    for parameter in layer.parameters():
        parameter.data.fill_(100.0)
    assert torch.isfinite(layer(100 * torch.ones(1, 34, 1), over)).all()


@pytest.mark.parametrize("kind", ["gcn", "gat"])
def test_a_batch_is_classified_as_its_samples_are(kind: str):
    _, over = karate()
    torch.manual_seed(0)
    network = GraphNetwork(kind, 34, 2).eval()
    x = (torch.rand(4, 34, 34) < 0.1).float()
    together = network(x, over, over)
    apart = torch.cat([network(one[None], over, over) for one in x])
    assert together.shape == (4, 34, 2) and torch.allclose(together, apart, atol=1e-5)


def test_a_token_replaces_the_rows_that_are_marked():
    _, over = karate()
    network = GraphNetwork("gcn", 34, 2, token=True).eval()
    x = (torch.rand(1, 34, 34) < 0.1).float()
    marked = torch.zeros(1, 34, 1)
    marked[0, 5] = 1
    replaced = x.clone()
    assert network.token is not None
    replaced[0, 5] = network.token[0]
    network_without = GraphNetwork("gcn", 34, 2).eval()
    weights = {key: value for key, value in network.state_dict().items() if key != "token"}
    network_without.load_state_dict(weights)
    with_token = network(torch.cat([x, marked], 2), over, over)
    assert torch.allclose(with_token, network_without(replaced, over, over))


def test_dropout_is_off_outside_training():
    _, over = karate()
    network = GraphNetwork("gat", 34, 2)
    network.drop(hidden=0.5, attention=0.2)
    x = torch.eye(34)[None]
    assert not torch.equal(network(x, over, over), network(x, over, over))
    network.eval()
    assert torch.equal(network(x, over, over), network(x, over, over))
