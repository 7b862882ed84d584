from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import pytest

from engine.regions import Term
from engine.schemes import (
    SCHEMES,
    ContrastBrightness,
    Gaussian,
    HierarchicalAblation,
    HierarchicalGaussian,
    Sparse,
)
from gui.setup.perturbation_editor import TargetEditor


@pytest.fixture
def editor(qtbot):
    editor = TargetEditor()
    qtbot.addWidget(editor)
    return editor


@pytest.mark.walk
@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.key)
def test_every_scheme_understands_what_was_put_together(editor, scheme):
    editor.set_scheme(scheme)
    assert set(scheme().parse_at(editor.text())) == set(scheme.terms)
    for term, each in editor.editors.items():
        assert each.toolTip() == str(scheme.terms[term])


def test_what_is_counted_is_whole_and_what_is_measured_is_not(editor, qtbot):
    editor.set_scheme(HierarchicalGaussian)
    with qtbot.waitSignal(editor.changed):
        editor.editors["epsilon"].setValue(0.25)
    editor.editors["entities"].setValue(3)
    assert editor.text() == "entities=3,epsilon=0.25"


def test_no_change_is_no_target(editor):
    for scheme in (Sparse, ContrastBrightness):
        editor.set_scheme(scheme)
        for term, each in editor.editors.items():
            each.setValue(scheme.terms[term].neutral)
        assert editor.text() == ""
    editor.editors["gain"].setValue(0.0)  # no gain
    assert editor.editors["gain"].value() > 0


def test_a_term_of_the_same_name_keeps_its_number(editor):
    editor.set_scheme(HierarchicalGaussian)
    editor.editors["entities"].setValue(7)
    editor.set_scheme(Gaussian)
    editor.set_scheme(HierarchicalGaussian)
    assert editor.editors["entities"].value() == 7


def test_tips_are_in_the_noun_of_the_input(editor):
    for kind, noun, other in (("graph", "nodes", "pixels"), ("image", "pixels", "nodes")):
        editor.set_scheme(HierarchicalAblation, kind)
        tip = editor.editors["entities"].toolTip()
        assert noun in tip and other not in tip


class Shift(Gaussian):
    terms: ClassVar[Mapping[str, Term]] = {"brightness": Term("shift", signed=True)}


def test_a_signed_term_may_be_below_zero(editor):
    editor.set_scheme(Shift)
    editor.editors["brightness"].setValue(-0.1)
    assert editor.text() == "brightness=-0.1"
    editor.set_scheme(Gaussian)
    editor.editors["radius"].setValue(-1)
    assert editor.editors["radius"].value() == 0
