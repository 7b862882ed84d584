import pytest

from engine.comparison.demo_models import candidate, shipped_candidates
from engine.core.errors import UserError
from engine.core.outputs import Outputs
from engine.core.records import ModelIdentity
from engine.models.request import ModelRequest
from engine.schemes import DssnL1, Gaussian
from tests.fakes import identity


def opened(**facts: object) -> tuple[ModelRequest, ModelIdentity]:
    model = identity(**facts)
    return ModelRequest(model.source), model


def test_a_models_noise_is_what_it_was_trained_with():
    assert candidate(opened(training_sigma=0.5)).scheme == Gaussian(sigma=0.5)
    taught = {"key": "gaussian", "sigma": 0.3}
    assert candidate(opened(training_scheme=taught)).scheme == Gaussian(sigma=0.3)


def test_a_model_that_does_not_say_is_refused_in_a_sentence():
    with pytest.raises(UserError) as caught:
        candidate(opened(source="m.onnx"))
    assert str(caught.value) == (
        "m.onnx does not say with which noise it was trained; name models that do, or the noise "
        "with it, such as sigma=0.25."
    )


def test_the_shipped_digits_models_take_part():
    names = [one.model.spec for one in shipped_candidates()]
    assert {"demo:digits-0.25", "demo:digits-0.50"} <= set(names)
    assert "demo:digits-0.25-b" not in names  # of the same noise as the first
    assert "demo:digits-rotation" not in names  # its digits are of 16 by 16 pixels


def test_another_noise_stands_in_where_a_file_does_not_say():
    assert candidate(opened(), Gaussian(sigma=1.0)).scheme == Gaussian(sigma=1.0)
    known = candidate(opened(training_sigma=0.5), Gaussian(sigma=1.0))
    assert known.scheme == Gaussian(sigma=0.5)


@pytest.mark.parametrize(
    ("model", "otherwise", "sentence"),
    [
        (
            opened(kind="graph", source="g"),
            None,
            "g takes no images; schemes are compared on images.",
        ),
        (
            opened(source="m", outputs=Outputs(kind="numbers", names=("a",), tolerance=0.1)),
            None,
            "m is read for numbers or places, which are no classes; schemes are compared on "
            "classes.",
        ),
        (
            opened(source="m"),
            DssnL1(),
            "The scheme 'dssn-l1' of m says nothing of pixels and their l2 norm; compare schemes "
            "that do.",
        ),
    ],
)
def test_models_that_cannot_take_part(model, otherwise, sentence):
    with pytest.raises(UserError) as caught:
        candidate(model, otherwise)
    assert str(caught.value) == sentence


def test_shipped_models_all_name_the_same_classes():
    from engine.models import load_model

    loaded = [load_model(one.model) for one in shipped_candidates()]
    assert len({one.identity.class_names for one in loaded}) == 1
