"""The stage: frames of a drag in the playground, and a recorded case from the welcome page."""

from __future__ import annotations

import statistics
import time
from typing import Any

from rich.console import Console

from bench.window import child

FRAMES = 300


def measure(*, rounds: int) -> dict[str, Any]:
    """Medians over all frames of all rounds, in ms, and over the starts, in seconds."""
    drags = [child("drag", str(FRAMES)) for _ in range(rounds)]
    starts = [child("recorded", repr(time.time())) for _ in range(rounds + 1)][1:]
    if any(start["warm"] for start in starts):
        raise SystemExit("The engine was loaded before the recorded case was drawn.")
    frames = {way: sorted(ms for drag in drags for ms in drag[way]) for way in ("wall", "work")}
    return {
        "frame_ms": {
            way: {"median": statistics.median(ms), "p95": ms[int(0.95 * len(ms))]}
            for way, ms in frames.items()
        },
        "recorded_seconds": {
            name: statistics.median(start[name] for start in starts)
            for name in ("cards", "case", "work", "opening")
        },
    }


def show(found: dict[str, Any], console: Console) -> None:
    """Two sentences."""
    wall, work = (found["frame_ms"][way] for way in ("wall", "work"))
    console.print(
        f"A frame of a drag with 1,000 votes takes {wall['median']:.1f} ms by the clock (median; "
        f"95 % within {wall['p95']:.1f} ms) and {work['median']:.1f} ms of processor time"
    )
    start = found["recorded_seconds"]
    console.print(
        f"Recorded cases are painted {start['cards']:.2f} s after the command, and one of them is "
        f"drawn after {start['case']:.2f} s; of its own processor time the window takes "
        f"{start['work']:.2f} s in all, {start['opening']:.2f} s for opening it"
    )
