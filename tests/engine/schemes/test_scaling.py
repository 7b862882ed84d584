import numpy as np

from engine.schemes.scaling import Scaling
from engine.transforms import SCALING, warped


def test_the_range_is_about_the_factor_1():
    scheme = Scaling(scale=0.3)
    assert scheme.ends(2) == (-0.3, 0.0)
    image = np.random.default_rng(1).random((1, 6, 6))
    shrunk = scheme.transformed(image, {"scale": -0.25})
    assert np.array_equal(shrunk, warped(image, SCALING, -0.25))
    assert "no scaling of this image from -0.100" in scheme.swept(-0.1, 0.2).clause("image")
