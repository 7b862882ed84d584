from __future__ import annotations

import time

import pytest
import torch

from engine.core.errors import UserError
from engine.evidence.settings import CertifySettings
from engine.noise.discrete_gaussian import ExactNoiseStream
from engine.noise.gaussian import NoiseSource, NoiseStream
from engine.noise.philox import Philox
from engine.noise.records import SelfTest
from engine.procedures.certify import certify
from engine.procedures.noise_self_test import check_noise
from engine.schemes import Gaussian, HierarchicalGaussian, Sparse, UniformL1
from engine.schemes.hybrid_mask import HybridMask
from tests.fakes import Misbehaving, finish, fitted

CPU = torch.device("cpu")


def check(source: NoiseSource, *, sigma: float = 0.25, exact: bool = False) -> SelfTest:
    law = Gaussian(sigma=sigma).drawn("exact" if exact else "float")
    return check_noise(source, law, stream=7, device=CPU)


@pytest.mark.walk
@pytest.mark.parametrize("sigma", [1e-6, 0.02, 0.25, 2.0])
def test_healthy_generators_pass(sigma: float) -> None:
    for key in range(3):
        normal = check(NoiseStream(key, 7), sigma=sigma)
        grid = check(ExactNoiseStream(key, 7), sigma=sigma, exact=True)
        for found in (normal, grid):
            assert len(found.statistics) == 12
            assert min(one.p_value for one in found.statistics) > 1e-4
        assert grid.sigma == max(sigma, 0.01)


def test_it_is_deterministic_and_short() -> None:
    assert check(NoiseStream(1, 7)) == check(NoiseStream(1, 7))
    seconds = []
    for _ in range(5):
        began = time.process_time()
        check(ExactNoiseStream(1, 7), exact=True)
        seconds.append(time.process_time() - began)
    assert min(seconds) < 0.2  # 0.03 s on a quiet machine


def test_what_is_tested_is_the_law_that_is_drawn() -> None:
    """Not only the generator beneath it."""
    expected = {
        Sparse(): {"flips from 0", "flips to 0"},
        UniformL1(): {"uniform steps"},
        HierarchicalGaussian(): {"Gaussian", "selected entities", "Gaussian, selected"},
        HybridMask(): {"Gaussian", "masked"},
    }
    for scheme, laws in expected.items():
        found = check_noise(NoiseStream(1, 7), scheme.noise(), stream=7, device=CPU)
        assert {one.law for one in found.statistics} == {"integers", *laws}
        assert found.sigma == (0.25 if "Gaussian" in laws else None)


class WrongSigma(NoiseStream):
    def gaussian_(self, out: torch.Tensor, x: torch.Tensor, *, sigma: float, start: int) -> None:
        super().gaussian_(out, x, sigma=0.99 * sigma, start=start)


class BeginsAnew(NoiseStream):
    """Every call draws the same counters."""

    def gaussian_(self, out: torch.Tensor, x: torch.Tensor, *, sigma: float, start: int) -> None:
        super().gaussian_(out, x, sigma=sigma, start=0)


class WrongTable(ExactNoiseStream):
    def gaussian_(self, out: torch.Tensor, x: torch.Tensor, *, sigma: float, start: int) -> None:
        super().gaussian_(out, x, sigma=0.98 * sigma, start=start)


class StuckIntegers(NoiseStream):
    """One bit of every number is always set."""

    def uniform63(self, samples: int, elements: int, *, start: int, lane: int) -> torch.Tensor:
        return (
            super().uniform63(samples, elements, start=start // 2, lane=lane).bitwise_or_(1 << 62)
        )


@pytest.mark.parametrize(
    ("source", "found"),
    [
        (WrongSigma(1, 7), r"Gaussian, variance: p-value \d\.\de-\d+"),
        (BeginsAnew(1, 7), "Gaussian, sums of elements"),
        (StuckIntegers(1, 7), "integers, "),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_sabotaged_generator_is_refused(source: NoiseSource, found: str) -> None:
    with pytest.raises(UserError, match=found) as caught:
        check(source)
    assert str(caught.value).startswith(
        "The noise generator failed its test on cpu before anything was counted ("
    )
    assert str(caught.value).count(". ") == 0


def test_a_sabotaged_exact_generator_is_refused() -> None:
    with pytest.raises(UserError, match="Gaussian on the grid, variance"):
        check(WrongTable(1, 7), exact=True)


def test_a_run_with_broken_noise_ends_before_anything_is_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Words that repeat every other counter, as a miscompiled kernel might give them."""
    words = Philox.words

    def repeated(self: Philox, start: int, *rest: int, **named: int) -> object:
        return words(self, start // 2 * 2, *rest, **named)

    monkeypatch.setattr(Philox, "words", repeated)
    monkeypatch.setattr("engine.noise.gaussian._CHUNK", 64)
    classifier = Misbehaving("slow")
    with pytest.raises(UserError, match="failed its test on cpu"):
        finish(certify(classifier, fitted(), CertifySettings(n0=10, n=20)))
    assert classifier.calls == 0


def test_evidence_holds_the_test() -> None:
    for noise in ("float", "exact"):
        found = finish(
            certify(Misbehaving(""), fitted(), CertifySettings(n0=10, n=20, noise=noise))
        )
        assert found.noise.self_test is not None and found.noise.self_test.stream == 7
