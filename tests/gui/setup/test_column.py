from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtGui import QAction

from engine.evidence.settings import CertifySettings
from engine.models.request import ModelRequest
from engine.schemes import Ablation, Gaussian, HierarchicalSparse
from engine.schemes.hybrid_mask import HybridMask
from engine.schemes.laplace import Laplace
from engine.schemes.text_uniform import TextUniform
from gui.setup.column import LeftColumn, same_but_for_levels
from gui.shell.commands import COMMANDS


def made(qtbot, session):
    actions = {command.id: QAction(command.title) for command in COMMANDS}
    column = LeftColumn(session, actions)
    column.keep = actions
    qtbot.addWidget(column)
    return column


@pytest.fixture
def column(qtbot, session):
    return made(qtbot, session)


def test_the_form_reaches_the_session(qtbot, idle_session):
    column = made(qtbot, idle_session)
    column.settings.fields["n"].editor.setText("500")
    assert idle_session.form.settings.n == 500
    column.settings.fields["n"].editor.setText("none")
    assert idle_session.form.complaint.startswith("n must be")
    assert idle_session.form.settings.n == 500


def test_a_model_proposes_the_scheme_it_was_trained_for(column, session, engine, make, qtbot):
    taught = {"key": "hierarchical-sparse", "p": 0.8, "p_plus": 0.02, "p_minus": 0.5}
    graph = make.model("karate", kind="graph", input_shape=(0, 35), training_scheme=taught)
    engine.models["demo:karate"] = graph
    session.loading.open_model(ModelRequest("demo:karate"))
    qtbot.waitUntil(lambda: session.loading.model is not None)
    scheme = session.form.settings.scheme
    assert isinstance(scheme, HierarchicalSparse)
    assert (scheme.p, scheme.p_plus, scheme.p_minus) == (0.8, 0.02, 0.5)
    assert column.attacker.scheme() is HierarchicalSparse
    # read again in another way, it leaves the form alone
    column.settings.fields["p"].set_value(0.9)
    session.loading.open_model(ModelRequest("demo:karate", normalize="none"))
    qtbot.waitUntil(lambda: session.loading.request.normalize == "none")
    assert session.form.settings.scheme.p == 0.9


def test_another_training_sigma_is_proposed_too(column, session, engine, make, qtbot):
    engine.models["demo:half"] = make.model("half", training_sigma=0.5)
    session.loading.open_model(ModelRequest("demo:half"))
    qtbot.waitUntil(lambda: session.form.settings.scheme == Gaussian(sigma=0.5))


def test_a_model_of_another_kind_brings_a_scheme_that_fits(column, session, engine, make, qtbot):
    engine.models["g"] = make.model("g", kind="graph", input_shape=(0, 9), training_sigma=None)
    session.loading.open_model(ModelRequest("g"))
    qtbot.waitUntil(lambda: "graph" in type(session.form.settings.scheme).inputs)


def test_what_settings_can_come_to_is_said_beside_the_form(column, session, qtbot):
    needs = column.settings.needs
    qtbot.waitUntil(lambda: "If all 100,000 votes agree" in needs.text())
    column.settings.set_scheme(Ablation)
    assert needs.isHidden() and needs.text() == ""  # never that of another scheme
    qtbot.waitUntil(lambda: "1 pixel or node: 0.6875" in needs.text())
    column.settings.fields["keep"].set_value(40)
    assert "0.6875" not in needs.text()  # nor of settings that it does not name
    qtbot.waitUntil(lambda: "no probability suffices" in needs.text())
    assert needs.sentence.property("role") == "provisional"


def test_while_a_slider_is_dragged_the_numbers_stay_and_say_where_they_belong(
    column, session, qtbot
):
    column.settings.set_scheme(HybridMask)
    needs, field = column.settings.needs, column.settings.fields["beta"]
    qtbot.waitUntil(lambda: "at beta 0.9, sigma 0.25: " in needs.text())
    before = needs.text()
    field.slider.setValue(field.slider.value() - 10)
    assert session.form.settings.scheme.beta == 0.8
    assert needs.text() == before
    qtbot.waitUntil(lambda: "at beta 0.8, sigma 0.25: " in needs.text())
    assert "1 word: 0.7001" in needs.text()  # p - (1 - beta) must be one half, rounded up


def test_a_forecast_of_other_votes_does_not_stand_while_a_run_is_counted(loaded, engine, qtbot):
    settings = loaded.left.settings
    qtbot.waitUntil(lambda: "If all 100,000 votes agree" in settings.needs.text())
    engine.pause = 0.2  # the forecast has to wait for the run
    settings.fields["n"].set_value(400_000)
    loaded.session.runs.certify()
    qtbot.waitUntil(lambda: "votes agree" not in settings.needs.text())
    assert loaded.session.runs.running
    loaded.session.runs.stop()
    qtbot.waitUntil(lambda: "If all 400,000 votes agree" in settings.needs.text())


def test_the_forecast_of_these_settings_stands_while_they_are_counted(loaded, engine, qtbot):
    needs = loaded.left.settings.needs
    qtbot.waitUntil(lambda: "If all 100,000 votes agree" in needs.text())
    engine.pause = 0.2
    loaded.session.runs.certify()
    qtbot.waitUntil(lambda: loaded.session.worker.doing != "")
    loaded.left._look_ahead()
    assert "If all 100,000 votes agree" in needs.text()
    loaded.session.runs.stop()


def test_the_kernel_is_offered_where_the_input_takes_more_than_one(
    column, session, engine, make, qtbot
):
    engine.models["t"] = make.model(
        "t", kind="text", input_shape=(0,), training_scheme={"key": "text-mask", "beta": 0.8}
    )
    session.loading.open_model(ModelRequest("t"))
    qtbot.waitUntil(lambda: session.loading.model is not None)
    box = column.settings.kernel
    assert [box.itemText(i) for i in range(box.count())] == ["uniform", "mask"]
    column.settings.fields["n"].set_value(700)
    box.setCurrentIndex(0)
    box.activated.emit(0)
    assert column.attacker.scheme() is TextUniform
    assert session.form.settings.scheme == TextUniform(beta=0.8) and session.form.settings.n == 700
    assert column.settings.kernel.currentText() == "uniform"


def test_settings_are_told_apart_by_all_that_no_line_names():
    one = CertifySettings(scheme=HybridMask(beta=0.8))
    assert same_but_for_levels(one, CertifySettings(scheme=HybridMask(beta=0.7), n=5))
    assert not same_but_for_levels(one, CertifySettings(scheme=HybridMask(beta=0.8, tau=0.4)))
    assert not same_but_for_levels(one, CertifySettings(scheme=HybridMask(beta=0.8), alpha=0.01))
    assert not same_but_for_levels(one, CertifySettings(scheme=Gaussian()))


def test_the_forecast_is_of_the_input_that_is_open(column, session, qtbot):
    """Noise of another norm certifies less, the more pixels there are."""
    needs, loading = column.settings.needs, session.loading
    loading.open_model(ModelRequest("demo:digits-0.25"))
    loading.open_input("digits:7")
    qtbot.waitUntil(lambda: loading.fitted is not None and not session.worker.busy())
    column.settings.show_scheme(Laplace(norm="l2"))
    qtbot.waitUntil(lambda: "votes agree: R = " in needs.text())
    qtbot.waitUntil(lambda: not session.worker.busy())
    before = needs.text()
    large = loading.fitted.identity.model_copy(update={"shape": (3, 64, 64)})
    fitted = replace(loading.fitted, identity=large)
    loading.subject = replace(loading.subject, fitted=fitted)
    loading.fitted_changed.emit()
    assert "votes agree" not in needs.text()
    qtbot.waitUntil(lambda: "votes agree: R = " in needs.text())
    assert needs.text() != before
