from __future__ import annotations

import pytest

from engine.models.request import ModelRequest
from gui.backend import Offer
from gui.panels.model import ModelPanel


@pytest.fixture
def panel(qtbot, idle_session):
    panel = ModelPanel(idle_session)
    panel.offer(Offer((("demo:a", "Model A"),), ("resnet50",), ("auto", "none", "imagenet")))
    qtbot.addWidget(panel)
    return panel


def hold(session, make, request, **facts):
    session.request, session.model = request, make.model(**facts)
    session.model_changed.emit()


def test_it_says_what_identifies_the_model(panel, idle_session, make):
    hold(idle_session, make, ModelRequest("demo:a"), normalization_origin="detected")
    text = panel.facts.text()
    assert "sha256 abababababab…" in text
    assert "12,345 weights" in text
    assert "trained with sigma 0.25" in text
    assert "normalisation: none (detected)" in text


def test_an_unknown_training_noise_is_said(panel, idle_session, make):
    hold(idle_session, make, ModelRequest("x.onnx"), training_sigma=None)
    assert "training sigma unknown" in panel.facts.text()


def test_shipped_models_need_no_reading_instructions(panel, idle_session, make):
    hold(idle_session, make, ModelRequest("demo:a"))
    assert panel.reading.isHidden()
    hold(idle_session, make, ModelRequest("x.pth"))
    assert not panel.reading.isHidden()


def test_another_normalisation_reads_the_same_file_again(panel, idle_session, make, qtbot):
    hold(idle_session, make, ModelRequest("x.pth", trust=True))
    with qtbot.waitSignal(panel.wanted) as wanted:
        panel.normalize.setCurrentText("imagenet")
        panel.normalize.activated.emit(2)
    assert wanted.args == [ModelRequest("x.pth", normalize="imagenet", trust=True)]


def test_a_shipped_model_can_be_chosen(panel, qtbot):
    shipped = panel.menu.actions()[0].menu()
    with qtbot.waitSignal(panel.wanted) as wanted:
        shipped.actions()[0].trigger()
    assert wanted.args == [ModelRequest("demo:a")]


@pytest.mark.parametrize(
    ("answer", "label", "sentence"),
    [
        (7, 7, "Clean check: answers '7', as labelled."),
        (1, 7, "Clean check: answers '1', but the label is '7'."),
        (-1, 7, "Clean check: answers 'no class', but the label is '7'."),
        (1, None, "Without noise it answers '1'."),
    ],
)
def test_the_check_without_noise(panel, idle_session, make, answer, label, sentence):
    from gui.backend import Subject

    image = make.image("digits:7")
    fitted = make.fitted(image)
    identity = fitted.identity.model_copy(
        update={"label": label, "label_name": None if label is None else str(label)}
    )
    idle_session._subject = Subject(
        make.classifier(make.model()), ModelRequest("demo:a"), type(fitted)(identity, image.pixels)
    )
    idle_session.model, idle_session.clean_answer = make.model(), answer
    idle_session.fitted_changed.emit()
    assert panel.check.text() == sentence
