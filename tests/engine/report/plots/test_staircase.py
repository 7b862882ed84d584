from __future__ import annotations

import pytest

from engine.core.rounding import round_down
from engine.report.plots.staircase import draw
from engine.schemes import parse_scheme
from tests.factories import make_region_figure


def test_the_line_is_the_certified_staircase() -> None:
    figure = make_region_figure("staircase")
    (panel,) = draw(figure).data["panels"]
    (line,) = panel["lines"]
    reach = figure.region.reach
    tops = [y for _, y in line[1:-1:2]]
    assert len(tops) == len(reach)
    assert [top / tops[0] for top in tops] == pytest.approx([e / reach[0] for e in reach])
    assert line[0] == (0.0, 0.0) and line[-1][1] == 0.0
    assert 0.5 < max(tops) < 1.0


def test_labels_are_rounded_down_and_ticks_are_true() -> None:
    figure = make_region_figure("staircase")
    (panel,) = draw(figure).data["panels"]
    assert [label["text"] for label in panel["labels"]] == [
        round_down(reach, 3) for reach in figure.region.reach
    ]
    label, tick = panel["labels"][0], panel["y-ticks"][1]
    strength = label["y"] * float(tick["text"]) / tick["at"]
    assert strength == pytest.approx(figure.region.reach[0])
    assert [tick["text"] for tick in panel["x-ticks"]] == ["1", "2", "3", "4", "5"]


def test_the_map_fills_the_frame() -> None:
    for facts in ({}, {"share": 0.4}):
        (panel,) = draw(make_region_figure("staircase", **facts)).data["panels"]
        top = max(r["y"] + r["h"] for r in panel["rectangles"])
        assert top + 1e-9 >= 1.0 and top < 1.1


def test_what_the_votes_not_drawn_could_reach_is_dashed_while_there_are_any() -> None:
    (panel,) = draw(make_region_figure("staircase")).data["panels"]
    assert len(panel["dashed"]) == 1
    (panel,) = draw(make_region_figure("staircase", n=10_000)).data["panels"]
    assert panel["dashed"] == []


def test_many_counts_have_no_labels_but_true_columns() -> None:
    scheme = parse_scheme({"key": "hierarchical-gaussian", "p": 0.99})
    data = draw(make_region_figure("staircase", scheme=scheme)).data
    assert data["panels"][0]["labels"] == []
    assert data["claim"].endswith("0.014")


def test_nothing_certified_is_said() -> None:
    ready = draw(make_region_figure("staircase", share=0.4))
    assert ready.data["claim"] == "nothing is certified" and not ready.data["certified"]
    assert ready.data["panels"][0]["lines"] == []
    assert ready.alt.endswith("nothing is certified")
