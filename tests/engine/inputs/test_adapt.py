import numpy as np
import pytest
import torch
from torch.nn.functional import interpolate

from engine.core.errors import UserError
from engine.core.records import ModelIdentity
from engine.inputs.adapt import fit
from engine.inputs.base import ImageInput, pixels_sha256

RNG = np.random.default_rng(0)


def an_image(*shape: int, **changes) -> ImageInput:
    pixels = RNG.random(shape, dtype=np.float32)
    return ImageInput(name="p", source="p.png", sha256="0" * 64, pixels=pixels, **changes)


def model(*shape: int, names=("cat", "dog")) -> ModelIdentity:
    return ModelIdentity(
        name="m",
        source="m",
        format="onnx",
        sha256="1" * 64,
        architecture="a",
        class_names=names,
        input_shape=shape,
    )


def test_an_image_that_fits_keeps_every_number():
    image = an_image(3, 8, 6, notes=("turned upright (EXIF orientation 6)",))
    fitted = fit(image, model(3, 8, 6))
    assert np.array_equal(fitted.pixels, image.pixels)
    assert fitted.identity.adaptation == "" and fitted.identity.notes == image.notes
    assert fitted.identity.shape == (3, 8, 6)
    assert fitted.identity.pixels_sha256 == pixels_sha256(image.pixels)
    assert (fitted.identity.name, fitted.identity.source) == ("p", "p.png")


def test_grey_is_repeated_for_three_channels_and_said():
    image = an_image(1, 4, 4)
    fitted = fit(image, model(3, 4, 4))
    assert fitted.identity.adaptation == "grey repeated for red, green and blue"
    assert all(np.array_equal(plane, image.pixels[0]) for plane in fitted.pixels)


def test_colour_becomes_luma_and_is_said():
    image = an_image(3, 4, 4)
    fitted = fit(image, model(1, 4, 4))
    red, green, blue = image.pixels.astype(float)
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    assert fitted.identity.adaptation == "turned to grey (BT.601 luma)"
    assert np.abs(fitted.pixels[0] - luma).max() < 1e-6


def test_white_stays_within_the_unit_interval():
    image = ImageInput("w", "w", "0", np.ones((3, 30, 40), dtype=np.float32))
    for shape in ((1, 30, 40), (1, 7, 9), (3, 61, 50)):
        pixels = fit(image, model(*shape)).pixels
        assert pixels.max() <= 1 and pixels.min() > 1 - 1e-6


@pytest.mark.parametrize("channels", [2, 4, 12])
def test_other_channels_are_refused_in_a_sentence(channels):
    with pytest.raises(UserError) as refused:
        fit(an_image(3, 4, 4), model(channels, 4, 4))
    assert str(refused.value) == (
        f"The model takes {channels} channels; Certiscope makes images of 1 (grey) or 3 (RGB) "
        "channels, so give a model for one of these."
    )


def test_resizing_and_cropping_are_said():
    fitted = fit(an_image(3, 480, 640), model(3, 224, 224))
    assert fitted.identity.adaptation == (
        "centre-cropped 640x480 -> 480x480, resized 480x480 -> 224x224 (bilinear, antialiased)"
    )
    assert fitted.pixels.shape == (3, 224, 224) and fitted.pixels.dtype == np.float32


def test_a_crop_alone_moves_no_pixel():
    image = an_image(1, 8, 12)
    fitted = fit(image, model(1, 8, 8))
    assert fitted.identity.adaptation == "centre-cropped 12x8 -> 8x8"
    assert np.array_equal(fitted.pixels, image.pixels[:, :, 2:10])


@pytest.mark.parametrize("side", [5, 32, 47, 90])
def test_resizing_agrees_with_torch(side):
    image = an_image(3, 47, 47)
    theirs = interpolate(
        torch.from_numpy(image.pixels)[None], (side, side), mode="bilinear", antialias=True
    )[0].numpy()
    assert np.abs(fit(image, model(3, side, side)).pixels - theirs).max() < 1e-5


@pytest.mark.parametrize("shape", [(1, 1, 16_384), (1, 16_384, 1), (3, 1, 1)])
def test_strips_and_dots_fit_without_a_large_detour(shape):
    assert fit(an_image(*shape), model(3, 224, 224)).pixels.shape == (3, 224, 224)


def test_the_same_image_gives_the_same_bytes():
    image = an_image(3, 50, 70)
    digests = {fit(image, model(3, 32, 32)).identity.pixels_sha256 for _ in range(3)}
    assert len(digests) == 1


@pytest.mark.parametrize(
    ("label", "name", "expected", "note"),
    [
        (0, "dog", 1, ()),
        (1, "dog", 1, ()),
        (1, None, 1, ()),
        (None, None, None, ()),
        (1, "n0212", 1, ("its label 'n0212' is taken for class 1 ('dog') by number",)),
        (7, "emu", None, ("its label 'emu' (number 7) is no class of the model",)),
    ],
)
def test_the_label_counts_as_the_model_counts(label, name, expected, note):
    identity = fit(an_image(1, 2, 2, label=label, label_name=name), model(1, 2, 2)).identity
    assert identity.label == expected and identity.notes == note
    assert identity.label_name == (None if expected is None else name)
