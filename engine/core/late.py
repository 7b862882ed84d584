"""Modules that are loaded when something of them is first used.

The window is painted before any array is needed, and numpy takes an eighth of the time until then.
What is loaded before the first paint takes ``np`` from here; everything else imports numpy.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING, Any


class Late:
    """Stands for a module.

    Args:
        load: gives the module; called once.
    """

    def __init__(self, load: Callable[[], ModuleType]) -> None:
        self._load = load

    def __getattr__(self, name: str) -> Any:
        """What the module has by that name; from then on it is found here at once."""
        if name == "_load":  # of one that is just being copied, which has nothing yet
            raise AttributeError(name)
        found = getattr(self._load(), name)
        setattr(self, name, found)
        return found


if TYPE_CHECKING:
    import numpy as np
else:
    np = Late(partial(importlib.import_module, "numpy"))

__all__ = ["Late", "np"]
