"""Median smoothing of a set of inputs: one after the other, and how wide their intervals are."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Generator, Iterator, Sequence

from pydantic import Field

from engine.core.errors import UserError
from engine.core.outputs import OutputInterval
from engine.core.records import ModelIdentity, Record
from engine.core.rounding import confidence_percent, exact, round_up
from engine.evidence.evidence import Evidence
from engine.evidence.settings import USUAL, Execution, MeasureSettings
from engine.evidence.snapshot import Snapshot
from engine.inputs import load_input
from engine.models import fitted
from engine.models.base import Classifier
from engine.procedures.measure import measure
from engine.procedures.prepared import PreparedModel
from engine.procedures.set_result import Unread, nothing_counted


class MeasuredRow(Record):
    """One input of a set.

    Attributes:
        input: as it was named.
        n: samples that were drawn.
        complete: these are all that were planned.
        intervals: of the medians of its outputs.
    """

    input: str
    n: int = Field(ge=0)
    complete: bool
    intervals: tuple[OutputInterval, ...]

    @property
    def widest(self) -> float | None:
        """The width of its widest interval, rounded up; None where one has no end."""
        widths = [width for one in self.intervals if (width := _width(one)) is not None]
        return max(widths) if widths and len(widths) == len(self.intervals) else None


class MeasuredSet(Record):
    """What a set of inputs comes to.

    Attributes:
        model: that was smoothed.
        settings: of every run; alpha is of all intervals of one input.
        rows: in the order of the inputs.
        unread: inputs without a row.
        complete: every input that was planned has a row with all of its samples.
    """

    model: ModelIdentity
    settings: MeasureSettings
    rows: tuple[MeasuredRow, ...]
    unread: tuple[Unread, ...] = ()
    complete: bool

    @property
    def bounded(self) -> int:
        """Inputs whose intervals all have both ends."""
        return sum(row.widest is not None for row in self.rows)

    @property
    def widths(self) -> tuple[float, ...]:
        """The widest interval of each bounded input, rising."""
        return tuple(sorted(row.widest for row in self.rows if row.widest is not None))

    def share(self, width: float) -> float:
        """Share of the inputs whose intervals are all at most so wide."""
        return sum(one <= width for one in self.widths) / len(self.rows)

    @property
    def statement(self) -> str:
        """What is claimed, input by input."""
        settings = self.settings
        (term,) = settings.scheme.terms.values()
        unit = f" ({term.unit})" if term.unit else ""
        said = (
            f"Each by itself with confidence {confidence_percent(settings.alpha)} %: for "
            f"{self.bounded:,} of {len(self.rows):,} inputs all outputs' medians stay within "
            f"intervals that are known at both ends, for every change whose "
            f"{term.meaning.removesuffix(' of the change')} is at most "
            f"{exact(settings.epsilon)}{unit}."
        )
        if self.widths:
            middle = self.widths[len(self.widths) // 2]
            said += f" For half of these the widest interval is at most {round_up(middle, 4)} wide."
        return said


def measure_set(
    classifier: Classifier,
    inputs: Sequence[str],
    settings: MeasureSettings,
    *,
    execution: Execution = USUAL,
    stop: threading.Event | None = None,
    command: Callable[[str], str] = lambda spec: "",
    done: Callable[[str, Evidence], None] = lambda spec, evidence: None,
) -> Generator[Snapshot, None, MeasuredSet]:
    """Bound the medians of every input, yielding the snapshots of their runs.

    Args:
        classifier: answers with places or numbers.
        inputs: specs of single inputs (``engine.inputs.expand``).
        settings: of every run.
        execution: likewise.
        stop: when set, the run at hand ends after its batch, and the set with it.
        command: the run of one input on the command line, for its record.
        done: told of each input and its evidence.

    Raises:
        UserError: there is no input, none opens and fits, or the model names classes.
        StoppedEarly: ``stop`` was set before the first.
    """
    if not inputs:
        raise UserError("A set needs at least one input.")
    stop, prepared = stop or threading.Event(), PreparedModel(classifier)
    rows, unread = list[MeasuredRow](), list[Unread]()
    for spec in inputs:
        if stop.is_set():
            break
        try:
            evidence = yield from measure(
                classifier,
                fitted(classifier, load_input(spec)),
                settings,
                execution=execution,
                stop=stop,
                command=command(spec),
                prepared=prepared,
            )
        except UserError as error:
            unread.append(Unread(input=spec, reason=str(error)))
            continue
        rows.append(_row(spec, evidence))
        done(spec, evidence)
    if not rows:
        raise nothing_counted(unread)
    whole = len(rows) == len(inputs) and all(row.complete for row in rows)
    return MeasuredSet(
        model=classifier.identity,
        settings=settings,
        rows=tuple(rows),
        unread=tuple(unread),
        complete=whole,
    )


def _row(spec: str, evidence: Evidence) -> MeasuredRow:
    return MeasuredRow(
        input=spec,
        n=evidence.estimation.n,
        complete=evidence.complete,
        intervals=evidence.intervals,
    )


def rows_table(result: MeasuredSet) -> tuple[list[str], Iterator[list[object]]]:
    """A line for every output of every input, at full precision."""
    header = ["input", "n", "output", "at_least", "median_here", "at_most"]
    lines: Iterator[list[object]] = (
        [row.input, row.n, one.name, one.lower, one.median, one.upper]
        for row in result.rows
        for one in row.intervals
    )
    return header, lines


def _width(one: OutputInterval) -> float | None:
    if one.lower is None or one.upper is None:
        return None
    return math.nextafter(one.upper - one.lower, math.inf) if one.upper > one.lower else 0.0
