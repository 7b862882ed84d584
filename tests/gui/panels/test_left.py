from __future__ import annotations

import pytest
from PySide6.QtGui import QAction

from engine.models.request import ModelRequest
from engine.schemes import Ablation, Gaussian, HierarchicalSparse
from gui.actions import COMMANDS
from gui.panels.left import LeftColumn


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
    assert idle_session.settings.n == 500
    column.settings.fields["n"].editor.setText("none")
    assert idle_session.complaint.startswith("n must be")
    assert idle_session.settings.n == 500


def test_a_model_proposes_the_scheme_it_was_trained_for(column, session, backend, make, qtbot):
    taught = {"key": "hierarchical-sparse", "p": 0.8, "p_plus": 0.02, "p_minus": 0.5}
    graph = make.model("karate", kind="graph", input_shape=(0, 35), training_scheme=taught)
    backend.models["demo:karate"] = graph
    session.open_model(ModelRequest("demo:karate"))
    qtbot.waitUntil(lambda: session.model is not None)
    scheme = session.settings.scheme
    assert isinstance(scheme, HierarchicalSparse)
    assert (scheme.p, scheme.p_plus, scheme.p_minus) == (0.8, 0.02, 0.5)
    assert column.attacker.scheme() is HierarchicalSparse
    # read again in another way, it leaves the form alone
    column.settings.fields["p"].set_value(0.9)
    session.open_model(ModelRequest("demo:karate", normalize="none"))
    qtbot.waitUntil(lambda: session.request.normalize == "none")
    assert session.settings.scheme.p == 0.9


def test_another_training_sigma_is_proposed_too(column, session, backend, make, qtbot):
    backend.models["demo:half"] = make.model("half", training_sigma=0.5)
    session.open_model(ModelRequest("demo:half"))
    qtbot.waitUntil(lambda: session.settings.scheme == Gaussian(sigma=0.5))


def test_a_model_of_another_kind_brings_a_scheme_that_fits(column, session, backend, make, qtbot):
    backend.models["g"] = make.model("g", kind="graph", input_shape=(0, 9), training_sigma=None)
    session.open_model(ModelRequest("g"))
    qtbot.waitUntil(lambda: "graph" in type(session.settings.scheme).inputs)


def test_what_settings_can_come_to_is_said_below_the_form(column, session, qtbot):
    qtbot.waitUntil(lambda: column.settings.hint.text().startswith("If all 100,000 votes agree"))
    column.settings.set_scheme(Ablation)
    assert column.settings.hint.text() == ""  # never that of other settings
    qtbot.waitUntil(lambda: "at least 0.6875 for entities=1" in column.settings.hint.text())
    assert column.settings.hint.property("role") == "small"
    column.settings.fields["keep"].set_value(40)
    qtbot.waitUntil(lambda: "No probability suffices" in column.settings.hint.text())
    assert column.settings.hint.property("role") == "provisional"
