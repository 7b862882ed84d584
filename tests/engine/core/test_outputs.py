from __future__ import annotations

import doctest

import pytest
from pydantic import ValidationError

from engine.core import outputs
from engine.core.outputs import Outputs, size_of


def test_the_examples_are_true() -> None:
    assert doctest.testmod(outputs).failed == 0


def test_every_number_has_a_name() -> None:
    places = Outputs(kind="keypoints", names=("nose", "tail"), unit="cells", grid=(8, 8))
    assert places.labels == ("nose x", "nose y", "tail x", "tail y")
    assert places.in_words((3.0, 4.0, 7.0, 0.0)) == "nose (3, 4), tail (7, 0) cells"
    assert Outputs(kind="numbers", names=("age",)).labels == ("age",)
    assert len(Outputs(kind="boxes", names=("car",)).labels) == size_of("boxes") == 4


def test_the_event_is_told_in_words() -> None:
    places = Outputs(kind="keypoints", names=("nose", "tail"), unit="cells", tolerance=1)
    assert places.event() == (
        "all 2 keypoints within 1 cell of the reference",
        "not all 2 keypoints within 1 cell of the reference",
    )
    one = Outputs(kind="numbers", names=("age",), tolerance=0.5)
    assert one.event()[0] == "the number within 0.5 of the reference"


def test_a_reference_has_a_number_for_each_output() -> None:
    with pytest.raises(ValidationError, match="not one number for each"):
        Outputs(kind="numbers", names=("a", "b"), reference=(1.0,))
