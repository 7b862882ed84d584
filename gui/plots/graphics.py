"""pyqtgraph, loaded when something of it is first used: it takes a third of a window's start."""

from __future__ import annotations

import sys
from functools import cache
from types import ModuleType
from typing import Any

from engine.core.late import Late

_CUDA = "cuda.bindings"


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


pg: Any = Late(_loaded)
