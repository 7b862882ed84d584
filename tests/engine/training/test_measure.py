import pytest
import torch

from engine.core.resources import assets
from engine.inputs.digits import held_out
from engine.schemes import Gaussian
from engine.schemes.hierarchical_gaussian import HierarchicalGaussian
from engine.training.digits import part
from engine.training.measure import accuracy, certified_accuracy

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


def test_the_curve_falls_and_holds_the_mean():
    found = certified_accuracy(
        MODELS / "digits-0.25.safetensors",
        held_out()[:10],
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


def test_a_staircase_falls_in_both_directions_and_has_no_mean_radius():
    found = certified_accuracy(
        MODELS / "digits-hierarchical.safetensors",
        held_out()[:8],
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
