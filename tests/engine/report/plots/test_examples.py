from __future__ import annotations

import io

import numpy as np
from PIL import Image

from engine.figures import Attack
from engine.report import palette
from engine.report.plots.base import hex_rgb
from engine.report.plots.examples import draw, image_png, pixels_rgb
from tests.factories import make_image, make_meaning_figure, make_region_run


def test_grey_and_colour_become_rgb() -> None:
    grey = pixels_rgb(make_image(1, 8))
    assert grey.shape == (8, 8, 3)
    assert tuple(grey[1, 1]) == (255, 255, 255)
    colour = np.zeros((3, 4, 5), dtype=np.float32)
    colour[0] = 1.0
    assert tuple(pixels_rgb(colour)[0, 0]) == (255, 0, 0)


def test_what_lies_outside_is_clipped() -> None:
    odd = np.array([[[-1.0, 2.0, np.nan]]], dtype=np.float32)
    assert pixels_rgb(odd)[0, :, 0].tolist() == [0, 255, 0]


def test_small_images_keep_hard_pixels() -> None:
    with Image.open(io.BytesIO(image_png(make_image(1, 8)))) as image:
        assert image.size == (240, 240)
        assert len(image.getcolors() or []) == 3


def test_captions_tell_answer_and_size() -> None:
    tiles = draw(make_meaning_figure(perturbed_norm=0.4999999)).data["tiles"]
    assert [tile["caption"] for tile in tiles] == [
        "the input",
        "noisy: 7",
        "noisy: 7",
        "noisy: 2",
        "changed by 0.499",
    ]
    assert tiles[-1]["note"].endswith("clipped to [0,1] for display")


def test_without_a_certificate_nothing_is_shown_changed() -> None:
    ready = draw(make_meaning_figure(perturbed=None, perturbed_norm=None))
    assert len(ready.data["tiles"]) == 4
    assert "perturbed.png" not in ready.files


def test_a_certified_attack_is_shown_and_named() -> None:
    attack = Attack(
        original=make_image(1, 8),
        direction=np.ones((1, 8, 8), dtype=np.float32),
        order=np.arange(64),
        how="greedy",
    )
    region = make_region_run("count").region
    figure = make_meaning_figure(perturbed=None, perturbed_norm=None, attack=attack, region=region)
    ready = draw(figure)
    assert ready.data["tiles"][-1]["caption"] == "changed: 4 pixels or nodes"
    assert ready.data["tiles"][-1]["note"] == "greedy"
    with Image.open(io.BytesIO(ready.files["perturbed.png"])) as image:
        red, green, blue = hex_rgb(palette.LIGHT["upper"])
        assert (red, green, blue) in {color for _, color in image.getcolors() or []}
    assert len(draw(figure.model_copy(update={"region": None})).data["tiles"]) == 4


def test_what_the_noise_touched_is_pointed_out_and_named() -> None:
    places = np.eye(8, dtype=bool)
    for mark, word in (("noised", "outlined"), ("taken away", "hatched")):
        ready = draw(make_meaning_figure(noisy_places=(places,) * 3, noisy_mark=mark))
        assert ready.data["tiles"][1]["note"] == f"sample 1, {word}: {mark}"
    plain = draw(make_meaning_figure())
    assert plain.data["tiles"][1]["note"] == "sample 1"
    assert plain.files["noisy1.png"] != ready.files["noisy1.png"]
