from __future__ import annotations

import numpy as np
import pytest

from engine.figures import RowColumn, sizes
from engine.regions import Ball, CellMap
from tests.factories import make_rows_figure

FLIPS = CellMap(
    row_term="additions", column_term="deletions", strength_term="epsilon",
    layers=(((0.9, 0.4), (0.3, None)),), norm="l2", unit="standard deviations of their columns",
)  # fmt: skip


def test_cells_are_in_the_tables_own_words_and_units() -> None:
    figure = make_rows_figure()
    assert [cell.text for cell in figure.cells(figure.original)] == [
        "4000", "dark", "quiet", "5.00",
    ]  # fmt: skip
    assert {cell.mark for cell in figure.cells(figure.original)} == {""}


def test_what_the_noise_did_is_marked_cell_by_cell() -> None:
    figure = make_rows_figure()
    first, second, third = figure.samples
    cells = figure.cells(first)
    assert [cell.mark for cell in cells] == ["raised", "", "replaced", "lowered"]
    assert [cell.shown() for cell in cells] == ["▲ 4500", "dark", "whistle", "▼ 4.90"]
    assert [cell.told() for cell in cells] == ["4500 (+500)", "dark", "whistle", "4.90 (-0.10)"]
    assert figure.told(first) == "2 numbers moved, 1 field replaced"
    assert figure.told(second) == "2 numbers moved" and figure.told(third) == ""


def test_a_change_has_the_size_that_is_asked_for() -> None:
    figure = make_rows_figure()
    changed = figure.changed({"words": 1.0, "epsilon": 0.499})
    moved = np.subtract(changed.numbers, figure.original.numbers)
    assert np.linalg.norm(moved) == pytest.approx(0.499)
    assert changed.codes == (1, 1)  # the field that hurts most
    assert changed.answer == "sound"
    assert figure.changed({"words": 2.0, "epsilon": 0.1}).codes == (0, 1)
    assert figure.changed({"words": 2.0, "epsilon": 0.1}).answer == ""  # never asked


def test_every_certified_size_is_shown_inside_the_region() -> None:
    figure = make_rows_figure()
    for change, answer in zip(sizes(figure.region), figure.answers, strict=True):
        assert figure.region.contains(change)
        assert figure.changed(change).answer == answer


def test_additions_and_deletions_are_taken_from_their_own_fields() -> None:
    figure = make_rows_figure(region=FLIPS)
    both = figure.changed({"additions": 1.0, "deletions": 1.0, "epsilon": 0.0})
    assert both.codes == (0, 1) and both.numbers == figure.original.numbers
    assert figure.changed({"additions": 1.0, "deletions": 0.0, "epsilon": 0.0}).codes == (1, 1)
    assert figure.changed({"additions": 0.0, "deletions": 1.0, "epsilon": 0.0}).codes == (0, 0)
    assert {"additions": 0.0, "deletions": 1.0, "epsilon": 0.399} in sizes(FLIPS)


def test_numbers_alone_may_be_all_that_is_certified() -> None:
    alone = FLIPS.model_copy(update={"layers": (((0.9,),),)})
    assert sizes(alone) == ({"additions": 0.0, "deletions": 0.0, "epsilon": 0.899},)


def test_no_attack_no_region_or_other_terms_show_no_change() -> None:
    change = {"words": 1.0, "epsilon": 0.1}
    assert make_rows_figure(attack=None).changed(change) is None
    assert make_rows_figure(region=None).changed(change) is None
    ball = Ball(norm="l2", radius=1.0, unit="u")
    assert make_rows_figure(region=ball).changed({"radius": 0.5}) is None


@pytest.mark.parametrize(
    ("scale", "text"), [(1824.0, "5063"), (8.8, "5063.4"), (0.81, "5063.37"), (0.01, "5063.370")]
)
def test_numbers_are_as_fine_as_a_tenth_of_their_deviation(scale: float, text: str) -> None:
    assert RowColumn(name="x", mean=5063.37, scale=scale).number(0.0) == text
