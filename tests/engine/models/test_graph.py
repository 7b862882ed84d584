"""Against independent computations: dense matrices, and a loop over nodes for attention."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from engine.core.errors import UserError
from engine.inputs import fit, load_input
from engine.inputs.node import load_graph
from engine.models import ModelRequest, load_model
from engine.models.graph import (
    GraphAttention,
    GraphClassifier,
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


CPU = torch.device("cpu")


def network(kind: str = "gat", inputs: int = 34, *, token: bool = False) -> GraphNetwork:
    torch.manual_seed(0)
    made = GraphNetwork(kind, inputs, 2, token=token).eval()
    for parameter in made.parameters():
        parameter.data += 0.1 * torch.randn_like(parameter)
    return made


def saved(path: Path, made: GraphNetwork, **header: str) -> Path:
    facts = {"architecture": "gat", "classes": json.dumps(["Mr. Hi", "Officer"])} | header
    save_file(made.state_dict(), path, {k: v for k, v in facts.items() if v})
    return path


def opened(path: Path, **more: str) -> GraphClassifier:
    classifier = load_model(ModelRequest(str(path), **more))
    assert isinstance(classifier, GraphClassifier)
    return classifier


@pytest.mark.parametrize("kind", ["gcn", "gat"])
@pytest.mark.parametrize("indicator", [False, True])
def test_a_neighbourhood_answers_as_the_whole_graph(tmp_path: Path, kind: str, indicator: bool):
    """For every member: scores from its two hops equal those of the whole club, to rounding."""
    graph = load_graph("karate")
    made = network(kind, 34 + indicator)
    header = {"architecture": kind, "encoding": "indicator" if indicator else "plain"}
    classifier = opened(saved(tmp_path / "m.safetensors", made, **header))
    sources, targets = torch.from_numpy(graph.adjacency.pairs())
    over = messages(sources, targets, torch.from_numpy(graph.adjacency.counts), 34)
    noisy = (torch.rand(3, 34, 34 + indicator) < 0.2).float()
    whole = made(noisy, over, over)
    for node in range(34):
        fitted = fit(load_input(f"karate:{node}"), classifier.identity)
        bound = classifier.bound_to(fitted)
        bound.prepare(CPU, "fp32")
        part = bound.scores(noisy[:, torch.from_numpy(fitted.context.nodes)])
        assert torch.allclose(part, whole[:, node], atol=1e-5)


def test_the_identity_says_what_was_certified(tmp_path: Path):
    scheme = {"key": "gaussian", "sigma": 0.25}
    path = saved(
        tmp_path / "m.safetensors",
        network(inputs=35),
        encoding="indicator",
        training_scheme=json.dumps(scheme),
    )
    path.with_suffix(".json").write_text(json.dumps({"name": "karate, GAT"}))
    identity = opened(path).identity
    assert identity.name == "karate, GAT" and identity.architecture == "gat"
    assert identity.kind == "graph" and identity.input_shape == (0, 35)
    assert identity.encoding == "indicator" and identity.training_scheme == scheme
    assert identity.class_names == ("Mr. Hi", "Officer")
    assert identity.parameters == 64 * 35 + 3 * 64 + 64 * 2 + 3 * 2


def test_a_token_needs_the_indicator_and_is_no_feature(tmp_path: Path):
    made = network("gcn", token=True)
    path = saved(tmp_path / "m.safetensors", made, architecture="gcn", encoding="indicator")
    assert opened(path).identity.input_shape == (0, 35)
    path = saved(tmp_path / "n.safetensors", made, architecture="gcn")
    with pytest.raises(UserError, match="those with an ablation token 'indicator'"):
        opened(path)


def test_names_of_classes_from_a_file_win(tmp_path: Path):
    (tmp_path / "names").write_text("a\nb\n")
    path = saved(tmp_path / "m.safetensors", network())
    request = ModelRequest(str(path), class_names=tmp_path / "names")
    assert load_model(request).identity.class_names == ("a", "b")
    path = saved(tmp_path / "n.safetensors", network(), classes="[[")
    assert opened(path).identity.class_names == ("class 0", "class 1")


def test_a_model_without_a_node_says_what_to_give(tmp_path: Path):
    classifier = opened(saved(tmp_path / "m.safetensors", network()))
    classifier.prepare(CPU, "fp32")
    with pytest.raises(UserError, match=r"classifies nodes of a graph; name one first"):
        classifier.scores(torch.zeros(1, 3, 34))
    digit = load_input("digits:7")
    with pytest.raises(UserError, match=r"takes a node of a graph, .*; digits:7 is an image\.$"):
        fit(digit, classifier.identity)


def test_precisions_and_giving_back(tmp_path: Path):
    classifier = opened(saved(tmp_path / "m.safetensors", network()))
    bound = classifier.bound_to(fit(load_input("karate:0"), classifier.identity))
    x = torch.from_numpy(fit(load_input("karate:0"), classifier.identity).pixels)[None]
    bound.prepare(CPU, "fp32")
    single = bound.scores(x)
    bound.prepare(CPU, "bf16")
    half = bound.scores(x)
    assert half.dtype == torch.float32 and torch.allclose(single, half, atol=0.1)
    with pytest.raises(UserError, match="fp16 does not work on the CPU"):
        bound.prepare(CPU, "fp16")
    bound.unload()
    with pytest.raises(UserError):
        bound.scores(x)


def test_a_prepared_model_binds_prepared(tmp_path: Path):
    classifier = opened(saved(tmp_path / "m.safetensors", network()))
    classifier.prepare(CPU, "fp32")
    fitted = fit(load_input("karate:0"), classifier.identity)
    bound = classifier.bound_to(fitted)
    assert bound.scores(torch.zeros(1, 26, 34)).shape == (1, 2)
    assert bound.bound_to(fitted) is bound
    other = bound.bound_to(fit(load_input("karate:16"), classifier.identity))
    assert other is not bound and other.scores(torch.zeros(2, 6, 34)).shape == (2, 2)


def test_scores_repeat_bit_for_bit(tmp_path: Path):
    classifier = opened(saved(tmp_path / "m.safetensors", network()))
    bound = classifier.bound_to(fit(load_input("karate:0"), classifier.identity))
    bound.prepare(CPU, "fp32")
    x = (torch.rand(5, 26, 34) < 0.2).float()
    assert torch.equal(bound.scores(x), bound.scores(x))


@pytest.mark.parametrize(
    ("change", "header", "words"),
    [
        (lambda t: t.pop("second.bias"), {}, "holds no weights of a GAT of 2 layers"),
        (lambda t: t.pop("first.bias"), {}, "the tensor first.bias is missing"),
        (lambda t: t.update(x=torch.ones(9)), {}, "holds the tensor x, which GAT does not have"),
        (
            lambda t: t.update({"second.bias": torch.zeros(100_000)}),
            {},
            "its tensor second.source has the shape 1 x 2 instead of 1 x 100000",
        ),
        (
            lambda t: t.update({"first.bias": torch.zeros(65)}),
            {},
            "its tensor first.bias has the shape 65 instead of 64",
        ),
        (
            lambda t: t.update({"first.source": torch.zeros(7, 8)}),
            {},
            "holds no weights of a GAT of 2 layers",
        ),
        (lambda t: None, {"encoding": "complement"}, "states the encoding 'complement'"),
    ],
)
def test_files_that_fit_no_network(tmp_path: Path, change, header, words):
    tensors = network().state_dict()
    change(tensors)
    path = tmp_path / "m.safetensors"
    save_file(tensors, path, {"architecture": "gat"} | header)
    with pytest.raises(UserError) as caught:
        opened(path)
    assert words in str(caught.value) and str(caught.value).startswith(str(path))


def test_another_architecture_than_the_files_is_refused(tmp_path: Path):
    path = saved(tmp_path / "m.safetensors", network())
    with pytest.raises(UserError, match=r"says that it is a gat, not a 'resnet50'\.$"):
        opened(path, arch="resnet50")


@pytest.mark.parametrize(
    "stated", ["{", '{"p": 1}', "[]", '{"key": "unheard-of"}', '{"key": "gaussian", "sigma": "x"}']
)
def test_a_training_noise_that_is_not_known_is_noted(tmp_path: Path, stated: str):
    path = saved(tmp_path / "m.safetensors", network(), training_scheme=stated)
    identity = opened(path).identity
    assert identity.training_scheme is None
    assert len(identity.notes) == 1


def test_not_a_number_votes_for_no_class(tmp_path: Path):
    made = network()
    made.second.bias.data[0] = np.nan
    classifier = opened(saved(tmp_path / "m.safetensors", made))
    bound = classifier.bound_to(fit(load_input("karate:0"), classifier.identity))
    bound.prepare(CPU, "fp32")
    assert bound.classify(torch.zeros(2, 26, 34)).tolist() == [-1, -1]
