from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QToolButton

from engine.models.request import ModelRequest
from gui.setup.ensemble import EnsembleFields
from gui.setup.model import ModelPanel

A, B, C = "demo:a", "b.onnx", "c.onnx"


def ensemble(*specs: str, **more: Any) -> ModelRequest:
    return ModelRequest(specs[0], others=tuple(specs[1:]), **more)


@pytest.fixture
def fields(qtbot: Any) -> EnsembleFields:
    made = EnsembleFields()
    qtbot.addWidget(made)
    return made


def asked(qtbot: Any, fields: EnsembleFields, act: Any) -> ModelRequest:
    with qtbot.waitSignal(fields.wanted) as wanted:
        act()
    return wanted.args[0]  # type: ignore[no-any-return]


def test_a_single_model_shows_nothing_and_takes_a_member(
    fields: EnsembleFields, qtbot: Any
) -> None:
    fields.offer((("demo:b", "Model B"),))
    fields.show_request(ModelRequest(A, normalize="half"))
    assert fields.isHidden()
    shipped = next(action for action in fields.menu.actions() if action.text() == "Model B")
    found = asked(qtbot, fields, shipped.trigger)
    assert found == ModelRequest(A, normalize="half", others=tuple(["demo:b"]))


def test_members_are_taken_out_until_one_is_left(fields: EnsembleFields, qtbot: Any) -> None:
    fields.show_request(ensemble(A, B, C, combine="votes", consensus=3))
    assert not fields.isHidden()
    drops = [each for each in fields.findChildren(QToolButton) if not each.isHidden()]
    assert len(drops) == 3
    found = asked(qtbot, fields, drops[0].click)
    assert found == ensemble(B, C, combine="votes")  # nobody asks three of two
    fields.show_request(found)
    assert asked(qtbot, fields, lambda: fields.remove(1)) == ModelRequest(B)


def test_the_rule_is_read_again_when_it_is_another(fields: EnsembleFields, qtbot: Any) -> None:
    fields.show_request(ensemble(A, B, C))
    fields.consensus.setCurrentIndex(1)
    found = asked(qtbot, fields, lambda: fields.consensus.activated.emit(1))
    assert found == ensemble(A, B, C, consensus=2)
    fields.show_request(found)
    assert fields.consensus.currentData() == 2
    with qtbot.assertNotEmitted(fields.wanted):
        fields.combine.activated.emit(0)


def test_the_panel_keeps_members_when_the_model_is_read_again(
    idle_session: Any, make: Any, qtbot: Any
) -> None:
    panel = ModelPanel(idle_session)
    qtbot.addWidget(panel)
    request = ensemble("x.pth", B, combine="softmax")
    idle_session.loading.asked = idle_session.loading.request = request
    idle_session.loading.model = make.model()
    idle_session.loading.model_changed.emit()
    assert not panel.ensemble.isHidden()
    with qtbot.waitSignal(panel.wanted) as wanted:
        panel.reading.editors["class_names"].setText("names.txt")
        panel.reading.editors["class_names"].returnPressed.emit()
    assert wanted.args[0].members == ("x.pth", B)
    assert wanted.args[0].combine == "softmax"
