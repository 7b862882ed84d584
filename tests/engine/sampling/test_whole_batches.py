"""Numbers that change in large batches alone, where no class does."""

from __future__ import annotations

import pytest
import torch

from engine.core.errors import NotOneSample
from engine.evidence.settings import CertifySettings, Execution
from engine.models.scored import ScoredClassifier
from engine.procedures.certify import certify
from engine.sampling.whole_batches import WholeBatches
from tests.engine.procedures.test_measure import TwoPixels
from tests.engine.procedures.test_measure import run as measured
from tests.fakes import HalfSpace, finish, fitted


class Surer(HalfSpace):
    """Scores farther apart in batches of ``least`` samples or more; the classes stay."""

    def __init__(self, least: int, factor: float = 20.0) -> None:
        super().__init__(0.3)
        self.least, self.factor = least, factor

    def scores(self, batch: torch.Tensor) -> torch.Tensor:
        found = super().scores(batch)
        return found * self.factor if len(batch) >= self.least else found


class Larger(TwoPixels):
    """Answers that are larger in batches of 300 samples or more."""

    def scores(self, batch: torch.Tensor) -> torch.Tensor:
        return super().scores(batch) + 5.0 * (len(batch) >= 300)


@pytest.mark.parametrize("n", [1_000, 20_000])
def test_a_model_that_is_surer_in_large_batches_has_no_soft_claim(n):
    settings = CertifySettings(n0=100, n=n, bound="soft", seed=1)
    many = Execution(device="cpu", batch=500)
    with pytest.raises(NotOneSample, match="depends on the size of its batch"):
        finish(certify(Surer(300), fitted(), settings, execution=many))
    few = Execution(device="cpu", batch=200)
    assert finish(certify(Surer(300), fitted(), settings, execution=few)).bounds.p_lower < 0.7


def test_a_class_that_is_left_out_does_not_hide_it():
    """Where most scores are -1e9, rounding would explain anything of the others."""
    model = Surer(300, factor=1.0)
    model.identity = HalfSpace(0.3, classes=9).identity
    settings = CertifySettings(n0=100, n=2_000, bound="soft", seed=1)
    execution = Execution(device="cpu", batch=500)
    assert finish(certify(model, fitted(), settings, execution=execution)).estimation.n == 2_000
    model.factor = 20.0
    with pytest.raises(NotOneSample):
        finish(certify(model, fitted(), settings, execution=execution))


def test_numbers_that_depend_on_a_large_batch_have_no_medians():
    with pytest.raises(NotOneSample, match="depends on the size of its batch"):
        finish(measured(Larger())[1])


class Drawn:
    """Samples of which the second batch is asked for."""

    def draw(self, start: int, count: int) -> torch.Tensor:
        assert (start, count) == (101, 8)
        return torch.zeros(count, 1, 8, 8)


def test_each_larger_size_is_asked_about_once():
    def whole(classifier):
        return WholeBatches(classifier, lambda batch: None, None, None, None)

    sizes = [torch.zeros(n) for n in (1, 8, 3, 8)]
    scored = ScoredClassifier(HalfSpace(0.3))
    scored.classify(torch.zeros(2, 1, 8, 8))
    for classifier, again in ((scored, True), (HalfSpace(0.3), False)):
        found = whole(classifier)
        assert found.larger(sizes, tested=again)
        assert not whole(HalfSpace(0.3)).larger(sizes, tested=True)
        assert not found.differ(Drawn(), 100, sizes, 0)
        assert not found.larger(sizes, tested=False)


class Deciding(HalfSpace):
    """Names class 0 for all of a batch of 300 samples or more."""

    def scores(self, batch: torch.Tensor) -> torch.Tensor:
        found = super().scores(batch)
        return found.abs() * torch.tensor([1.0, -1.0]) if len(batch) >= 300 else found


@pytest.mark.parametrize("n", [500, 1_000, 1_900])
def test_votes_of_a_batch_larger_than_the_selection_are_asked_about_in_the_shortest_runs(n):
    """About half of them have the other class alone, and 8 are asked about at least."""
    settings = CertifySettings(n0=100, n=n, seed=1)
    with pytest.raises(NotOneSample):
        finish(certify(Deciding(0.0), fitted(), settings, execution=Execution(batch=512)))
