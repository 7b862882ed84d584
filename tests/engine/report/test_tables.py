from __future__ import annotations

import csv
import io

import numpy as np

from engine.figures.bounds import bounds_figure
from engine.figures.votes import votes_figure
from engine.report.plots import Figure
from engine.report.tables import figure_csv
from engine.schemes import parse_scheme
from tests.factories import (
    DIGITS,
    make_evidence,
    make_image_examples,
    make_region_figure,
    make_slice_figure,
)


def rows(figure: Figure) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(figure_csv(figure))))


def test_votes() -> None:
    found = rows(votes_figure(make_evidence(failures=3), DIGITS))
    assert found[7] == {"class": "7", "name": "7", "selection": "97", "estimation": "98403"}
    assert found[-1]["name"] == "no class"
    assert sum(int(row["estimation"]) for row in found) == 100_003


def test_bounds_keep_full_precision() -> None:
    figure = bounds_figure(make_evidence(), DIGITS)
    found = rows(figure)
    assert [float(row["p_lower"]) for row in found] == [p.p_lower for p in figure.points]
    assert {row["valid"] for row in found} == {"1"}


def test_slice_gives_each_cell_its_middle() -> None:
    base = np.array([[7, 2], [7, -1]], dtype=np.int16)
    found = rows(make_slice_figure(base=base, smoothed=base[:1, :1], extent=1.0, radius=0.25))
    assert [(r["u"], r["v"], r["class"]) for r in found[:4]] == [
        ("-0.5", "-0.5", "7"),
        ("0.5", "-0.5", "2"),
        ("-0.5", "0.5", "7"),
        ("0.5", "0.5", "-1"),
    ]
    assert (found[4]["layer"], found[4]["u"]) == ("smoothed", "0.0")
    assert (found[5]["layer"], found[5]["u"]) == ("certified radius", "0.25")


def test_examples_hold_every_pixel() -> None:
    figure = make_image_examples()
    found = rows(figure)
    assert len(found) == 5 * 64
    original = [float(row["value"]) for row in found if row["example"] == "input"]
    assert original == figure.original.media[0].pixels.ravel().tolist()
    assert found[-1]["example"] == "changed: l2 norm 0.500"


def test_a_provisional_value_has_a_column_that_says_so() -> None:
    figure = bounds_figure(make_evidence(), DIGITS)
    assert figure.provisional
    found = list(csv.DictReader(io.StringIO(figure_csv(figure))))
    provisional = [row["p_lower_fixed_n_provisional"] for row in found]
    assert provisional[-1] == ""
    assert [float(p) for p in provisional if p] == [p.p_lower for p in figure.provisional]


def test_a_staircase_gives_every_cell_and_every_step() -> None:
    figure = make_region_figure("staircase")
    found = rows(figure)
    cells = figure.needs.required.size
    assert len(found) == cells + len(figure.region.reach)
    for row in found[:cells]:
        inside = float(row["epsilon"]) < (figure.region.strength(int(row["entities"])) or 0.0)
        assert row["certified"] == str(int(inside))
        assert (row["p_required"] == "") == (int(row["entities"]) == 5 or not row["p_required"])
    steps = [float(row["epsilon"]) for row in found[cells:]]
    assert steps == list(figure.region.reach) and found[-1]["certified"] == "below"


def test_counts_and_cells_give_what_they_take() -> None:
    figure = make_region_figure("count", share=0.9)
    found = rows(figure)
    assert [int(row["certified"]) for row in found].count(1) == figure.region.most + 1
    assert float(found[1]["p_required"]) == float(figure.needs.required[1])
    assert found[-1]["p_required"] == ""
    layered = make_region_figure("cells", scheme=parse_scheme({"key": "hierarchical-sparse"}))
    found = rows(layered)
    assert set(found[0]) == {"entities", "additions", "deletions", "p_required", "certified"}
    certified = sum(row["certified"] == "1" for row in found)
    cells = [cell for layer in layered.region.layers for row in layer for cell in row]
    assert certified == sum(cell is not None for cell in cells)
