"""pyqtgraph, loaded when something of it is first used: it takes a third of a window's start."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from types import ModuleType
from typing import Any

from PySide6 import QtCore, QtGui, QtWidgets

from engine.core.late import Late

_CUDA = "cuda.bindings"
_AT_ONCE = 20
"""Classes of Qt whose bindings are made in one step."""


@cache
def _loaded() -> ModuleType:
    """The module, without CUDA's bindings.

    It loads them, where there are some, for a widget that is not used here, which takes 50 ms.
    Whoever asks for them later finds them.
    """
    hides = _CUDA not in sys.modules
    if hides:
        sys.modules[_CUDA] = None  # type: ignore[assignment]  # Python's sign: not to be found
    try:
        import pyqtgraph
    finally:
        if hides:
            del sys.modules[_CUDA]
    module: ModuleType = pyqtgraph
    return module


def loaded_in_steps() -> Iterator[object]:
    """Load it step by step, for whoever lets the event loop turn between the steps.

    It asks the bindings for every class of Qt, which they make then: half of its time. That must
    happen in the thread of the window, as must the making of any class of Qt's kind: bindings look
    up their classes without Python's lock, and end the program where another thread adds one.
    """
    for module in (QtCore, QtGui, QtWidgets):
        for number, name in enumerate(dir(module), 1):
            getattr(module, name)
            if number % _AT_ONCE == 0:
                yield module
    yield _loaded()


pg: Any = Late(_loaded)
