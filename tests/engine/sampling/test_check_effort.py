"""How much is asked again, and what the search for a batch size tells beforehand."""

from __future__ import annotations

import torch

from engine.noise.gaussian import NoiseStream
from engine.sampling.check_effort import (
    LONG,
    SHORT,
    Acquaintance,
    Allowance,
    asked_alone,
    looked_at,
    power_of_two,
)
from engine.sampling.sampler import Sampler
from engine.schemes import Gaussian
from tests.fakes import SHAPE, HalfSpace


def calibrated(model: HalfSpace, *, batch: int = 0) -> Acquaintance:
    """What is known of a model once its batch size was looked for."""
    one = Sampler(
        model,
        torch.zeros(SHAPE),
        Gaussian(sigma=0.5).noise(),
        noise=lambda stream: NoiseStream(5, int(stream)),
        device=torch.device("cpu"),
        batch=batch,
    )
    one.calibrate(10_000)
    return one.check.met


def test_a_look_has_a_power_of_two_of_samples_and_a_small_part_of_the_run() -> None:
    sizes = [looked_at(planned) for planned in (1, 200, 1_000, 4_000, 9_999, 16_000, 10**9)]
    assert sizes == [8, 8, 8, 8, 16, 32, 32]
    assert all(looked_at(n) <= n / 500 for n in range(4_000, 100_000, 999))
    assert [power_of_two(most) for most in (1, 2, 3, 1000)] == [1, 2, 2, 512]


def test_a_model_that_is_not_met_is_asked_about_more_samples_alone() -> None:
    stranger, met = Acquaintance(), Acquaintance(batches=8)
    for planned in (10, SHORT, LONG, 10**6):
        assert {asked_alone(planned, stranger, scored=scored) for scored in (True, False)} == {8}
    for scored, few in ((False, [2, 4, 8]), (True, [1, 1, 8])):
        lengths = (SHORT - 1, SHORT, LONG)
        assert [asked_alone(planned, met, scored=scored) for planned in lengths] == few


def test_a_function_is_met_while_its_batch_size_is_looked_for() -> None:
    assert calibrated(HalfSpace(0.2)).made
    assert not calibrated(HalfSpace(0.2), batch=1000).made  # nothing was compared


class Coin(HalfSpace):
    """Answers a whole batch by one throw."""

    def scores(self, batch: torch.Tensor) -> torch.Tensor:
        side = float(torch.rand(()) < 0.5)
        return torch.tensor([[side, 1 - side]]).expand(len(batch), 2)


def test_a_coin_is_not_met() -> None:
    """It gets by once in 2^19 searches, of eleven sizes that are tried twice at least."""
    found = calibrated(Coin(0.2))
    assert found.differed and not found.made and found.batches >= 19
    found.before = True
    assert not found.made


def test_samples_are_compared_with_the_most_that_were_seen() -> None:
    met = Acquaintance()
    met.add(torch.tensor([1, 0, 2]))
    met.add(torch.tensor([1]))
    met.add(torch.tensor([1, 0, 2, 2]))
    assert (met.batches, met.differed) == (2, False)
    met.add(torch.tensor([1, 0, 2, 0]))
    assert met.differed


def test_an_allowance_is_shared() -> None:
    one = Allowance()
    assert not one.left
    one.seconds += 0.5
    assert one.left
