import dataclasses

import numpy as np
import pytest

from engine.inputs.base import ImageInput


def test_an_input_does_not_change_after_loading():
    image = ImageInput(
        name="x", source="x.png", sha256="0", pixels=np.zeros((1, 2, 2), dtype=np.float32)
    )
    assert image.label is None and image.notes == ()
    with pytest.raises(dataclasses.FrozenInstanceError):
        image.name = "y"
