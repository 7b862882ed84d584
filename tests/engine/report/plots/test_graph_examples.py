from __future__ import annotations

import re

import pytest

from engine.figures import NodeTouch
from engine.report import palette
from engine.report.drawing import figure_csv, render_figure
from engine.report.plots.graph_examples import draw, neighbourhood_svg, noised_words, table
from tests.factories import make_nodes_figure


def test_tiles_tell_answers_nodes_and_the_change() -> None:
    tiles = draw(make_nodes_figure()).data["tiles"]
    assert [tile["caption"] for tile in tiles] == [
        "the input",
        "noisy: Mr. Hi",
        "noisy: Mr. Hi",
        "noisy: Officer",
        "changed: 1 addition and 0 deletions at 1 node",
    ]
    assert tiles[0]["note"] == "without noise: Mr. Hi"
    assert tiles[1]["note"] == "2 nodes noised: +1 features, -2"
    assert tiles[-1]["note"] == "node 3: +1 feature; the base model answers Mr. Hi"


def test_an_abstention_shows_no_change() -> None:
    ready = draw(make_nodes_figure(region=None, answers=()))
    assert len(ready.data["tiles"]) == 4 and "attack.svg" not in ready.files
    assert len(draw(make_nodes_figure(attack=None)).data["tiles"]) == 4


@pytest.mark.parametrize("dark", [False, True])
def test_every_node_is_drawn_and_touched_ones_are_ringed(dark: bool) -> None:
    theme = palette.theme(dark=dark)
    svg = neighbourhood_svg(make_nodes_figure(), {1: theme["upper"]}, gone={2}, dark=dark).decode()
    circles = re.findall(r"<circle[^>]*>", svg)
    assert len(circles) == 4 and svg.count("<path") == 3
    assert [theme["upper"] in circle for circle in circles] == [False, True, False, False]
    assert f'fill="{theme["paper"]}"' in circles[2]


def test_taken_away_nodes_are_counted() -> None:
    sample = make_nodes_figure().samples[0]
    gone = {"mark": "taken away", "touches": (NodeTouch(position=1),)}
    assert noised_words(sample.model_copy(update=gone)) == "1 node taken away"


def test_the_table_holds_every_touch() -> None:
    header, rows = table(make_nodes_figure())
    assert header == ["copy", "answer", "node", "name", "added", "removed"]
    assert ["noisy sample 1", "Mr. Hi", 3, "node 3", 1, 2] in rows
    last = "changed: 2 additions and 1 deletion at 2 nodes"
    assert [last, "Officer", 12, "node 12", 1, 0] in rows
    assert figure_csv(make_nodes_figure()).startswith("copy,answer,node")


def test_it_is_set_in_both_themes() -> None:
    assert render_figure(make_nodes_figure(), "png", dark=True)[:4] == b"\x89PNG"
    assert b"Officer" in figure_csv(make_nodes_figure()).encode()
