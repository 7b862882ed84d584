import json
from pathlib import Path

import pytest
import torch

from engine.core.resources import assets
from engine.inputs import expand, load_input
from engine.inputs.node import load_graph
from engine.models.graph import GraphNetwork
from engine.schemes import Gaussian, parse_scheme
from engine.schemes.hierarchical_gaussian import HierarchicalGaussian
from engine.training.digits import part
from engine.training.graph_data import views
from engine.training.graph_noise import GraphNoise
from engine.training.measure import (
    accuracy,
    certified_accuracy,
    node_accuracy,
    smoothed_accuracy,
)
from engine.training.writing import safetensors_bytes

MODELS = assets() / "models"


class Constant(torch.nn.Module):
    """Always answers 3."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.eye(10)[3].expand(len(x), 10)


class Shown(Constant):
    """Remembers what it was shown."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.seen = x
        return super().forward(x)


def test_accuracy_of_a_constant_is_the_share_of_its_class():
    _, labels = part("test")
    expected = float((labels == 3).float().mean())
    assert accuracy(Constant(), part("test")) == pytest.approx(expected, abs=1e-4)


def test_the_clean_image_is_encoded():
    network, (pixels, labels) = Shown(), part("test")
    accuracy(network, (pixels[:4], labels[:4]), "indicator")
    assert torch.equal(network.seen[:, :1], pixels[:4]) and not network.seen[:, 1].any()
    accuracy(network, (pixels[:4], labels[:4]), "complement")
    assert torch.equal(network.seen[:, 1:], 1 - pixels[:4])


@pytest.mark.thorough
def test_the_curve_falls_and_holds_the_mean():
    found = certified_accuracy(
        MODELS / "digits-0.25.safetensors",
        expand("digits")[:10],
        Gaussian(sigma=0.25),
        [{"radius": radius} for radius in (0.0, 0.2, 0.5, 5.0)],
        n0=20,
        n=200,
        alpha=0.001,
    )
    shares = [cell["share"] for cell in found["cells"]]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] == found["right"] >= 0.7 and shares[-1] == 0.0
    assert 0.1 < found["acr"] < 0.25 * 3.8
    assert (found["bound"], found["inputs"]) == ("clopper-pearson", 10)


@pytest.mark.thorough
def test_a_staircase_falls_in_both_directions_and_has_no_mean_radius():
    found = certified_accuracy(
        MODELS / "digits-hierarchical.safetensors",
        expand("digits")[:8],
        HierarchicalGaussian(sigma=0.25, p=0.9),
        [{"entities": r, "epsilon": e} for r in (1.0, 2.0) for e in (0.1, 0.3)],
        n0=20,
        n=500,
        alpha=0.001,
    )
    (one, one_far), (two, two_far) = [
        [cell["share"] for cell in found["cells"] if cell["at"]["entities"] == r] for r in (1, 2)
    ]
    assert found["right"] >= one >= max(one_far, two) and min(one_far, two) >= two_far
    assert one > 0 and "acr" not in found and found["bound"] == "two-class"


ABLATION = GraphNoise("ablation", p=0.5)


def constant(answer: int, width: int = 34) -> GraphNetwork:
    """Answers one class whatever it sees."""
    network = GraphNetwork("gcn", width, 2).eval()
    for parameter in network.parameters():
        parameter.data.zero_()
    network.second.bias.data[answer] = 1.0
    return network


@pytest.mark.parametrize("answer", [0, 1])
def test_accuracy_over_nodes_of_a_constant_is_the_share_of_its_class(answer: int):
    view = views(load_graph("karate"), seed=0).test
    share = float((view.labels == answer).float().mean())
    network = constant(answer, 35)
    assert node_accuracy(network, view, ABLATION) == pytest.approx(share, abs=1e-4)
    smoothed = smoothed_accuracy(network, view, ABLATION, draws=3, seed=0)
    assert smoothed == pytest.approx(share, abs=1e-4)


def test_a_constant_is_certified_as_far_as_its_votes_reach(tmp_path: Path):
    """p_lower of 200 agreeing votes is about 0.98, so Delta = 1 - p^r must stay below 0.48."""
    header = {
        "architecture": "gcn",
        "encoding": "indicator",
        "classes": json.dumps(["class 0", "class 1"]),
    }
    path = tmp_path / "m.safetensors"
    path.write_bytes(safetensors_bytes(constant(1, 35).state_dict(), header))
    specs = expand("karate")[:6]
    found = certified_accuracy(
        path,
        specs,
        parse_scheme({"key": "ablation", "p": 0.8}),
        [{"entities": 2}, {"entities": 3}],
        n0=10,
        n=200,
        alpha=0.01,
    )
    right = sum(load_input(spec).label == 1 for spec in specs) / 6
    assert found["right"] == pytest.approx(right, abs=1e-4) and found["abstained"] == 0.0
    assert [cell["share"] for cell in found["cells"]] == [found["right"], 0.0]
    assert found["inputs"] == 6 and found["n"] == 200 and found["cells"][0]["at"] == {"entities": 2}


def test_smoothed_accuracy_repeats():
    view = views(load_graph("karate"), seed=0).test
    torch.manual_seed(0)
    network = GraphNetwork("gat", 35, 2)
    one, two = (smoothed_accuracy(network, view, ABLATION, draws=5, seed=7) for _ in range(2))
    assert one == two
