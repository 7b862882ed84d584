import doctest
from collections import Counter

from engine import bounds
from engine.core import glossary
from engine.core.glossary import GLOSSARY, GROUPS, meaning
from engine.regions.region import shipped_kinds

FIGURES = {"cells": "flip map"}
"""Kinds of regions that people know by another name."""


def test_docstrings():
    assert doctest.testmod(glossary).failed == 0


def test_every_term_is_there_once_and_says_something():
    names = Counter(name.lower() for entry in GLOSSARY for name in (entry.term, *entry.also))
    assert set(names.values()) == {1}, [name for name, count in names.items() if count > 1]
    assert {entry.group for entry in GLOSSARY} == set(GROUPS)
    for entry in GLOSSARY:
        assert entry.meaning.endswith(".") and len(entry.meaning) > 30, entry.term


def test_every_bound_and_every_kind_of_region_has_an_entry():
    lacking = [method.key for method in bounds.BOUND_METHODS if not meaning(method.key)]
    own = [region.model_fields["kind"].default for region in shipped_kinds()]
    lacking += [kind for kind in own if not meaning(FIGURES.get(kind, kind))]
    assert lacking == []
