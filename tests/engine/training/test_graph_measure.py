import json
from pathlib import Path

import pytest
import torch

from engine.inputs.node import expand, load, load_graph
from engine.models.graph_networks import GraphNetwork
from engine.training.graph_data import views
from engine.training.graph_measure import certified_accuracy, clean_accuracy, smoothed_accuracy
from engine.training.graph_noise import GraphNoise
from engine.training.weights import safetensors_bytes

ABLATION = GraphNoise("ablation", p=0.5)


def constant(answer: int, width: int = 34) -> GraphNetwork:
    """Answers one class whatever it sees."""
    network = GraphNetwork("gcn", width, 2).eval()
    for parameter in network.parameters():
        parameter.data.zero_()
    network.second.bias.data[answer] = 1.0
    return network


@pytest.mark.parametrize("answer", [0, 1])
def test_accuracy_of_a_constant_is_the_share_of_its_class(answer: int):
    view = views(load_graph("karate"), seed=0).test
    share = float((view.labels == answer).float().mean())
    network = constant(answer, 35)
    assert clean_accuracy(network, view, ABLATION) == pytest.approx(share, abs=1e-4)
    smoothed = smoothed_accuracy(network, view, ABLATION, draws=3, seed=0)
    assert smoothed == pytest.approx(share, abs=1e-4)


def test_a_constant_is_certified_as_far_as_its_votes_reach(tmp_path: Path):
    """p_lower of 200 agreeing votes is about 0.98, so Delta = 1 - p^r must stay below 0.48."""
    header = {"architecture": "gcn", "encoding": "indicator", "classes": json.dumps(["a", "b"])}
    path = tmp_path / "m.safetensors"
    path.write_bytes(safetensors_bytes(constant(1, 35).state_dict(), header))
    specs = expand("karate")[:6]
    found = certified_accuracy(
        path,
        specs,
        {"key": "ablation", "p": 0.8},
        [{"entities": 2}, {"entities": 3}],
        n0=10,
        n=200,
        alpha=0.01,
    )
    right = sum(load(spec).label == 1 for spec in specs) / 6
    assert found["right"] == pytest.approx(right, abs=1e-4) and found["abstained"] == 0.0
    assert [cell["share"] for cell in found["cells"]] == [found["right"], 0.0]
    assert found["inputs"] == 6 and found["n"] == 200 and found["cells"][0]["at"] == {"entities": 2}


def test_smoothed_accuracy_repeats():
    view = views(load_graph("karate"), seed=0).test
    torch.manual_seed(0)
    network = GraphNetwork("gat", 35, 2)
    one, two = (smoothed_accuracy(network, view, ABLATION, draws=5, seed=7) for _ in range(2))
    assert one == two
