"""A run's progress on standard error, and the work that it is a part of."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

from engine.cli.terminal import Terminal
from engine.core.generators import result_of
from engine.core.rounding import round_down
from engine.core.text import visible
from engine.evidence.cost import WORTH_SAYING
from engine.evidence.snapshot import Snapshot
from engine.regions.light_map import LightMap
from engine.system.progress import Meter

_ANSWERS = 2
_WIDE = 100
"""Columns of a terminal from which on a phase has more than its letter."""
PHASES = {
    "selection": ("n0", "choosing the class"),
    "estimation": ("n", "bounding its probability"),
}
MEASURED = ("n", "bounding the medians")
Result = TypeVar("Result")


def follow(
    run: Generator[Snapshot, None, Result], console: Terminal | None, meter: Meter | None = None
) -> Result:
    """Drive a procedure to its end, showing how far it is.

    Args:
        run: the procedure.
        console: where it is shown; None shows nothing.
        meter: of the work that the run is a part of.
    """
    told = console is None
    with meter or Meter(console, "") as shown:

        def show(snapshot: Snapshot) -> None:
            nonlocal told
            if console is not None and not told:
                _tell_cost(snapshot, console)
                told = True
            if snapshot.settings.kind == "exact":
                shown.row(*_exact(snapshot), snapshot.rate, claim(snapshot))
                return
            measured = snapshot.settings.kind == "measure"
            short, long = MEASURED if measured else PHASES[snapshot.phase]
            name = short if console is not None and console.width < _WIDE else long
            total = snapshot.n0_plan + snapshot.n_plan
            shown.row("votes", name, snapshot.n_done, total, snapshot.rate, claim(snapshot))

        return result_of(run, show)


def _exact(snapshot: Snapshot) -> tuple[str, str, int, int]:
    """What an exact method counts, what it does, and how many of how many; votes only beside it."""
    scheme, planned = snapshot.settings.scheme, snapshot.n_plan
    drawn, region = snapshot.estimation.n, snapshot.region
    if not scheme.computed:
        return "samples", "counting all, twice", snapshot.selection.n + drawn, 2 * planned
    if not scheme.mapped:
        return "votes", "beside what is computed", drawn, planned
    if not drawn:
        looked = region.looked if isinstance(region, LightMap) else 0
        return "cells", "bounding cells", looked, scheme.most_cells
    return "images", "beside the map", drawn, planned


def _tell_cost(snapshot: Snapshot, console: Terminal) -> None:
    """What the run will take, before its first sample, where somebody would want to know."""
    if snapshot.cost is not None and snapshot.cost.seconds > WORTH_SAYING:
        keeps = "cells" if snapshot.cost.things == "cells" else "votes"
        words = f"This run takes {snapshot.cost.in_words()}; Ctrl+C stops it and keeps its {keeps}."
        console.print(words, markup=False, highlight=False, soft_wrap=True)


def claim(snapshot: Snapshot) -> str:
    """The lower bound so far, rounded down, whether it may be claimed yet, and the answers."""
    said = " ".join(
        f"{group.count:,} '{visible(group.text[:24])}'"
        for group in snapshot.answers[:_ANSWERS]
        if group.text is not None
    )
    if snapshot.intervals:
        bounded = sum(one.bounded for one in snapshot.intervals)
        return f"{bounded} of {len(snapshot.intervals)} intervals"
    if snapshot.bounds is None:
        return said
    shown = f"p_lower {round_down(snapshot.bounds.p_lower, 4)}"
    shown = shown if snapshot.bounds.valid else f"{shown} (provisional)"
    return f"{shown} {said}".rstrip()
