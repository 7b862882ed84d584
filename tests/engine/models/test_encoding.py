from __future__ import annotations

import pytest

from engine.core.errors import UserError
from engine.core.records import ModelIdentity
from engine.models.encoding import CHANNELS, choose_encoding


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
