"""A folder whose names match no class: the guess is shown, and taken when somebody says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from engine.inputs import expand, fit, load_input
from gui.jobs.engine_jobs import Subject
from gui.setup.labels import LabelChoice


def test_a_guess_is_asked_about(qtbot: Any, idle_session: Any, tmp_path: Path) -> None:
    for name in ("cat", "dog"):
        (tmp_path / name).mkdir()
        Image.fromarray(np.zeros((2, 2), np.uint8)).save(tmp_path / name / "a.png")
    loading = idle_session.loading
    choice = LabelChoice(loading)
    qtbot.addWidget(choice)
    assert choice.isHidden()
    asked: list[tuple[str, list[str]]] = []
    loading.open_input = lambda spec, row: asked.append((spec, row))
    identity = _model(("class 0", "class 1"))
    loading.specs = expand(str(tmp_path))
    for rule, shown, label in (("", True, None), ("order", True, 1), ("", True, None)):
        loading.given = load_input(loading.specs[1] + (f"?labels={rule}" if rule else ""))
        fitted = fit(loading.given, identity)
        assert fitted.identity.label == label
        loading.subject = Subject(None, None, fitted)  # type: ignore[arg-type]
        choice.refresh()
        assert choice.isHidden() is not shown
    action = next(one for one in choice.menu.actions() if "order" in one.text())
    action.trigger()
    specs = [f"{spec}?labels=order" for spec in loading.specs]
    assert asked == [(specs[1], specs)]
    named = fit(load_input(loading.specs[1]), _model(("dog", "cat")))
    loading.given, loading.subject = load_input(loading.specs[1]), Subject(None, None, named)  # type: ignore[arg-type]
    choice.refresh()
    assert choice.isHidden()


def _model(names: tuple[str, ...]) -> Any:
    from engine.core.records import ModelIdentity

    return ModelIdentity(
        name="m",
        source="m.onnx",
        format="onnx",
        sha256="0" * 64,
        architecture="",
        class_names=names,
        input_shape=(1, 2, 2),
    )
