from __future__ import annotations

from typing import Literal

import pytest
from pydantic import BaseModel
from pydantic import Field as Declared
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox

from engine.core.fields import as_number, field_specs
from engine.core.glossary import meaning
from engine.evidence.settings import run_specs
from engine.pruning.records import PruningSettings
from gui.setup.fields import Field, as_text


class Various(BaseModel):
    keep: int | None = Declared(default=None, ge=1, title="keep", description="how many stay")
    sure: bool = Declared(default=True, title="sure")
    kernel: Literal["uniform", "mask"] = "mask"
    way: Literal["a", "b"] | None = None
    name: str = "x"


@pytest.fixture
def fields(qapp):
    return {spec.name: Field(spec) for spec in field_specs(Various)}


def test_every_kind_has_its_editor_and_its_default(fields):
    assert isinstance(fields["sure"].editor, QCheckBox)
    assert isinstance(fields["kernel"].editor, QComboBox)
    assert fields["keep"].editor.placeholderText() == "not given"
    values = {name: field.value() for name, field in fields.items()}
    assert Various(**values) == Various()


def test_what_is_shown_comes_back(fields):
    wanted = Various(keep=1200, sure=False, kernel="uniform", way="b", name="y")
    for name, field in fields.items():
        field.set_value(getattr(wanted, name))
    assert Various(**{name: field.value() for name, field in fields.items()}) == wanted
    fields["way"].set_value(None)
    assert fields["way"].value() is None


def test_every_change_is_heard(fields):
    heard = []
    for name, field in fields.items():
        field.on_change(lambda *_, name=name: heard.append(name))
    for name, value in (("keep", 3), ("sure", False), ("kernel", "uniform"), ("name", "z")):
        fields[name].set_value(value)
    assert heard == ["keep", "sure", "kernel", "name"]


def test_a_complaint_names_its_field_by_name_or_by_flag(fields):
    assert fields["keep"].is_named_by("keep must be positive.")
    assert fields["keep"].is_named_by("--keep 3 does not fit.")
    assert not fields["keep"].is_named_by("keeper is another field.")


def test_numbers_are_shown_as_they_are_read():
    for number, kind in ((1000, "int"), (0.5, "float")):
        assert as_number(as_text(number), kind) == number


def test_terms_of_the_field_have_their_meaning_as_tool_tips(qapp):
    specs = {spec.name: spec for spec in run_specs("certify")}
    assert Field(specs["n0"]).label.toolTip() == meaning("n0")
    box = Field(specs["bound"]).editor
    tips = {
        box.itemText(i): box.itemData(i, Qt.ItemDataRole.ToolTipRole) for i in range(box.count())
    }
    assert tips["live"] == meaning("live") and all(tips.values())


def test_a_name_that_means_something_else_in_other_work_has_its_own_hint(qapp):
    cells = {spec.name: spec for spec in field_specs(PruningSettings)}["cells"]
    assert meaning(cells.title) not in ("", Field(cells, of_a_run=False).hint())
    assert Field(cells, of_a_run=False).label.toolTip() == "Most cells of each map."


def test_a_whole_number_that_was_typed_has_its_digits_in_groups(fields, qtbot):
    editor = fields["keep"].editor
    qtbot.addWidget(editor)
    for typed, shown in (("3000000", "3,000,000"), ("1e5", "100,000"), ("1.5", "1.5"), ("", "")):
        editor.clear()
        qtbot.keyClicks(editor, typed)
        assert editor.text() == typed  # not while somebody types
        qtbot.keyClick(editor, Qt.Key.Key_Return)
        assert editor.text() == shown
    assert fields["name"].editor.text() == "x"
