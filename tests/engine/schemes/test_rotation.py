import numpy as np

from engine.schemes.rotation import Rotation
from engine.transforms import ROTATION, warped


def test_the_range_is_the_degrees_either_way():
    scheme = Rotation(degrees=40)
    assert scheme.ends(1) == (-40.0, 40.0) and scheme.ends(3) == (0.0, 40.0)
    image = np.random.default_rng(1).random((1, 6, 6))
    turned = scheme.transformed(image, {"rotation": -25.0})
    assert np.array_equal(turned, warped(image, ROTATION, -25.0))
