"""How far a long work is, on standard error: a bar at a terminal, elsewhere a line a minute."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskID, TextColumn
from rich.table import Column
from rich.text import Text

Seen = Callable[[int, int], object]
"""Called with the number of items done and their total."""
MINUTE = 60.0
"""Seconds between two lines where there is no terminal."""


class Meter:
    """Items done of all, their rate, and the time left; ``None`` for a console shows nothing.

    Args:
        console: where it is shown.
        work: what is done, ``certifying``.
        unit: what is counted, ``inputs``; empty for a work that has only the votes of its runs.
        clock: seconds, for tests.
    """

    def __init__(
        self,
        console: Console | None,
        work: str,
        unit: str = "",
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._console, self._work, self._unit, self._clock = console, work, unit, clock
        self._bar = _bar(console) if console is not None and console.is_terminal else None
        self._rows: dict[str, TaskID] = {}
        self._began = self._told = clock()
        self._first: int | None = None

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def begin(self, work: str) -> None:
        """Go on to another work, unless it is the one at hand; its rate is its own."""
        if work != self._work:
            self._work, self._began, self._first = work, self._clock(), None

    def items(self, done: int, total: int) -> None:
        """Show ``done`` of ``total`` items."""
        self._first = done if self._first is None else self._first
        gone, fresh = self._clock() - self._began, done - self._first
        rate = fresh / gone if gone > 0 else 0.0
        self.row(self._unit, self._work, done, total, rate)

    def row(
        self, unit: str, work: str, done: int, total: int, rate: float, claim: str = ""
    ) -> None:
        """One line of the bar, made when its unit is first seen.

        Args:
            unit: what is counted.
            work: what is done.
            done, total: how many of how many.
            rate: of them in a second; 0 where it is not known.
            claim: what can be said so far.
        """
        words = {"rate": _rate(rate), "left": _left(done, total, rate), "claim": claim}
        if self._bar is not None:
            if unit not in self._rows:
                self._rows[unit] = self._bar.add_task(
                    work, total=total, unit=unit, rate="", left="", claim=""
                )
            row = self._rows[unit]
            self._bar.update(row, description=work, completed=done, total=total, refresh=False)
            self._bar.tasks[self._bar.task_ids.index(row)].fields.update(words)
        elif self._console is not None and self._clock() - self._told >= MINUTE:
            self._told = self._clock()
            tail = ", ".join(filter(None, words.values()))
            line = f"{work}: {done:,} of {total:,} {unit}"
            self._console.print(
                f"{line}, {tail}" if tail else line, markup=False, highlight=False, soft_wrap=True
            )


def _rate(rate: float) -> str:
    if rate <= 0:
        return ""
    return f"{rate:,.0f}/s" if rate >= 10 else f"{rate:.2g}/s"


def _left(done: int, total: int, rate: float) -> str:
    if rate <= 0 or done >= total:
        return ""
    minutes, seconds = divmod(int((total - done) / rate + 0.999), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02} left"


class _Counts(ProgressColumn):
    """``12,300/100,000 votes``."""

    def render(self, task: Task) -> Text:
        done, total = int(task.completed), int(task.total or 0)
        return Text(f"{done:,}/{total:,} {task.fields['unit']}", no_wrap=True)


def _bar(console: Console) -> Progress:
    def column(least: int) -> Column:
        return Column(no_wrap=True, overflow="ellipsis", min_width=least)

    return Progress(
        TextColumn("{task.description}", table_column=column(10)),
        BarColumn(bar_width=10, table_column=column(10)),
        _Counts(table_column=column(21)),
        TextColumn("{task.fields[rate]}", table_column=column(8)),
        TextColumn("{task.fields[left]}", table_column=column(12)),
        TextColumn("{task.fields[claim]}", table_column=column(0)),  # gives way where it is narrow
        console=console,
        transient=True,
    )
