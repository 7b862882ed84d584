import numpy as np
import pytest
import torch

from engine.evidence.settings import RunSettings
from engine.explain.quantize import in_steps, speaks_of_steps


@pytest.mark.parametrize(("norm", "order"), [("l1", 1), ("l2", 2), ("linf", np.inf)])
@pytest.mark.parametrize("size", [64, 50_000])
@pytest.mark.parametrize("radius", [0.1, 127 / 255, 2.0])
def test_whole_steps_within_the_radius(norm, order, size, radius):
    """However many numbers there are, most of the norm is kept and none of it exceeded."""
    direction = torch.from_numpy(np.random.default_rng(size).normal(size=size)).float()
    change = radius * direction / torch.linalg.vector_norm(direction, ord=order)
    found = in_steps(change, norm=norm, radius=radius)
    steps = found.double() * 255
    assert (steps - steps.round()).abs().max() < 1e-4
    reached = float(torch.linalg.vector_norm(found.double(), ord=order))
    assert reached <= radius * (1 + 1e-6)
    assert reached >= radius - 1 / 255 * 1.01 - 1e-9
    assert (found * change >= 0).all()


def test_only_claims_about_8_bit_images_speak_of_steps():
    ablation = {"scheme": {"key": "ablation", "entities": 64, "keep": 6}, "noise": "exact"}
    for values, expected in (
        ({}, False),
        ({"noise": "exact"}, True),
        ({"scheme": {"key": "dssn-l1"}}, True),
        ({"scheme": {"key": "uniform-l1"}}, True),
        (ablation, False),
    ):
        assert speaks_of_steps(RunSettings.model_validate(values)) is expected
