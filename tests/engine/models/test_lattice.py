from __future__ import annotations

import pytest
import torch

from engine.core.errors import UserError
from engine.evidence.evidence import Evidence
from engine.evidence.settings import CertifySettings
from engine.inputs import fit, load_input
from engine.models import ModelRequest, load_model
from engine.models.base import Classifier
from engine.noise.gaussian import NoiseStream
from engine.procedures.certify import certify
from engine.schemes import Gaussian
from tests.fakes import finish

DISTANCE = 3**0.5 * (1 - 117 / 255)
"""Between the two images: three pixels, each from 1.0 to 117/255."""


@pytest.fixture
def attack() -> Classifier:
    return load_model(ModelRequest("demo:lattice-attack"))


def run(attack: Classifier, image: str, noise: str, *, sigma: float, n: int) -> Evidence:
    fitted = fit(load_input(f"lattice:{image}"), attack.identity)
    settings = CertifySettings(n=n, scheme=Gaussian(sigma=sigma), noise=noise)
    return finish(certify(attack, fitted, settings))


SETTINGS = [(0.25, 100_000), (0.5, 20_000)]


@pytest.mark.walk
@pytest.mark.parametrize(("sigma", "n"), SETTINGS)
def test_float_noise_certifies_a_false_radius(attack: Classifier, sigma: float, n: int) -> None:
    """The counterexample lies inside the certified ball and has another smoothed answer."""
    lit = run(attack, "lit", "float", sigma=sigma, n=n)
    assert lit.class_name == "lit" and lit.radius is not None
    assert lit.radius > DISTANCE
    dimmed = run(attack, "dimmed", "float", sigma=sigma, n=n)
    assert (dimmed.outcome, dimmed.class_name) == ("certified", "dimmed")


@pytest.mark.walk
@pytest.mark.parametrize(("sigma", "n"), SETTINGS)
def test_exact_noise_certifies_nothing_false(attack: Classifier, sigma: float, n: int) -> None:
    lit = run(attack, "lit", "exact", sigma=sigma, n=n)
    dimmed = run(attack, "dimmed", "exact", sigma=sigma, n=n)
    assert lit.noise.arithmetic == dimmed.noise.arithmetic == "exact grid"
    if lit.predicted_class != dimmed.predicted_class:
        assert (lit.radius or 0.0) + (dimmed.radius or 0.0) <= DISTANCE


def test_one_plus_any_float_noise_is_on_the_lattice_and_less_is_often_not() -> None:
    attack = load_model(ModelRequest("demo:lattice-attack"))
    batch = torch.empty(50_000, 1, 8, 8)
    shares = []
    for value in (1.0, 117 / 255):
        NoiseStream(1, 2).gaussian_(batch, torch.full((1, 8, 8), value), sigma=0.25, start=0)
        shares.append(float((attack.classify(batch) == 1).float().mean()))
    assert shares[0] == 1.0
    assert 0.35 < shares[1] < 0.45


def test_it_reads_float32_alone(attack: Classifier) -> None:
    attack.prepare(torch.device("cpu"), "fp32")
    with pytest.raises(UserError) as caught:
        attack.prepare(torch.device("cpu"), "bf16")
    assert str(caught.value) == (
        "Precision bf16 does not work for the lattice attack, which reads the bits of float32 "
        "numbers; choose fp32."
    )
    assert not attack.differentiable
