from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget

from engine.core.fields import field_specs
from engine.schemes import Ablation, Gaussian
from engine.training.methods import METHODS, method_class
from engine.training.recipe import Recipe
from gui.pages.training_form import DATA, TrainingForm
from gui.widgets.file_dialogs import FileAsker


@pytest.fixture
def form(qtbot):
    form = TrainingForm(FileAsker(QWidget()))
    qtbot.addWidget(form)
    form.show()
    return form


def choose(form, key: str) -> None:
    form.method.setCurrentText(method_class(key).title)


def test_the_form_is_made_of_what_method_noise_and_recipe_declare(form):
    for method in METHODS:
        choose(form, method.key)
        kinds = (method, Gaussian, Recipe)
        declared = {spec.name for kind in kinds for spec in field_specs(kind) if spec.of_noise}
        assert set(form.fields) == declared and "top_k" not in declared
        assert form.source.text() == method.citation


def test_images_are_trained_on_and_their_noun_is_said(form):
    form.scheme.setCurrentText(Ablation.title)
    hints = [field.hint() for field in form.fields.values()]
    assert any("pixels" in hint for hint in hints) and not any("node" in hint for hint in hints)


def test_what_was_typed_comes_back_with_its_method(form):
    choose(form, "consistency")
    form.fields["weight"].set_value(7.5)
    form.fields["epochs"].set_value(9)
    choose(form, "macer")
    assert form.fields["weight"].value() == 12.0 and form.fields["epochs"].value() == 9
    choose(form, "consistency")
    asked = form.asked()
    assert asked.values["weight"] == 7.5 and asked.values["method"] == "consistency"
    assert asked.values["data"] == "digits" and asked.scheme == Gaussian(sigma=0.25)


def test_a_wrong_value_is_explained_at_its_field(form):
    form.fields["epochs"].set_value(0)
    assert form.asked() is None
    assert "must be greater than or equal to 1" in form.fields["epochs"].below.text()
    form.fields["epochs"].set_value(1)
    assert form.asked() is not None and not form.complaint.text()


def test_a_method_that_the_noise_cannot_train_by_is_said(form):
    choose(form, "macer")
    form.scheme.setCurrentText("Laplace smoothing")
    assert form.asked() is None
    assert "macer maximises the radius of Gaussian smoothing" in form.complaint.text()


def test_a_folder_is_asked_for_where_images_lie_in_one(form, tmp_path):
    assert not form.place.isVisible()
    form.data.setCurrentText(list(DATA)[1])
    assert form.place.isVisible() and form.asked() is None
    assert form.complaint.text() == "Choose the folder that holds the images."
    form.place.setText(str(tmp_path))
    assert form.asked().values["data"] == f"cifar10:{tmp_path}"


def test_the_seed_is_that_of_the_training(form):
    assert form.fields["seed"].label.toolTip() == "of the first weights, the order and the noise"
