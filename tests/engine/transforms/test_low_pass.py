import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from engine.transforms.low_pass import filtered, low_pass


@pytest.mark.parametrize("wrapped", [False, True])
def test_it_is_the_gaussian_filter_and_enlarges_nothing(wrapped):
    image = np.random.default_rng(3).standard_normal((2, 12, 15))
    rows, columns = (low_pass(side, 1.0, wrapped=wrapped) for side in image.shape[1:])
    mode = "wrap" if wrapped else "constant"
    expected = gaussian_filter(image, (0, 1.0, 1.0), mode=mode, truncate=3.0)
    assert filtered(image, rows, columns) == pytest.approx(expected, abs=1e-9)
    for matrix in (rows, columns):
        assert matrix.min() >= 0 and matrix.sum(axis=0).max() < 1 and matrix.sum(axis=1).max() < 1
        assert np.linalg.norm(matrix, 2) < 1


def test_without_a_spread_or_on_a_side_shorter_than_it_is_defined():
    assert (low_pass(5, 0.0) == np.eye(5)).all()
    assert low_pass(1, 2.0).shape == (1, 1) and low_pass(2, 2.0, wrapped=True).sum() < 2.0 + 1e-9
    assert low_pass(2, 2.0, wrapped=True).sum() == pytest.approx(2.0)
