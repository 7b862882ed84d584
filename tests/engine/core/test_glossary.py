import doctest

from engine import bounds
from engine.core import glossary
from engine.core.glossary import meaning
from engine.regions.region import shipped_kinds

FIGURES = {"cells": "flip map"}
"""Kinds of regions that people know by another name."""


def test_docstrings():
    assert doctest.testmod(glossary).failed == 0


def test_every_bound_and_every_kind_of_region_has_an_entry():
    lacking = [method.key for method in bounds.BOUND_METHODS if not meaning(method.key)]
    own = [region.model_fields["kind"].default for region in shipped_kinds()]
    lacking += [kind for kind in own if not meaning(FIGURES.get(kind, kind))]
    assert lacking == []
