from __future__ import annotations

from typing import ClassVar

import pytest
import torch

from engine.core.errors import UserError
from engine.core.records import ModelIdentity
from engine.models.input_layout import ANY, CHANNELS, choose_encoding, clean, fits, layout
from engine.schemes import Gaussian
from tests.fakes import fitted, identity


@pytest.mark.parametrize(("channels", "found"), [(1, "plain"), (3, "plain"), (5, "plain")])
def test_grey_and_colour_are_plain_without_a_word(channels, found):
    assert choose_encoding("auto", channels, path="m.onnx") == (found, "")


@pytest.mark.parametrize(("channels", "found"), [(4, "indicator"), (6, "complement")])
def test_channels_of_colour_images_tell_the_encoding_and_say_so(channels, found):
    chosen = choose_encoding("auto", channels, path="m.onnx")
    assert chosen.encoding == found
    assert f"Its {channels} channels were taken for red, green, blue and" in chosen.note
    assert "--encoding" in chosen.note


def test_two_channels_are_asked_about():
    with pytest.raises(UserError) as caught:
        choose_encoding("auto", 2, path="m.onnx")
    assert str(caught.value) == (
        "m.onnx takes 2 channels: a grey image with an indicator of the noised pixels, or with "
        "its complement; say which with --encoding indicator or --encoding complement."
    )


def test_what_is_given_wins_over_what_is_stated_and_that_over_the_count():
    assert choose_encoding("auto", 2, path="m", stated="complement") == ("complement", "")
    assert choose_encoding("indicator", 2, path="m", stated="complement") == ("indicator", "")


@pytest.mark.parametrize(
    ("wanted", "channels", "sentence"),
    [
        ("plain", 4, "m takes 4 channels, but the encoding 'plain' has 1 for a grey image and 3"),
        ("indicator", 1, "m takes 1 channel, but the encoding 'indicator' has 2 for a grey"),
        ("complement", 4, "m takes 4 channels, but the encoding 'complement' has 2 .* 6 for a col"),
        ("mask", 2, "m: there is no encoding 'mask'; there are auto, plain, indicator and compl"),
    ],
)
def test_what_cannot_be_is_refused(wanted, channels, sentence):
    for given in ({"wanted": wanted}, {"wanted": "auto", "stated": wanted}):
        with pytest.raises(UserError, match=sentence):
            choose_encoding(given.pop("wanted"), channels, path="m", **given)


@pytest.mark.parametrize("encoding", CHANNELS)
def test_channels_are_those_that_the_image_of_a_model_has(encoding):
    """The record's own arithmetic, channels back to the image, as an independent check."""
    for channels, image in zip(CHANNELS[encoding], (1, 3), strict=True):
        model = ModelIdentity(
            name="m", source="m", format="onnx", sha256="0", architecture="", class_names=("a",),
            input_shape=(channels, 5, 7), encoding=encoding,
        )  # fmt: skip
        assert model.image_shape == (image, 5, 7)


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
