import pytest
import torch

from engine.inputs.digits import split
from engine.resources import assets
from engine.training.digits import part
from engine.training.measure import accuracy, certified_accuracy


class Constant(torch.nn.Module):
    """Always answers 3."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.eye(10)[3].expand(len(x), 10)


def test_accuracy_of_a_constant_is_the_share_of_its_class():
    _, labels = part("test")
    expected = float((labels == 3).float().mean())
    assert accuracy(Constant(), part("test")) == pytest.approx(expected, abs=1e-4)


def test_the_curve_falls_and_holds_the_mean():
    found = certified_accuracy(
        assets() / "models" / "digits-0.25.safetensors",
        split()["test"][:10],
        0.25,
        (0.0, 0.2, 0.5, 5.0),
        n0=20,
        n=200,
        alpha=0.001,
    )
    curve = list(found["curve"].values())
    assert curve == sorted(curve, reverse=True)
    assert curve[0] >= 0.7 and curve[-1] == 0.0
    assert 0.1 < found["acr"] < 0.25 * 3.8
