from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt

from engine.procedures.set_standing import SetRow
from gui.pages.audit_model import COLUMNS, OUTCOME, AuditModel, N, natural

FALLING = Qt.SortOrder.DescendingOrder


def row(place: int, outcome: str = "correct", **more) -> SetRow:
    facts = {"name": f"digits:{place}", "label": str(place % 10), "n": 1000, "size": place / 100}
    facts |= {"run_id": f"r{place}", "certified": f"R = {place / 100:.3f}", **more}
    return SetRow(place=place, spec=facts["name"], outcome=outcome, **facts)


@pytest.fixture
def model(qapp):
    model = AuditModel()
    reason = {"certified": "", "size": -1.0, "cause": "below half", "reason": "It is hard."}
    rows = [row(9), row(10, "wrong"), row(2, "abstained", **reason)]
    rows = [replace(one, place=place) for place, one in enumerate(rows)]
    model.show_rows(rows, len(rows))
    return model


def names(model):
    return [model.index(place, 0).data() for place in range(model.rowCount())]


def test_rows_stand_as_they_were_decided_until_a_column_is_chosen(model):
    assert names(model) == ["digits:9", "digits:10", "digits:2"]
    assert [model.index(2, column).data() for column in range(len(COLUMNS))] == [
        "digits:2", "2", "", "– abstained", "", "", "below half", "1,000", "0.00 s",
    ]  # fmt: skip
    model.sort(0)
    assert names(model) == ["digits:2", "digits:9", "digits:10"]  # by number
    model.sort(4, FALLING)
    assert names(model) == ["digits:10", "digits:9", "digits:2"]
    model.sort(-1)
    assert names(model) == ["digits:9", "digits:10", "digits:2"]
    assert natural("a2b10") < natural("a10b2")


def test_filters_hold_texts_and_outcomes(model):
    model.filter("HARD")
    assert names(model) == ["digits:2"]
    model.filter("", "wrong")
    assert names(model) == ["digits:10"]
    model.filter("digits:1", "correct")
    assert names(model) == []
    model.filter("")
    assert len(names(model)) == 3


def test_a_selected_row_stays_selected_wherever_it_goes(model):
    kept = QPersistentModelIndex(model.index(2, 0))
    model.sort(0)
    assert kept.row() == 0 and kept.data() == "digits:2"
    model.filter("digits:9")
    assert not kept.isValid()


@pytest.mark.thorough
def test_more_rows_are_added_at_the_end_or_find_their_places_soon(model, qtbot):
    rows = [*model.rows, row(3), row(4)]
    model.show_rows(rows, 4)  # another list: all anew
    assert len(names(model)) == 4
    with qtbot.waitSignal(model.rowsInserted):
        model.show_rows(rows, 5)
    assert names(model)[-1] == "digits:4"
    model.sort(0)
    rows.append(row(5))
    model.show_rows(rows, 6)
    assert len(names(model)) == 5  # in a moment
    qtbot.waitUntil(lambda: "digits:5" in names(model))
    assert names(model)[:3] == ["digits:2", "digits:3", "digits:4"]


def test_what_a_cell_says_beside_its_text(model):
    tip, ink, align = (
        Qt.ItemDataRole.ToolTipRole,
        Qt.ItemDataRole.ForegroundRole,
        Qt.ItemDataRole.TextAlignmentRole,
    )
    assert model.index(2, 5).data(tip) == "It is hard." and model.index(0, 4).data(tip)
    assert model.index(0, OUTCOME).data(ink) != model.index(1, OUTCOME).data(ink)
    assert model.index(0, 0).data(ink) is None and model.index(0, N).data(align)
    assert model.headerData(0, Qt.Orientation.Horizontal) == "Input"
    assert model.row_at(model.index(1, 0)).outcome == "wrong"
    assert model.place_of(model.rows[1]) == 1


def test_the_name_of_a_sorted_column_of_numbers_leaves_its_arrow_room(model):
    across = Qt.Orientation.Horizontal
    for column in (7, 8):
        name = model.headerData(column, across)
        model.sort(column)
        shown = model.headerData(column, across)
        assert shown.startswith(name) and shown != name == shown.strip()
        model.sort(0)
        assert model.headerData(column, across) == name
    assert model.headerData(0, across) == "Input"
