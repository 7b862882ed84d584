from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from engine.inputs import fit, load_input
from engine.models import ModelRequest, load_model
from engine.models.native_metadata import taught_scheme
from engine.schemes import (
    SCHEMES,
    Ablation,
    Gaussian,
    HierarchicalGaussian,
    HierarchicalSparse,
    HybridFlip,
)
from gui.setup.catalogue import SCHEME, Catalogue, misfit


@pytest.fixture
def catalogue(qapp):
    return Catalogue(qapp)


def test_a_form_begins_with_one_scheme(catalogue):
    assert catalogue.place(Gaussian) == 1 and catalogue.rowCount() == 2
    assert catalogue.fits(Gaussian)


def test_one_that_is_asked_for_brings_all_others(catalogue):
    last = SCHEMES[-1]
    assert catalogue.item(catalogue.place(last)).text() == last.title
    assert catalogue.rowCount() > len(SCHEMES)
    assert catalogue.place(Gaussian) == 1  # a list in use keeps its place


def test_every_scheme_stands_below_its_family(catalogue):
    family, seen = "", []
    catalogue.complete()
    for row in range(catalogue.rowCount()):
        item = catalogue.item(row)
        if item.data(SCHEME) is None:
            family = item.text()
            assert not item.isEnabled() and not item.isSelectable()
        else:
            assert item.data(SCHEME).family.capitalize() == family
            seen.append(item.data(SCHEME))
    assert sorted(seen, key=SCHEMES.index) == list(SCHEMES)


def test_what_does_not_fit_the_kind_of_the_model_says_why(catalogue, make):
    catalogue.follow(make.model(kind="graph", input_shape=(0, 34)), None)
    item = catalogue.item(catalogue.place(Gaussian))
    assert not item.isEnabled()
    assert item.data(Qt.ItemDataRole.ToolTipRole).startswith(
        "The model takes nodes of a graph; this scheme is for images."
    )
    assert not catalogue.fits(Gaussian) and catalogue.fits(HierarchicalSparse)
    assert catalogue.first_that_fits() is next(s for s in SCHEMES if "graph" in s.inputs)
    catalogue.follow(None, None)
    assert all(catalogue.fits(scheme) for scheme in SCHEMES)


def test_a_model_that_is_told_what_was_noised_needs_a_scheme_that_tells(make):
    model = make.model(input_shape=(2, 8, 8), encoding="indicator")
    given = make.fitted(make.image("digits:7")).identity
    assert misfit(HierarchicalGaussian, model, given) == ""
    assert "the encoding indicator" in misfit(Gaussian, model, given)
    both = make.model(input_shape=(2, 8, 8), encoding="complement")
    assert misfit(Ablation, both, given) == ""


def test_the_shipped_table_keeps_the_scheme_it_was_taught(catalogue):
    model = load_model(ModelRequest("demo:mixed")).identity
    given = fit(load_input("mixed:0?columns=all"), model).identity
    catalogue.follow(model, given)
    assert catalogue.fits(type(taught_scheme(model)))
    assert "use hybrid-uniform" in misfit(HybridFlip, model, given)
