import pytest

from engine.comparison.demo_models import candidate, shipped_candidates
from engine.core.errors import UserError
from engine.schemes import DssnL1, Gaussian
from tests.fakes import identity


def test_a_models_noise_is_what_it_was_trained_with():
    assert candidate(identity(training_sigma=0.5)).scheme == Gaussian(sigma=0.5)
    taught = {"key": "gaussian", "sigma": 0.3}
    assert candidate(identity(training_scheme=taught)).scheme == Gaussian(sigma=0.3)


def test_a_model_that_does_not_say_is_refused_in_a_sentence():
    with pytest.raises(UserError) as caught:
        candidate(identity(source="m.onnx"))
    assert str(caught.value) == (
        "m.onnx does not say with which noise it was trained; name models that do."
    )


def test_the_shipped_digits_models_take_part():
    names = [one.model for one in shipped_candidates()]
    assert {"demo:digits-0.25", "demo:digits-0.50"} <= set(names)
    assert "demo:digits-0.25-b" not in names  # of the same noise as the first
    assert "demo:digits-rotation" not in names  # its digits are of 16 by 16 pixels


def test_another_noise_stands_in_where_a_file_does_not_say():
    assert candidate(identity(), Gaussian(sigma=1.0)).scheme == Gaussian(sigma=1.0)
    known = candidate(identity(training_sigma=0.5), Gaussian(sigma=1.0))
    assert known.scheme == Gaussian(sigma=0.5)


@pytest.mark.parametrize(
    ("model", "otherwise", "sentence"),
    [
        (
            identity(kind="graph", source="g"),
            None,
            "g takes no images; schemes are compared on images.",
        ),
        (
            identity(source="m"),
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
    from engine.models.base import ModelRequest

    loaded = [load_model(ModelRequest(one.model)) for one in shipped_candidates()]
    assert len({one.identity.class_names for one in loaded}) == 1
