"""A module that is loaded when something of it is first used."""

import copy
import math
import pickle
from collections.abc import Callable
from functools import partial
from importlib import import_module
from types import ModuleType

import numpy
import pytest

from engine.core.late import Late, np


def test_it_is_loaded_once_when_something_is_first_asked_for() -> None:
    loaded: list[ModuleType] = []

    def load() -> ModuleType:
        loaded.append(math)
        return math

    late = Late(load)
    assert loaded == []
    assert late.pi is math.pi and late.pi is math.pi
    assert loaded == [math]


def test_it_has_what_the_module_has_and_no_more() -> None:
    assert np.asarray is numpy.asarray
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = np.no_such_name


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda late: pickle.loads(pickle.dumps(late))]
)
def test_a_copy_stands_for_the_same_module(again: Callable[[Late], Late]) -> None:
    late = Late(partial(import_module, "math"))
    assert again(late).pi == math.pi
    assert late.e is math.e and again(late).pi == math.pi
