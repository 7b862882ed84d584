from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn.functional import interpolate

from engine.core.errors import UserError
from engine.core.records import ModelIdentity
from engine.inputs import fit, load_input
from engine.inputs.base import ImageInput, pixels_sha256
from engine.inputs.coding import Column, Columns, TableCoding, WordTokenizer
from engine.schemes.hybrid_flip import HybridFlip
from engine.schemes.hybrid_uniform import HybridUniform
from tests.factories import make_model

WORDS = WordTokenizer(("wash", "the", "cup", "plug", "it"), most=4)
CODING = TableCoding((Column("age", mean=30.0, scale=10.0), Column("job", ("baker", "smith"))))


@pytest.fixture
def rows(tmp_path: Path) -> str:
    path = tmp_path / "rows.csv"
    path.write_text("age,job,label\n20,baker,no\n30.5,smith,yes\n41,baker,yes\n")
    return str(path)


def test_a_text_is_all_alphabet():
    model = make_model(("no", "yes"), kind="text", input_shape=(0,))
    fitted = fit(load_input("text:plug it"), model, WORDS)
    (tokens,) = fitted.arrays
    assert tokens.tolist() == [3, 4] and tokens.dtype == np.int64
    identity = fitted.identity
    assert identity.kind == "text" and identity.shape == (2,) and identity.alphabet == (5,)
    assert identity.elements == 2 and identity.adaptation == "2 tokens of an alphabet of 5"
    assert identity.notes == ("its text is: plug it",)


def test_a_cut_text_says_so():
    model = make_model(("no", "yes"), kind="text", input_shape=(0,))
    fitted = fit(load_input("text:plug it the cup wash"), model, WORDS)
    assert "cut to its first 4 of 5 tokens" in fitted.identity.adaptation


def test_a_pair_has_pixels_and_tokens():
    model = make_model(("no", "yes"), kind="pair", input_shape=(3, 4, 4))
    fitted = fit(load_input("pair:digits:7|wash the cup"), model, WORDS)
    pixels, tokens = fitted.arrays
    assert pixels.shape == (3, 4, 4) and tokens.tolist() == [0, 1, 2]
    identity = fitted.identity
    assert identity.shape == (3, 4, 4) and identity.more_shapes == ((3,),)
    assert identity.elements == 51 and identity.alphabet == (5,)
    assert "resized 8x8 -> 4x4" in identity.adaptation and "3 tokens" in identity.adaptation
    other = fit(load_input("pair:digits:7|wash the plug"), model, WORDS)
    assert other.identity.pixels_sha256 != identity.pixels_sha256


def test_a_row_by_the_model_s_own_scales(rows: str):
    model = make_model(("no", "yes"), kind="table", input_shape=(1,))
    fitted = fit(load_input(f"{rows}:0"), model, CODING)
    assert fitted.arrays[0].tolist() == [-1.0] and fitted.arrays[1].tolist() == [0]
    assert fitted.identity.alphabet == (2,) and fitted.identity.label == 0
    assert fitted.identity.adaptation == (
        "numbers in standard deviations of their columns (of the model's training data): age 10"
    )
    assert fitted.context is CODING
    wider = TableCoding((Column("age", mean=30.0, scale=20.0), CODING.columns[1]))
    again = fit(load_input(f"{rows}:1"), model, wider)
    assert again.identity.pixels_sha256 != fitted.identity.pixels_sha256


@pytest.mark.parametrize("coding", [None, Columns(("age", "job")), Columns(())])
def test_else_by_the_table_s(rows: str, coding: Columns | None):
    model = make_model(("no", "yes"), kind="table", input_shape=(0,))
    named = coding is not None and bool(coding.names)
    fitted = fit(load_input(f"{rows}:1{'' if named else '?columns=all'}"), model, coding)
    ages = np.array([20, 30.5, 41])
    assert fitted.arrays[0][0] == pytest.approx((30.5 - ages.mean()) / ages.std(), abs=1e-6)
    assert f"(of {rows} as it is, this row included" in fitted.identity.adaptation


def test_a_table_needs_numbers(tmp_path: Path):
    model = make_model(("no", "yes"), kind="table", input_shape=(0,))
    path = tmp_path / "t.csv"
    path.write_text("a,b\nx,u\ny,v\n")
    with pytest.raises(UserError, match="has no numeric column; the schemes for tables"):
        fit(load_input(f"{path}:0?columns=all"), model)
    path.write_text("a,b\n1.5,2.5\n2.5,1.5\n")
    numbers = fit(load_input(f"{path}:0?columns=all"), model)
    assert numbers.identity.more_shapes == ((0,),)
    for scheme in (HybridUniform(), HybridFlip(), HybridUniform(arities="3", beta=0.3)):
        with pytest.raises(UserError, match="has no categorical column, and hybrid-"):
            scheme.check_input(numbers.identity)


@pytest.mark.parametrize(
    ("spec", "kind", "sentence"),
    [
        ("text:a", "image", "takes an image, e.g. digits:7; text:a is a text."),
        ("digits:7", "pair", "takes an image with a text, e.g. filter:12; digits:7 is an image."),
        ("mixed:5", "text", "takes a text, e.g. text:the words; mixed:5 is a row of a table."),
        ("filter:3", "table", "takes a row of a table, e.g. mixed:5; filter:3 is an image with"),
    ],
)
def test_another_kind_is_refused(spec: str, kind: str, sentence: str):
    with pytest.raises(UserError) as refused:
        fit(load_input(spec), make_model(kind=kind))
    assert sentence in str(refused.value)


@pytest.mark.parametrize("coding", [None, CODING, Columns(("a",))])
def test_a_text_needs_a_tokenizer(coding: object):
    model = make_model(("no", "yes"), kind="text", input_shape=(0,))
    with pytest.raises(UserError, match=r"^The tokenizer of the model '.*' is not at hand; give"):
        fit(load_input("text:a"), model, coding)  # type: ignore[arg-type]


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


_NO_EMU = (
    "its label 'emu' names no class of the model (cat, dog); name its class in a file with --labels"
)


@pytest.mark.parametrize(
    ("label", "name", "expected", "note"),
    [
        (0, "dog", 1, ()),
        (1, "dog", 1, ()),
        (1, None, 1, ()),
        (None, None, None, ()),
        (7, None, None, ("its label 7 is the number of no class of the model",)),
        (7, "emu", None, (_NO_EMU,)),
    ],
)
def test_the_label_counts_as_the_model_counts(label, name, expected, note):
    identity = fit(an_image(1, 2, 2, label=label, label_name=name), model(1, 2, 2)).identity
    assert identity.label == expected and identity.notes == note
    assert identity.label_name == (None if expected is None else name)


def test_the_ways_in_which_a_model_is_resized():
    ramp = np.linspace(0, 1, 120, dtype=np.float32)
    wide = np.broadcast_to(ramp, (3, 40, 120)).copy()  # brighter to the right
    image = ImageInput("i", "i", "", wide)
    ends = {}
    for resize in ("", "stretch", "pad bicubic", "crop from 40x40", "crop from 64x64 nearest"):
        model = make_model(("a", "b"), input_shape=(3, 32, 32)).model_copy(
            update={"resize": resize}
        )
        fitted = fit(image, model)
        assert fitted.pixels.shape == (3, 32, 32)
        middle = fitted.pixels[0, 16]
        ends[resize] = (middle[0] * 120, middle[-1] * 120)
        assert (fitted.identity.fitting.source is None) == bool(resize)
        assert "resized" in fitted.identity.adaptation
    # Columns of the file at the left and the right end of what is seen.
    assert ends[""] == pytest.approx((40.6, 79.4), abs=1)
    assert ends["stretch"] == pytest.approx((1.4, 118.6), abs=1)
    assert ends["crop from 40x40"] == pytest.approx((44.6, 75.4), abs=1)
    assert ends["crop from 64x64 nearest"] == pytest.approx((50.3, 69.7), abs=1)
    padded = fit(image, model.model_copy(update={"resize": "pad"})).pixels
    assert (padded[:, :10] == 0).all() and (padded[:, -10:] == 0).all()
    assert padded[0, 16, -1] > 0.9
    fits = ImageInput("i", "i", "", wide[:, :32, :32])
    assert (fit(fits, model).pixels == wide[:, :32, :32]).all()
    with pytest.raises(UserError, match="in no known way: 'zoom'"):
        fit(image, model.model_copy(update={"resize": "zoom"}))
