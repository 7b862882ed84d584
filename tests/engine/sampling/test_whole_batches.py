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


def test_each_larger_size_is_asked_about_once_and_votes_never():
    def whole(classifier):
        return WholeBatches(classifier, None, None, None)

    sizes = [torch.zeros(n) for n in (1, 8)]
    scored = ScoredClassifier(HalfSpace(0.3))
    assert not whole(HalfSpace(0.3)).due(sizes)
    assert not whole(scored).due(sizes)  # it was asked nothing yet
    scored.classify(torch.zeros(2, 1, 8, 8))
    assert whole(scored).due(sizes) and not whole(scored).due(sizes[:1])
