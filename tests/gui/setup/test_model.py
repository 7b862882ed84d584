from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from engine.models.normalize import Measured
from engine.models.request import ModelRequest
from engine.procedures.normalizations import Comparison
from gui.jobs.shipped import Offer
from gui.setup.model import ModelPanel


@pytest.fixture
def panel(qtbot, idle_session):
    panel = ModelPanel(idle_session)
    panel.offer(Offer((("demo:a", "Model A"),), ("auto", "none", "imagenet")))
    qtbot.addWidget(panel)
    return panel


def hold(session, make, request, **facts):
    session.loading.asked = request
    session.loading.request, session.loading.model = request, make.model(**facts)
    session.loading.model_changed.emit()


def test_it_says_what_identifies_the_model(panel, idle_session, make):
    notes = ("none was assumed (set another with --normalize).",)
    hold(idle_session, make, ModelRequest("demo:a"), normalization_origin="detected", notes=notes)
    text = panel.facts.text()
    assert "set another with 'Normalisation'" in text
    assert "sha256 abababababab…" in text
    assert "12,345 weights" in text
    assert "trained with Gaussian, sigma 0.25" in text
    assert "normalisation: none (assumed from the file's folder or layout)" in text


def test_an_unknown_training_noise_is_said(panel, idle_session, make):
    hold(idle_session, make, ModelRequest("x.onnx"), training_sigma=None)
    assert "training noise unknown" in panel.facts.text()


def test_shipped_models_need_no_reading_instructions(panel, idle_session, make):
    hold(idle_session, make, ModelRequest("demo:a"))
    assert panel.reading.isHidden()
    hold(idle_session, make, ModelRequest("x.pth"))
    assert not panel.reading.isHidden()


def test_a_model_behind_a_server_has_no_fields_that_do_nothing(panel, idle_session, make):
    spec = "encrypted:127.0.0.1:7000"
    hold(idle_session, make, ModelRequest(spec), source=spec)
    assert panel.reading.isHidden() and panel.front.isHidden()


def test_consent_to_a_file_that_did_not_open_is_asked_for_once(panel, idle_session, qtbot):
    idle_session.loading.asked = ModelRequest("m.pt", trust=True, consented=("ab" * 32,))
    idle_session.loading.astray["model"] = "m.pt"  # its size is not in it, say
    idle_session.loading.fitted_changed.emit()
    panel.arch.setCurrentText("@3x16x16")
    with qtbot.waitSignal(panel.wanted) as wanted:
        panel.arch.activated.emit(0)
    (request,) = wanted.args
    assert (request.spec, request.arch) == ("m.pt", "@3x16x16")
    assert request.trust and request.consented == ("ab" * 32,)


def test_another_normalisation_reads_the_same_file_again(panel, idle_session, make, qtbot):
    hold(idle_session, make, ModelRequest("x.pth", trust=True))
    with qtbot.waitSignal(panel.wanted) as wanted:
        panel.normalize.setCurrentText("imagenet")
        panel.normalize.activated.emit(2)
    assert wanted.args == [ModelRequest("x.pth", normalize="imagenet", trust=True)]


def test_a_normalisation_and_a_threshold_can_be_written(panel, idle_session, make, qtbot):
    written = "mean=.5,std=.5,channels=bgr"
    hold(idle_session, make, ModelRequest("x.onnx"))
    panel.normalize.setEditText(written)
    panel.reading.editors["output"].setText("prob:cat")
    panel.reading.editors["threshold"].setText("0.5")
    with qtbot.waitSignal(panel.wanted) as wanted:
        panel.reading.editors["threshold"].returnPressed.emit()
    asked = ModelRequest("x.onnx", normalize=written, output="prob:cat", threshold=0.5)
    assert wanted.args == [asked]
    hold(idle_session, make, asked)
    shown = (
        panel.normalize.currentText(),
        panel.reading.editors["output"].text(),
        panel.reading.editors["threshold"].text(),
    )
    assert shown == (written, "prob:cat", "0.5")


def test_a_shipped_model_can_be_chosen(panel, qtbot):
    shipped = panel.menu.actions()[0].menu()
    with qtbot.waitSignal(panel.wanted) as wanted:
        shipped.actions()[0].trigger()
    assert wanted.args == [ModelRequest("demo:a")]


@pytest.mark.parametrize(
    ("answer", "label", "sentence"),
    [
        (7, 7, "Clean check: predicts '7', as labelled."),
        (1, 7, "Clean check: predicts '1', but the label is '7'."),
        (-1, 7, "Clean check: predicts 'no class', but the label is '7'."),
        (1, None, "Without noise it predicts '1'."),
    ],
)
def test_the_check_without_noise(panel, idle_session, make, answer, label, sentence):
    from gui.jobs.engine_jobs import Subject

    image = make.image("digits:7")
    fitted = make.fitted(image)
    identity = fitted.identity.model_copy(
        update={"label": label, "label_name": None if label is None else str(label)}
    )
    idle_session.loading.subject = Subject(
        make.classifier(make.model()), ModelRequest("demo:a"), type(fitted)(identity, image.pixels)
    )
    idle_session.loading.model, idle_session.loading.clean_answer = make.model(), answer
    idle_session.loading.fitted_changed.emit()
    assert panel.check.text() == sentence


def test_any_model_can_be_named(panel, qtbot):
    panel.by_name.trigger()
    panel.normalize.setCurrentText("imagenet")
    panel.arch.setCurrentText("resnet50")
    panel.reading.editors["class_names"].setText("/names.txt")
    panel.spec.setText("owner/name")
    with qtbot.waitSignal(panel.wanted) as wanted:
        qtbot.keyClick(panel.spec, Qt.Key.Key_Return)
    assert wanted.args == [
        ModelRequest(
            "owner/name", arch="resnet50", normalize="imagenet", class_names=Path("/names.txt")
        )
    ]


def test_a_model_that_did_not_open_can_be_corrected(panel, idle_session, make, qtbot):
    hold(idle_session, make, ModelRequest("demo:a"))
    assert panel.spec.isHidden() and panel.reading.isHidden()
    idle_session.loading.asked = ModelRequest("weights.pt")
    idle_session.worker.activity_changed.emit()
    assert panel.spec.text() == "weights.pt"
    assert not panel.spec.isHidden() and not panel.reading.isHidden()
    with qtbot.waitSignal(panel.wanted) as wanted:
        panel.arch.setCurrentText("resnet18")
        panel.arch.activated.emit(0)
    assert wanted.args == [ModelRequest("weights.pt", arch="resnet18")]
    hold(idle_session, make, wanted.args[0])
    assert panel.spec.isHidden()
    assert panel.arch.currentText() == "resnet18"


def test_a_refused_model_leaves_a_way_back(panel, idle_session, make, qtbot):
    hold(idle_session, make, ModelRequest("demo:a"))
    loading, name = idle_session.loading, idle_session.loading.model.name
    loading.asked, loading.astray = ModelRequest("bad.onnx"), {"model": "bad.onnx"}
    loading.fitted_changed.emit()
    assert panel.name.text() == f"Still open: {name}" and panel.check.text() == ""
    assert panel.spec.text() == "bad.onnx" and panel.back.text() == f"Back to {name}"
    panel.back.click()
    assert not loading.astray and panel.spec.isHidden() and panel.back.isHidden()
    assert panel.name.text() == name


def test_consent_is_for_one_file(panel, idle_session, make, qtbot):
    hold(idle_session, make, ModelRequest("a.pt2", trust=True))
    panel.by_name.trigger()
    panel.spec.setText("b.pt2")
    with qtbot.waitSignal(panel.wanted) as wanted:
        panel.spec.returnPressed.emit()
    assert wanted.args == [ModelRequest("b.pt2")]


def test_architectures_are_listed_and_any_may_be_typed(panel, idle_session):
    panel.arch.setCurrentText("my_own")
    panel._offer_architectures(("digits_cnn", "resnet50"))
    assert panel.arch.findText("resnet50") > 0
    assert panel.arch.currentText() == "my_own"


def test_a_file_of_class_names_reads_the_model_again(panel, idle_session, make, qtbot):
    hold(idle_session, make, ModelRequest("x.pth"))
    with qtbot.waitSignal(panel.wanted) as wanted:
        panel.reading.take("class_names", Path("/names.txt"))
    assert wanted.args == [ModelRequest("x.pth", class_names=Path("/names.txt"))]


def test_what_is_right_behind_each_normalisation_is_shown(panel, idle_session, make, qtbot):
    hold(idle_session, make, ModelRequest("x.pth"))
    assert panel.measured.isHidden()
    rows = (Measured("imagenet", 0.84), Measured("none", 0.1))
    idle_session.normalizations.comparison = Comparison(50, rows)
    idle_session.normalizations.changed.emit()
    assert panel.normalize.itemText(panel.normalize.findData("imagenet")) == "imagenet: 42 of 50"
    assert panel.normalize.itemText(panel.normalize.findData("auto")) == "auto"
    assert "50 labelled images: imagenet 42, none 5." in panel.measured.text()
    assert "choose it with 'Normalisation' imagenet" in panel.measured.text()
    with qtbot.waitSignal(panel.wanted) as wanted:
        place = panel.normalize.findData("imagenet")
        panel.normalize.setCurrentIndex(place)
        panel.normalize.activated.emit(place)
    assert wanted.args == [ModelRequest("x.pth", normalize="imagenet")]


def test_a_graph_model_says_what_it_takes(panel, idle_session, make):
    taught = {"key": "hierarchical-sparse", "p": 0.8, "p_plus": 0.02, "p_minus": 0.5}
    hold(idle_session, make, ModelRequest("demo:karate"), kind="graph", input_shape=(0, 35),
         encoding="indicator", training_sigma=None, training_scheme=taught)  # fmt: skip
    text = panel.facts.text()
    assert "nodes with 34 features, told which are noised, 10 classes" in text
    assert "trained with flips" in text
    assert "normalisation" not in text


def test_how_noised_pixels_are_told_is_chosen_like_the_normalisation(
    panel, idle_session, make, qtbot
):
    hold(idle_session, make, ModelRequest("x.onnx"))
    place = panel.reading.editors["encoding"].findText("indicator")
    panel.reading.editors["encoding"].setCurrentIndex(place)
    with qtbot.waitSignal(panel.wanted) as wanted:
        panel.reading.editors["encoding"].activated.emit(place)
    assert wanted.args[0].encoding == "indicator"


def test_a_denoiser_is_chosen_before_a_model_of_images(panel, idle_session, make, qtbot):
    box = panel.front.editors["denoiser"]
    hold(idle_session, make, ModelRequest("demo:a"))
    assert not panel.front.isHidden()
    assert [box.itemText(place) for place in range(box.count())] == ["", "demo:digits-denoiser"]
    with qtbot.waitSignal(panel.wanted) as wanted:
        box.setCurrentIndex(1)
        box.activated.emit(1)
    asked = ModelRequest("demo:a", denoiser="demo:digits-denoiser")
    assert wanted.args == [asked]
    hold(idle_session, make, asked)
    assert box.currentText() == "demo:digits-denoiser"
    with qtbot.waitSignal(panel.wanted) as wanted:
        panel.front.take("denoiser", Path("/models/d.onnx"))
    assert wanted.args == [ModelRequest("demo:a", denoiser="/models/d.onnx")]
    hold(idle_session, make, ModelRequest("demo:b"), kind="text", input_shape=(9,))
    assert panel.front.isHidden()
