from __future__ import annotations

import io
import re

import numpy as np
import pytest
from PIL import Image

from engine.figures.examples import Example
from engine.figures.media import GraphMedium, ImageMedium, WordsMedium
from engine.report import palette
from engine.report.drawing import figure_csv, render_figure
from engine.report.plots.base import hex_rgb
from engine.report.plots.examples import (
    draw,
    graph_svg,
    image_png,
    pixels_rgb,
    table,
    window,
)
from tests.factories import (
    make_graph_examples,
    make_image,
    make_image_examples,
    make_pixel_examples,
    make_row_examples,
    make_text_examples,
)


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png))


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
    with opened(image_png(ImageMedium.of(make_image(1, 8)))) as image:
        assert image.size == (240, 240)
        assert len(image.getcolors() or []) == 3


def test_captions_tell_answers_and_sizes() -> None:
    for figure, captions in (
        (
            make_image_examples(),
            ["without noise: 7", "noisy: 7", "noisy: 7", "noisy: 2", "changed: 7 (l2 norm 0.500)"],
        ),
        (
            make_row_examples(),
            ["without noise: worn", "noisy: worn", "noisy: sound", "noisy: worn",
             "changed: sound (1 field, l2 norm 0.499)"],
        ),
    ):  # fmt: skip
        data = draw(figure).data
        assert data["title"] == "Examples: noisy samples and certified perturbations"
        assert data["subtitle"] == figure.noise_in_words
        tiles = data.get("tiles") or data["lines"]
        assert [tile["caption"] for tile in tiles] == captions
        unchanged = figure.model_copy(update={"changes": ()})
        assert draw(unchanged).data["title"] == "Examples: noisy samples"


@pytest.mark.parametrize(
    "make", [make_image_examples, make_graph_examples, make_text_examples, make_row_examples]
)
def test_without_a_certificate_nothing_is_shown_changed(make) -> None:
    figure = make(region=None, changes=(), answers=())
    ready = draw(figure)
    assert len(ready.data.get("tiles") or ready.data["lines"]) == 4
    assert not any(name.startswith("perturbed") for name in ready.files)


def test_a_changed_image_is_outlined() -> None:
    ready = draw(make_pixel_examples("count"))
    assert ready.data["tiles"][-1]["caption"] == "changed: 4 pixels or nodes"
    assert ready.data["tiles"][-1]["note"] == "greedy"
    with opened(ready.files["perturbed.png"]) as image:
        upper = hex_rgb(palette.LIGHT["upper"])
        assert upper in {colour for _, colour in image.getcolors() or []}


def test_what_the_noise_touched_is_pointed_out_and_named() -> None:
    places, plain = np.eye(8, dtype=bool), draw(make_image_examples())
    assert plain.data["tiles"][1]["note"] == "sample 1"
    for touch, cue in (("noised", "outlined"), ("taken away", "hatched")):
        media = (ImageMedium.of(make_image(), places, touch),)
        ready = draw(make_image_examples(samples=(Example.noisy(1, media, "7"),)))
        assert ready.data["tiles"][1]["note"] == f"sample 1; {cue} pixels were {touch}"
        assert plain.files["noisy1.png"] != ready.files["noisy1.png"]


@pytest.mark.parametrize("dark", [False, True])
def test_every_node_is_drawn_and_touched_ones_are_ringed(dark: bool) -> None:
    theme = palette.theme(dark=dark)
    graph = make_graph_examples().changed({"entities": 1.0, "additions": 1.0, "deletions": 0.0})
    (medium,) = graph.media
    assert isinstance(medium, GraphMedium)
    circles = re.findall(r"<circle[^>]*>", graph_svg(medium, "upper", dark=dark).decode())
    assert [theme["upper"] in circle for circle in circles] == [False, True, False, False]
    assert theme["paper"] not in circles[1]
    gone = graph_svg(medium.model_copy(update={"touch": "taken away"}), dark=dark).decode()
    assert gone.count("<path") == 3
    assert f'fill="{theme["paper"]}"' in re.findall(r"<circle[^>]*>", gone)[1]
    assert list(draw(make_graph_examples(), dark=dark).files)[-1] == "perturbed.svg"


def test_words_and_cells_are_chips() -> None:
    lines = draw(make_text_examples()).data["lines"]
    assert lines[1]["chips"][1] == {"word": "the", "mark": "masked"}
    assert lines[-1]["chips"][2] == {"word": "house", "mark": "replaced"}
    assert all(line["image"] == "" for line in lines)
    chips = draw(make_row_examples()).data["lines"][1]["chips"]
    assert [chip["word"].replace("\u00a0", " ") for chip in chips] == [
        "hours 4500 (+500)", "·", "oil dark", "·", "sound whistle", "·", "pressure 4.90 (-0.10)",
    ]  # fmt: skip
    assert chips[4]["mark"] == "replaced"


def test_a_pair_has_an_image_in_every_line() -> None:
    ready = draw(make_text_examples(imaged=True))
    images = [line["image"] for line in ready.data["lines"]]
    assert images == list(ready.files)
    assert ready.files[images[0]] != ready.files[images[-1]]
    assert "original.png" not in ready.files  # the first page is that of a text


def test_long_texts_are_shown_around_their_first_mark() -> None:
    words, marks = tuple(f"w{i}" for i in range(200)), [""] * 200
    assert window(WordsMedium(words=words, marks=tuple(marks)), 60) == (0, 60)
    marks[150] = "replaced"
    assert window(WordsMedium(words=words, marks=tuple(marks)), 60) == (135, 195)
    marks[199], marks[150] = "masked", ""
    long = WordsMedium(words=words, marks=tuple(marks))
    assert window(long, 60) == (140, 200)
    line = draw(make_text_examples(original=Example.clean((long,), "safe"))).data["lines"][0]
    assert line["before"] == "140 words before" and line["after"] == ""


@pytest.mark.parametrize(
    ("figure", "columns", "rows"),
    [
        (
            make_image_examples(),
            ["channel", "row", "column", "value"],
            [["input", "7", "image", 0, 0, 0, 0.0]],
        ),
        (
            make_graph_examples(),
            ["node", "name", "added", "removed"],
            [
                ["input", "Mr. Hi", "graph", "", "", "", ""],
                ["noisy sample 1", "Mr. Hi", "graph", 3, "node 3", 1, 2],
                ["changed: 2 additions and 1 deletion at 2 nodes", "Officer", "graph", 12,
                 "node 12", 1, 0],
            ],
        ),
        (
            make_row_examples(),
            ["column", "value", "standardised", "mark"],
            [
                ["noisy sample 1", "worn", "cells", "hours", 4500.0, 1.5, "raised"],
                ["noisy sample 1", "worn", "cells", "sound", "whistle", None, "replaced"],
            ],
        ),
        (
            make_text_examples(imaged=True),
            ["channel", "row", "column", "value", "position", "word", "mark"],
            [
                ["noisy sample 1", "safe", "words", "", "", "", "", 1, "the", "masked"],
                ["input", "safe", "image", 0, 0, 0, 0.5, "", "", ""],
            ],
        ),
    ],
)  # fmt: skip
def test_the_table_holds_every_part_of_every_example(figure, columns, rows) -> None:
    header, found = table(figure)
    assert header == ["example", "answer", "part", *columns]
    for row in rows:
        assert row in found
    assert {row[0] for row in found} == {one.name for one in figure.everything()}
    assert figure_csv(figure).startswith("example,answer,part")


@pytest.mark.parametrize("dark", [False, True])
def test_every_kind_is_set_in_both_themes(dark: bool) -> None:
    for figure in (
        make_graph_examples(),
        make_row_examples(),
        make_text_examples(),
        make_text_examples(imaged=True),
    ):
        assert render_figure(figure, "png", dark=dark)[:4] == b"\x89PNG"
