from typing import ClassVar

import pytest
import torch

from engine.core.errors import UserError
from engine.models.input_layout import ANY, clean, fits, layout
from engine.schemes import Gaussian
from tests.fakes import fitted, identity


class Marked(Gaussian):
    """Gaussian smoothing that may tell the model which pixels it noised."""

    inputs: ClassVar[tuple[str, ...]] = ("image", "graph")

    def layouts(self, shape):
        channels, *sides = shape
        return {"plain": shape, "indicator": (channels + 1, *sides)}


MARKED = identity(input_shape=(2, 8, 8), encoding="indicator")
IMAGE = fitted().identity


def test_the_models_shape_decides_among_the_schemes():
    assert layout(Marked(), identity(), IMAGE) == (1, 8, 8)
    assert layout(Marked(), MARKED, IMAGE) == (2, 8, 8)
    assert fits(Gaussian(), identity(), IMAGE)
    assert not fits(Gaussian(), identity(input_shape=(2, 8, 8)), IMAGE)


def test_a_side_of_any_length():
    graph = IMAGE.model_copy(update={"kind": "graph", "shape": (17, 5)})
    model = identity(input_shape=(ANY, 5), kind="graph")
    assert layout(Marked(), model, graph) == (17, 5)


@pytest.mark.parametrize(
    ("scheme", "model", "sentence"),
    [
        (
            Gaussian(),
            identity(input_shape=(3, 8, 8)),
            "The model takes inputs of shape (3, 8, 8), the input has (1, 8, 8).",
        ),
        (
            Marked(),
            identity(input_shape=(3, 8, 8), encoding="indicator"),
            "The model takes inputs of shape (3, 8, 8), the input, noised by 'gaussian', has "
            "(2, 8, 8).",
        ),
        (
            Marked(),
            identity(input_shape=(2, 8, 8), encoding="complement"),
            "The model takes its inputs with the encoding complement, and the scheme 'gaussian' "
            "writes plain or indicator.",
        ),
        (
            Gaussian(),
            identity(kind="graph"),
            "The model takes inputs of the kind graph, not image.",
        ),
    ],
)
def test_what_does_not_fit_is_one_sentence(scheme, model, sentence):
    with pytest.raises(UserError) as caught:
        layout(scheme, model, IMAGE)
    assert str(caught.value) == sentence


def test_a_scheme_for_other_inputs_is_refused():
    text = IMAGE.model_copy(update={"kind": "text"})
    with pytest.raises(UserError, match="is for inputs of the kind image, not text"):
        layout(Gaussian(), identity(kind="text"), text)


def test_a_clean_image_in_each_encoding():
    x = torch.rand(3, 2, 2)
    assert clean(x, "plain") is x
    assert torch.equal(clean(x, "indicator"), torch.cat([x, torch.zeros(1, 2, 2)]))
    assert torch.equal(clean(x, "complement"), torch.cat([x, 1 - x]))


def test_a_clean_matrix_has_the_indicator_as_its_last_column():
    x = torch.rand(5, 3)
    assert torch.equal(clean(x, "indicator"), torch.cat([x, torch.zeros(5, 1)], 1))
