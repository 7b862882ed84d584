import pytest

from engine.errors import UserError
from engine.schemes import Gaussian
from engine.tradeoff.shipped import contender, scheme_of, shipped_contenders
from tests.fakes import identity


def test_a_models_noise_is_what_it_was_trained_with():
    assert scheme_of(identity(training_sigma=0.5)) == Gaussian(sigma=0.5)
    taught = {"key": "gaussian", "sigma": 0.3}
    assert scheme_of(identity(training_scheme=taught)) == Gaussian(sigma=0.3)


def test_a_model_that_does_not_say_is_refused_in_a_sentence():
    with pytest.raises(UserError) as caught:
        contender(identity(source="m.onnx"))
    assert str(caught.value) == (
        "m.onnx does not say with which noise it was trained; name models that do."
    )


def test_the_shipped_digits_models_take_part():
    names = [one.model for one in shipped_contenders()]
    assert {"demo:digits-0.25", "demo:digits-0.50"} <= set(names)
