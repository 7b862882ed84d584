"""The size of the changes under which medians are bounded is typed, and is what a run declares."""

from __future__ import annotations

from types import SimpleNamespace

from engine.core.outputs import Outputs
from gui.setup.medians import MediansPanel


def test_it_is_in_sight_for_models_of_places_and_numbers(session, qtbot, monkeypatch) -> None:
    panel = MediansPanel(session)
    qtbot.addWidget(panel)
    assert panel.isHidden()
    outputs = Outputs(kind="numbers", names=("age",))
    monkeypatch.setattr(session.loading, "model", SimpleNamespace(outputs=outputs))
    session.loading.model_changed.emit()
    assert not panel.isHidden() and not panel.start.isEnabled()
    assert panel.epsilon.value() == session.form.settings.law.level / 2
    panel.epsilon.setValue(0.2)
    assert session.form.change_bounded == 0.2
    session.form.set(session.form.settings)  # what was typed stays
    assert panel.epsilon.value() == 0.2


def test_the_run_declares_what_was_typed(session, qtbot, monkeypatch) -> None:
    asked = []
    monkeypatch.setattr(session.runs, "_count", asked.append)
    monkeypatch.setattr(session.loading, "subject", object())
    panel = MediansPanel(session)
    qtbot.addWidget(panel)
    panel.epsilon.setValue(0.07)
    session.runs.measure()
    assert asked[0].epsilon == 0.07
