import io

import numpy as np
from sklearn.datasets import load_digits

from engine.inputs.digits import load_digits as shipped
from engine.training.examples import digits_archive


def test_the_shipped_scans_are_scikit_learns():
    original = load_digits()
    with np.load(io.BytesIO(digits_archive())) as file:
        assert (file["levels"] == original.images).all()
    assert np.array_equal(shipped().pixels[:, 0] * 16, original.images.astype(np.float32))
    assert np.array_equal(shipped().labels, original.target)
