from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from engine.inputs import expand, load_input
from engine.inputs.coding import Columns
from gui.setup.row_input import RowInputView


@pytest.fixture
def view(qtbot, idle_session, tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("age,job,label\n31.5,cook,a\n40.25,smith,b\n28,cook,a\n")
    view = RowInputView(idle_session.loading)
    qtbot.addWidget(view)
    idle_session.loading.given = load_input(f"{path}:1")
    view.refresh()
    return view


def test_every_cell_is_shown_with_what_its_column_is_taken_for(view):
    names = [view.table.item(row, 0).text() for row in range(view.table.rowCount())]
    assert names[:2] == ["age", "job"]
    assert view.table.item(0, 1).text() == "40.25"
    assert view.table.cellWidget(0, 2).currentText() == "numeric"
    assert view.table.cellWidget(1, 2).currentText() == "categorical"


def test_another_type_opens_the_row_again_read_so(view, qtbot):
    box = view.table.cellWidget(0, 2)
    with qtbot.waitSignal(view.wanted) as wanted:
        box.textActivated.emit("categorical")
    again = load_input(wanted.args[0])
    assert again.row == 1 and again.table.type_of("age") == "categorical"
    assert again.table.type_of("job") == "categorical"


def test_no_column_is_cut_in_a_narrow_form(view):
    view.resize(238, 300)
    view.show()
    QApplication.processEvents()
    box = view.table.cellWidget(1, 2)
    assert box.width() >= box.minimumSizeHint().width()
    assert box.geometry().right() <= view.table.viewport().rect().right()
    assert view.table.horizontalScrollBar().maximum() == 0


def test_the_order_of_columns_is_asked_for(view, idle_session):
    class Unnamed:
        coding = Columns(())

    loading, asked = idle_session.loading, []
    assert view.order.isHidden()
    loading.classifier = Unnamed()
    loading.open_input = lambda spec, row: asked.append((spec, row))
    loading.specs = expand(loading.given.table.source)
    view.refresh()
    assert not view.order.isHidden()
    view.order.click()
    spec, row = asked[0]
    assert spec == f"{loading.given.source}?columns=all" == row[1] and len(row) == 3
    loading.given = load_input(spec)
    view.refresh()
    assert view.order.isHidden() and loading.given.table.columns == ("age", "job")
