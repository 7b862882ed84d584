"""The progress bar of a run, on standard error."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from engine.cli.terminal import Terminal
from engine.core.rounding import round_down
from engine.core.text import visible
from engine.evidence.cost import WORTH_SAYING
from engine.evidence.snapshot import Snapshot

_ANSWERS = 2
PHASES = {"selection": "choosing the class", "estimation": "bounding its probability"}


class _Counts(ProgressColumn):
    """``12,300/100,000 votes``."""

    def render(self, task: Task) -> Text:
        return Text(f"{int(task.completed):,}/{int(task.total or 0):,} votes")


Result = TypeVar("Result")


def follow(run: Generator[Snapshot, None, Result], console: Terminal | None) -> Result:
    """Drive a procedure to its end, showing how far it is; ``None`` shows nothing."""
    if console is None:
        return _drain(run, None, None)
    if not console.is_terminal:
        return _drain(run, None, console)
    with _bar(console) as bar:
        return _drain(run, bar, console)


def _drain(
    run: Generator[Snapshot, None, Result], bar: Progress | None, console: Terminal | None
) -> Result:
    told = console is None
    task = bar.add_task("preparing", total=None, rate="", claim="") if bar else None
    while True:
        try:
            snapshot = next(run)
        except StopIteration as end:
            found: Result = end.value
            return found
        if console is not None and not told:
            _tell_cost(snapshot, console)
            told = True
        if bar is not None and task is not None:
            bar.update(
                task,
                description=PHASES[snapshot.phase],
                completed=snapshot.n_done,
                total=snapshot.n0_plan + snapshot.n_plan,
                rate=f"{snapshot.rate:,.0f}/s",
                claim=claim(snapshot),
            )


def _tell_cost(snapshot: Snapshot, console: Terminal) -> None:
    """What the run will take, before its first sample, where somebody would want to know."""
    if snapshot.cost is not None and snapshot.cost.seconds > WORTH_SAYING:
        words = f"This run takes {snapshot.cost.in_words()}; Ctrl+C stops it and keeps its votes."
        console.print(words, markup=False, highlight=False, soft_wrap=True)


def claim(snapshot: Snapshot) -> str:
    """The lower bound so far, rounded down, whether it may be claimed yet, and the answers."""
    said = " ".join(
        f"{group.count:,} '{visible(group.text[:24])}'"
        for group in snapshot.answers[:_ANSWERS]
        if group.text is not None
    )
    if snapshot.bounds is None:
        return said
    shown = f"p_lower {round_down(snapshot.bounds.p_lower, 4)}"
    shown = shown if snapshot.bounds.valid else f"{shown} (provisional)"
    return f"{shown} {said}".rstrip()


def _bar(console: Terminal) -> Progress:
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        _Counts(),
        TextColumn("{task.fields[rate]}", markup=False),
        TimeRemainingColumn(elapsed_when_finished=True),
        TextColumn("{task.fields[claim]}", markup=False),
        console=console,
        transient=True,
    )
