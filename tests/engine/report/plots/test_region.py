"""Regions in the report: bars, maps and terms show what is certified over what is required."""

from __future__ import annotations

import numpy as np
import pytest

from engine.core.rounding import round_down
from engine.evidence.settings import CertifySettings
from engine.figures.regions import preview_figure, region_figure
from engine.regions.required_probability import BANDS
from engine.report import palette
from engine.report.plots.region import MOST_PANELS, NEVER, bands, draw, rectangles, scale
from engine.schemes import parse_scheme
from engine.schemes.contrast_brightness import ContrastBrightness
from tests.factories import make_evidence, make_region_figure
from tests.schemes import Brightness

NODES = parse_scheme({"key": "hierarchical-sparse", "p": 0.81, "p_plus": 0.05, "p_minus": 0.8})


def test_every_cell_is_in_the_band_of_what_it_takes() -> None:
    required = np.array([[0.5, 0.6, 0.61, 0.95, 0.9995, 2.0]])
    assert bands(required).tolist() == [[0, 0, 1, 4, len(BANDS), NEVER]]


def test_rectangles_cover_the_frame_once() -> None:
    required = np.array([[0.5, 0.5, 0.85], [0.65, 2.0, 2.0]])
    found = rectangles(required, 0.5)
    assert [(r["band"], round(r["w"] * 3)) for r in found] == [(0, 2), (3, 1), (1, 1), (NEVER, 2)]
    assert sum(r["w"] * r["h"] for r in found) == pytest.approx(1.0)
    assert [r["y"] for r in found] == [0.0, 0.0, 0.5, 0.5]


@pytest.mark.parametrize("dark", [False, True])
def test_the_scale_goes_from_the_paper_to_strong_ink(dark: bool) -> None:
    colours = [step["colour"] for step in scale(dark=dark)]
    paper = int(palette.theme(dark=dark)["paper"][1:3], 16)
    away = [abs(int(colour[1:3], 16) - paper) for colour in colours]
    assert away == sorted(away) and len(set(colours)) == len(BANDS) + 1
    assert [step["text"] for step in scale(dark=dark)] == [*(f"{b:g}" for b in BANDS), ""]


@pytest.mark.parametrize("share", [0.75, 0.95])
def test_certified_bars_end_below_the_line(share: float) -> None:
    figure = make_region_figure("count", share=share)
    data = draw(figure).data
    for count, bar in enumerate(data["bars"]):
        assert (bar["state"] == "certified") == (count <= figure.region.most)
        assert (bar["height"] < data["now"]) == (bar["state"] == "certified")
    assert data["bars"][-1]["state"] == "never"
    assert data["claim"] == figure.region.headline()


def test_p_lower_is_rounded_down_and_named_provisional() -> None:
    figure = make_region_figure("count")
    text = draw(figure).data["now-text"]
    assert float(text.removeprefix("p lower ")) <= figure.standing.p_lower
    data = draw(make_region_figure("count", bound="clopper-pearson")).data
    assert data["now-text"].endswith(" (provisional)") and not data["valid"]
    assert data["claim"] == "nothing is certified"


def test_ticks_stand_where_the_bars_are_measured() -> None:
    figure = make_region_figure("count")
    data = draw(figure).data
    low, high = data["y-ticks"][0], data["y-ticks"][-1]
    share = (data["bars"][2]["height"] - low["at"]) / (high["at"] - low["at"])
    value = float(low["text"]) + share * (float(high["text"]) - float(low["text"]))
    assert value == pytest.approx(float(figure.needs.required[2]))


def test_the_reach_is_drawn_while_votes_are_to_come() -> None:
    assert draw(make_region_figure("count")).data["reach"] is not None
    assert draw(make_region_figure("count", n=10_000)).data["reach"] is None


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


def area(line: list[tuple[float, float]]) -> float:
    """Of a polygon that begins and ends on the ground."""
    x, y = np.array(line).T
    return float(abs((x * np.roll(y, -1) - np.roll(x, -1) * y).sum()) / 2)


def test_areas_are_the_certified_cells() -> None:
    figure = make_region_figure("cells")
    (panel,) = draw(figure).data["panels"]
    rows, columns = (len({r[side] for r in panel["rectangles"]}) for side in ("y", "x"))
    certified = sum(len(row) for row in figure.region.layers[0])
    height = panel["rectangles"][0]["h"]
    width = min(t["at"] for t in panel["x-ticks"]) * 2
    assert sum(area(line) for line in panel["lines"]) == pytest.approx(certified * height * width)
    assert rows > len(figure.region.layers[0]) and columns > 1


def test_the_line_ends_at_both_axes() -> None:
    (panel,) = draw(make_region_figure("cells")).data["panels"]
    (line,) = panel["lines"]
    assert line[0][0] == 0.0 and line[-1][1] == 0.0
    assert [x for x, _ in line] == sorted(x for x, _ in line)


def test_layers_have_panels_of_one_size_and_the_rest_is_counted() -> None:
    figure = make_region_figure("cells", scheme=NODES)
    data = draw(figure).data
    assert [panel["title"] for panel in data["panels"]] == ["1 node", "2 nodes", "3 nodes"][
        : len(figure.region.layers)
    ]
    many = parse_scheme({"key": "hierarchical-sparse", "p": 0.97})
    figure = make_region_figure("cells", scheme=many)
    data = draw(figure).data
    more = len(figure.region.layers) - MOST_PANELS
    assert len(data["panels"]) == MOST_PANELS and more > 1
    assert data["claim"].endswith(f"; {more} further maps not shown")


def test_strengths_stand_in_the_cells_rounded_down() -> None:
    figure = make_region_figure("cells", share=0.75, n=400)
    region = figure.region.model_copy(
        update={"strength_term": "epsilon", "norm": "l2", "layers": (((0.519, 0.25), (0.125,)),)}
    )
    (panel,) = draw(figure.model_copy(update={"region": region})).data["panels"]
    assert [label["text"] for label in panel["labels"]] == ["0.51", "0.25", "0.12"]


def test_nothing_certified_is_said_of_cells() -> None:
    ready = draw(make_region_figure("cells", share=0.4))
    assert ready.data["claim"] == "nothing is certified"
    assert ready.data["panels"][0]["lines"] == []


def test_a_map_marks_what_was_asked() -> None:
    scheme = parse_scheme({"key": "contrast-brightness"})
    evidence = make_evidence(settings=CertifySettings(scheme=scheme))
    assert evidence.bounds is not None
    evidence = evidence.model_copy(update={"region": scheme.region(evidence.bounds)})
    figure = region_figure(evidence, evidence.model.class_names)
    assert figure is not None
    asked = ({"gain": 1.1, "brightness": 0.02}, {"gain": 1.0, "brightness": -0.1})
    ready = draw(figure.model_copy(update={"asked": asked}))
    (panel,) = ready.data["panels"]
    found = [mark["certified"] for mark in panel["asked"]]
    assert ready.data["asked"] and found == [True, True]
    places = [mark["at"] for mark in panel["asked"]]
    assert places[0][0] > places[1][0] and places[0][1] > 0.5 > places[1][1]  # gain, signed shift
    bare = figure.model_copy(update={"asked": asked, "region": None})
    assert [mark["certified"] for mark in draw(bare).data["panels"][0]["asked"]] == [False, False]


def test_a_term_has_a_strip_with_its_interval_and_what_was_asked() -> None:
    figure = make_region_figure("interval", scheme=Brightness(sigma=0.25), share=0.9)
    asked = ({"brightness": -0.1}, {"brightness": 0.33})
    ready = draw(figure.model_copy(update={"asked": asked}))
    (strip,) = ready.data["strips"]
    (axis,) = figure.needs.axes
    region = figure.region
    assert strip["interval"] == [axis.share(region.lower), axis.share(region.upper)]
    low, high = (round_down(abs(end), 3) for end in (region.lower, region.upper))
    assert strip["ends"] == [f"−{low}", high]
    assert strip["reach"][0] < strip["interval"][0] < strip["zero"] < strip["interval"][1]
    assert [mark["certified"] for mark in strip["asked"]] == [True, False]
    assert strip["asked"][0]["at"] < strip["zero"] < strip["asked"][1]["at"]
    assert {"at": strip["zero"], "text": "0"} in strip["ticks"]
    assert ready.data["claim"] == region.headline()


def test_a_term_of_which_nothing_is_certified_shows_what_is_required() -> None:
    figure = make_region_figure("interval", scheme=Brightness(sigma=0.25), share=0.4)
    (strip,) = draw(figure).data["strips"]
    assert strip["interval"] is None and strip["rectangles"]
    assert draw(figure).data["claim"] == "nothing is certified"


def test_long_names_of_columns_keep_apart() -> None:
    """Gains have a decimal: fewer of them fit than of counts."""
    settings = CertifySettings(scheme=ContrastBrightness(), n=1000)
    (panel,) = draw(preview_figure(settings)).data["panels"]
    widest = max(len(tick["text"]) for tick in panel["x-ticks"])
    assert widest >= 3 and 4 <= len(panel["x-ticks"]) <= 64 / (widest + 2) + 1
