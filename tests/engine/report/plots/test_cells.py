from __future__ import annotations

import pytest

from engine.report.plots.cells import MOST_PANELS, draw
from engine.schemes import parse_scheme
from tests.factories import make_region_figure

NODES = parse_scheme({"key": "hierarchical-sparse", "p": 0.81, "p_plus": 0.05, "p_minus": 0.8})


def area(line: list[tuple[float, float]]) -> float:
    (left, low), _, (right, high), _ = line
    return (right - left) * (high - low)


def test_areas_are_the_certified_cells() -> None:
    figure = make_region_figure("cells")
    (panel,) = draw(figure).data["panels"]
    rows, columns = (len({r[side] for r in panel["rectangles"]}) for side in ("y", "x"))
    certified = sum(len(row) for row in figure.region.layers[0])
    height = panel["rectangles"][0]["h"]
    width = min(t["at"] for t in panel["x-ticks"]) * 2
    assert sum(area(line) for line in panel["areas"]) == pytest.approx(certified * height * width)
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


def test_nothing_certified_is_said() -> None:
    ready = draw(make_region_figure("cells", share=0.4))
    assert ready.data["claim"] == "nothing is certified"
    assert ready.data["panels"][0]["areas"] == []
