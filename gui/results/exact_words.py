"""How far an exact method is, in words of its own: cells, computed probabilities, whole laws."""

from __future__ import annotations

from engine.evidence.run_view import RunView
from engine.regions.light_map import LightMap


def exact_words(view: RunView) -> tuple[float, str]:
    """The part that is done, from 0 to 1, and what it is a part of.

    Args:
        view: of a run whose settings are those of an exact method.
    """
    scheme, planned = view.settings.scheme, view.n_plan
    drawn = view.estimation.n
    if not scheme.computed:
        counted = view.selection.n + drawn
        return counted / (2 * planned), f"{counted:,} / {2 * planned:,} samples: all, twice"
    if scheme.reads != "network":
        return drawn / planned, f"probability computed, {drawn:,} / {planned:,} votes beside it"
    budget = scheme.most_cells
    region = view.region
    looked = region.looked if isinstance(region, LightMap) else 0
    if not drawn:
        return looked / budget, f"{looked:,} cells looked at, of {budget:,} at most"
    cells = f"{looked:,} cells bounded" if looked else "no cell certified"
    return drawn / planned, f"{cells}, {drawn:,} / {planned:,} images beside the map"
