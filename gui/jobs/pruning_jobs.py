"""What the worker does for the pruning page."""

from __future__ import annotations

import threading
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.pruning.records import PruningSettings, PruningTable

if TYPE_CHECKING:
    from engine.pruning.lab import Pruning


@dataclass(frozen=True)
class PruneWish:
    """What to prune.

    Attributes:
        model: the detector; empty for one that is trained for every seed.
        settings: of the table.
        folder: where every network goes, with its card; None for nowhere.
    """

    model: str
    settings: PruningSettings
    folder: Path | None = None


def pruning(wish: PruneWish, stop: threading.Event) -> Generator[Pruning, None, PruningTable]:
    """Make a table.

    Raises:
        UserError: the model does not open, is no such detector, or a file cannot be written.
    """
    from engine.pruning.lab import dropped, prune
    from engine.pruning.making import keeper

    keep = keeper(wish.folder, wish.model, wish.settings) if wish.folder else dropped
    return (yield from prune(wish.model, wish.settings, stop=stop, keep=keep))


def written(table: PruningTable, path: Path) -> Path:
    """Write a table as its suffix says: CSV, else JSON.

    Raises:
        UserError: the file cannot be written.
    """
    from engine.pruning.making import write_table

    return write_table(table, path)
