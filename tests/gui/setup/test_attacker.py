from __future__ import annotations

import pytest

from engine.core.records import Fitting
from engine.schemes import SCHEMES, Gaussian
from engine.schemes.hybrid_uniform import HybridUniform
from gui.setup.attacker import AttackerPanel
from tests.factories import make_input


@pytest.fixture
def panel(qtbot):
    panel = AttackerPanel()
    qtbot.addWidget(panel)
    return panel


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.key)
def test_the_catalogue_is_offered_and_explained(panel, qtbot, scheme):
    place = panel.catalogue.place(scheme)
    panel.box.setCurrentIndex(place)
    with qtbot.waitSignal(panel.chosen) as chosen:
        panel.box.activated.emit(place)
    assert chosen.args == [scheme]
    assert panel.sentence.text() == f"{scheme.attacker}."
    assert panel.source.text() == scheme.citation
    assert panel.scheme() is scheme


def test_the_first_scheme_is_chosen_and_not_its_heading(panel):
    assert panel.scheme() is SCHEMES[0]
    assert "images" in panel.kinds.text()


def test_a_scheme_that_does_not_fit_gives_way_to_one_that_does(panel, qtbot, make):
    with qtbot.waitSignal(panel.chosen) as chosen:
        panel.follow(make.model(kind="graph", input_shape=(0, 34)), None)
    assert "graph" in chosen.args[0].inputs
    assert panel.scheme() is chosen.args[0]
    with qtbot.assertNotEmitted(panel.chosen):
        panel.follow(make.model(kind="graph", input_shape=(0, 34)), None)


def test_an_image_that_was_resized_is_named_as_the_model_takes_it(panel, make):
    fitting = Fitting(steps=("resized from 4 x 4",), source=(1, 4, 4))
    panel.follow(make.model(), make_input(fitting=fitting))
    assert panel.sentence.text().endswith(
        "l2 norm below R. That is the image as the model takes it (grey, 8 x 8, resized from "
        "4 x 4)."
    )
    panel.follow(make.model(), make_input(fitting=Fitting()))
    assert panel.sentence.text().endswith("l2 norm below R.")


def test_a_scheme_is_shown_quietly(panel, qtbot):
    with qtbot.assertNotEmitted(panel.chosen):
        panel.show_scheme(Gaussian)
    assert panel.scheme() is Gaussian


def test_a_table_is_spoken_of_in_numbers_and_fields(panel, make):
    panel.show_scheme(HybridUniform)
    assert "words, or fields of a table" in panel.sentence.text()
    panel.follow(make.model(kind="table", input_shape=(5,)), None)
    said = panel.sentence.text()
    assert said.startswith("replace at most d fields by other values of their columns")
    assert not {"word", "pixel", "image"} & set(said.replace("s ", " ").split())
    panel.follow(make.model(kind="pair", input_shape=(3, 32, 32)), None)
    assert "pixel" in panel.sentence.text() and "field" not in panel.sentence.text()
