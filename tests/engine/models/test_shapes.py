from __future__ import annotations

import pytest

from engine.core.errors import UserError
from engine.models.shapes import parse_shape, reasonable, split_arch, words


def test_architecture_and_shape_are_told_apart():
    assert split_arch("resnet18@3x64x64") == ("resnet18", (3, 64, 64))
    assert split_arch("@1x28x28") == ("", (1, 28, 28))
    assert split_arch("resnet18") == ("resnet18", None)
    assert words((3, 32, 32)) == "3x32x32"


@pytest.mark.parametrize("text", ["", "32", "3x32", "5x32x32", "3x0x32", "3x9999x9", "3x-1x3"])
def test_a_wrong_shape_is_refused(text):
    with pytest.raises(UserError, match="is not an input shape; write channels, height and width"):
        parse_shape(text)


def test_reasonable_shapes():
    assert reasonable((1, 8, 8))
    assert reasonable((2, 8, 8)) and reasonable((4, 8, 8)) and reasonable((6, 8, 8))
    assert not reasonable((5, 8, 8))
    assert not reasonable((3, 8, 100_000))
