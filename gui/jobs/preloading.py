"""Modules that are loaded beside the window, so that it answers meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from contextlib import suppress
from importlib import import_module


class Preloading:
    """Loads modules in a thread of its own, from now on.

    A module that cannot be loaded is left to whoever needs it, and is told of there.

    Args:
        modules: their names; loading one must make no widget.
    """

    def __init__(self, modules: Iterable[str]) -> None:
        self._modules = tuple(modules)
        self._thread = threading.Thread(target=self._load, name="preloading")
        self._thread.start()

    @property
    def over(self) -> bool:
        """Whether all of them are loaded, or cannot be."""
        return not self._thread.is_alive()

    def _load(self) -> None:
        for name in self._modules:
            with suppress(ImportError):
                import_module(name)
