from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction

from engine.inputs import expand, load_input
from gui.setup.input import VIEWS, InputPanel
from gui.setup.node_input import NodeInput
from gui.shell.commands import COMMANDS


@pytest.fixture
def panel(qtbot, idle_session):
    actions = {command.id: QAction(command.title) for command in COMMANDS}
    panel = InputPanel(idle_session, actions)
    panel.keep = actions
    qtbot.addWidget(panel)
    return panel


@pytest.fixture
def image(panel):
    return panel.views["image"]


def test_an_image_and_its_label(panel, image, idle_session, make):
    idle_session.loading.given = make.image("digits:7")
    idle_session.loading.input_changed.emit()
    assert image.name.text() == "digits:7"
    assert image.facts.text() == "label 7\n8 × 8 grey, pixels in [0,1]"
    assert image.image.image is not None
    assert panel.buttons["next"].isHidden()


def test_a_refused_input_leaves_a_way_back(panel, image, idle_session, make):
    loading = idle_session.loading
    loading.given = make.image("digits:7")
    loading.input_changed.emit()
    loading.astray = {"input": "bad.png"}
    loading.fitted_changed.emit()
    assert panel.spec.text() == "bad.png" and not panel.spec.isHidden()
    assert panel.none.text() == "Still open:"
    panel.back.click()
    assert not loading.astray and panel.spec.isHidden() and panel.back.isHidden()
    assert panel.none.isHidden()


def test_a_folder_has_a_place_and_ways_on(panel, image, idle_session, make):
    idle_session.loading.specs = ["a.png", "b.png"]
    idle_session.loading.given = make.image("b.png")
    idle_session.loading.input_changed.emit()
    assert image.facts.text().endswith("2 of 2")
    assert not panel.buttons["next"].isHidden()


def test_one_view_is_shown_that_of_the_kind_of_input(panel, idle_session, make):
    assert "Drop an image" in panel.none.text()
    assert all(view.isHidden() for view in panel.views.values())
    for kind, given in (("image", make.image("a.png")), ("graph", load_input("karate:12"))):
        idle_session.loading.given = given
        idle_session.loading.input_changed.emit()
        shown = [of for of, view in panel.views.items() if not view.isHidden()]
        assert shown == [kind] and panel.none.isHidden()


def test_every_kind_that_can_be_opened_has_a_view():
    kinds = {load_input(expand(spec)[0]).kind for spec in ("digits", "karate", "lattice:")}
    assert kinds <= set(VIEWS)


def test_a_node_that_is_picked_is_asked_for(panel, idle_session, qtbot):
    idle_session.loading.given = load_input("karate:12")
    idle_session.loading.input_changed.emit()
    assert isinstance(panel.views["graph"], NodeInput)
    with qtbot.waitSignal(panel.wanted) as wanted:
        panel.views["graph"].drawing.asked.emit(3)
    assert wanted.args == ["karate:3"]


def test_notes_of_reading_are_shown(panel, idle_session, make):
    from dataclasses import replace

    idle_session.loading.given = replace(
        make.image("a.png"), notes=("Transparency was put on white.",)
    )
    idle_session.loading.input_changed.emit()
    assert panel.adaptation.text() == "Transparency was put on white."


def test_buttons_do_what_the_commands_do(panel, qtbot):
    with qtbot.waitSignal(panel.keep["gallery"].triggered):
        panel.buttons["gallery"].click()
    panel.keep["gallery"].setEnabled(False)
    assert not panel.buttons["gallery"].isEnabled()


def test_notes_of_fitting_are_shown(panel, idle_session, make):
    from gui.jobs.engine_jobs import Subject

    image = make.image("a.png")
    fitted = make.fitted(image)
    notes = ("Transparency was put on white.", "its label 'cat' is not a class of the model")
    changes = {"adaptation": "resized from 9 x 9 to 8 x 8", "notes": notes}
    identity = fitted.identity.model_copy(update=changes)
    idle_session.loading.given = image
    idle_session.loading.subject = Subject(None, None, type(fitted).image(identity, image.pixels))
    idle_session.loading.fitted_changed.emit()
    assert panel.adaptation.text().split("\n") == [changes["adaptation"], *notes]


def test_any_image_can_be_named(panel, qtbot):
    panel.by_name.trigger()
    panel.spec.setText("digits:17")
    assert panel.download.isHidden()
    with qtbot.waitSignal(panel.wanted) as wanted:
        qtbot.keyClick(panel.spec, Qt.Key.Key_Return)
    assert wanted.args == ["digits:17"]


def test_a_data_set_is_downloaded_only_on_request(panel, qtbot):
    panel.by_name.trigger()
    panel.spec.setText("torchvision:CIFAR10:test:17")
    assert not panel.download.isHidden() and not panel.download.isChecked()
    with qtbot.waitSignal(panel.wanted) as wanted:
        panel.spec.returnPressed.emit()
    assert wanted.args == ["torchvision:CIFAR10:test:17"]
    panel.download.click()
    with qtbot.waitSignal(panel.wanted) as wanted:
        panel.spec.returnPressed.emit()
    assert wanted.args == ["torchvision:CIFAR10:test:17?download"]
    for typed in ("torchvision:CIFAR10:test?labels=order", wanted.args[0] + "?labels=order"):
        panel.spec.setText(typed)
        with qtbot.waitSignal(panel.wanted) as wanted:
            panel.spec.returnPressed.emit()
        assert wanted.args[0].endswith("?download?labels=order")
        assert wanted.args[0].count("download") == 1


def test_the_name_line_closes_when_the_image_is_there(panel, idle_session, make):
    panel.by_name.trigger()
    panel.spec.setText("torchvision:MNIST:test:1")
    idle_session.loading.given = make.image("digits:17")
    idle_session.loading.input_changed.emit()
    assert panel.spec.isHidden() and panel.download.isHidden()


def test_the_words_for_data_sets_are_the_engine_s():
    from engine.inputs import datasets
    from gui.setup import input as panel

    assert (panel.DATA_SET, panel.DOWNLOAD) == (datasets.PREFIX, datasets.DOWNLOAD)


def test_a_text_is_not_quoted_below_the_box_that_shows_it(panel, idle_session):
    from engine.inputs import load_input
    from engine.models import fitted, load_model
    from engine.models.request import ModelRequest
    from gui.jobs.engine_jobs import Subject

    loading = idle_session.loading
    loading.given = load_input("letters:3")
    model = load_model(ModelRequest("demo:letters-mask"))
    loading.subject = Subject(None, None, fitted(model, loading.given))
    loading.input_changed.emit()
    assert "48 words or parts of words" in panel.adaptation.text()
    quoted = loading.fitted.identity.notes[-1].removeprefix("its text is: ")
    assert quoted not in panel.adaptation.text()
    view = panel.views["text"]
    assert view.edit.toPlainText() in quoted and view.name.text() == "letter 3"
