"""Modules that are loaded beside the window, so that it answers meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from contextlib import suppress
from importlib import import_module

from engine.system.memory import without_collection


class Preloading:
    """Loads modules in a thread of its own, from now on.

    A module that cannot be loaded is left to whoever needs it, and is told of there. Garbage is not
    collected meanwhile: the thread would free Qt objects that belong to the window's.

    Args:
        modules: their names; loading one must load nothing of Qt, whose bindings make their classes
            in the window's thread alone.
    """

    def __init__(self, modules: Iterable[str]) -> None:
        self._modules = tuple(modules)
        self._stopped = False
        self._thread = threading.Thread(target=self._load, name="preloading")
        self._thread.start()

    @property
    def over(self) -> bool:
        """Whether all of them are loaded, or cannot be."""
        return not self._thread.is_alive()

    def stop(self) -> None:
        """Load no more, and wait for the module that is being loaded."""
        self._stopped = True
        self._thread.join()

    def _load(self) -> None:
        with without_collection():
            for name in self._modules:
                if not self._stopped:
                    with suppress(ImportError):
                        import_module(name)
