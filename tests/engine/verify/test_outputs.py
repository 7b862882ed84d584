from __future__ import annotations

from engine.core.outputs import Outputs
from engine.verify.outputs import check_outputs
from tests.factories import make_model

PLACES = Outputs(
    kind="keypoints", names=("a",), unit="cells", grid=(8, 8), tolerance=1, reference=(2.0, 3.0)
)


def test_the_classes_are_those_of_the_tolerance() -> None:
    model = make_model().model_copy(update={"outputs": PLACES, "class_names": PLACES.event()})
    assert check_outputs(model, measured=False) == []
    other = PLACES.model_copy(update={"tolerance": 2.0})
    (said,) = check_outputs(model.model_copy(update={"outputs": other}), measured=False)
    assert "not those of its outputs" in said


def test_an_event_has_a_tolerance_and_a_reference() -> None:
    model = make_model().model_copy(update={"class_names": PLACES.event()})
    for gone in ({"tolerance": None}, {"reference": ()}):
        found = model.model_copy(update={"outputs": PLACES.model_copy(update=gone)})
        (said,) = check_outputs(found, measured=False)
        assert said == "it states outputs without a tolerance and a reference"


def test_intervals_have_one_class_and_neither() -> None:
    bare = PLACES.model_copy(update={"tolerance": None, "reference": ()})
    model = make_model().model_copy(update={"outputs": bare, "class_names": ("an answer",)})
    assert check_outputs(model, measured=True) == []
    assert check_outputs(model.model_copy(update={"outputs": PLACES}), measured=True)
    assert check_outputs(model.model_copy(update={"class_names": ("a", "b")}), measured=True)
