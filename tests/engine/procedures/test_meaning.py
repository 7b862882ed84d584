import numpy as np
import pytest

from engine.procedures.meaning import meaning
from engine.settings import RunSettings
from tests.fakes import HalfSpace, fitted


def test_the_change_has_exactly_the_certified_size():
    found = meaning(HalfSpace(0.9), fitted(0.5), RunSettings(), radius=0.3, center_class=0)
    assert not found.perturbed_clipped
    change = found.perturbed - found.original
    assert float(np.linalg.norm(change)) == pytest.approx(0.3, abs=1e-5)
    assert found.perturbed_how == "adversarial direction"


def test_three_noisy_copies_with_answers():
    found = meaning(HalfSpace(10.0), fitted(0.5), RunSettings(), radius=None, center_class=None)
    assert len(found.noisy) == 3
    assert found.noisy_answers == ("class 0",) * 3
    assert found.perturbed is None and found.perturbed_norm is None
    assert all(picture.min() >= 0 and picture.max() <= 1 for picture in found.noisy)


def test_clipping_is_said():
    found = meaning(HalfSpace(0.3), fitted(0.0), RunSettings(), radius=0.3, center_class=0)
    assert found.perturbed_clipped or found.perturbed.min() >= 0
