"""CERTIFY over a set of inputs: one after the other, and what they come to together."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Sequence

from engine.core.errors import NotAFunction, StoppedEarly, UserError
from engine.evidence.evidence import Evidence
from engine.evidence.settings import USUAL, Counting, Execution, seeded
from engine.evidence.snapshot import Snapshot
from engine.inputs import load_input
from engine.inputs.base import FittedInput
from engine.models import fitted
from engine.models.base import Classifier
from engine.procedures.beginning import begin
from engine.procedures.prepared import PreparedModel
from engine.procedures.set_result import SetResult, Unread, nothing_counted, set_result
from engine.procedures.shelf import Shelf
from engine.procedures.together import Outcome, Run, Together, pack_for
from engine.sampling.pack import MOST_LANES, Pack

Count = Callable[[str, FittedInput, PreparedModel], Generator[Snapshot, None, Evidence]]
"""Counts the run of one input, of its name and as it is fitted to the model."""
Ahead = Callable[[Sequence[tuple[str, FittedInput]]], None]


def certify_set(
    classifier: Classifier,
    inputs: Sequence[str],
    settings: Counting,
    *,
    execution: Execution = USUAL,
    at: Sequence[str] = (),
    stop: threading.Event | None = None,
    command: Callable[[str], str] = lambda spec: "",
    done: Callable[[str, Evidence], None] = lambda spec, evidence: None,
    left_out: Callable[[Unread], None] = lambda unread: None,
    read: Callable[[str], FittedInput] | None = None,
    count: Count | None = None,
    ahead: Ahead = lambda inputs: None,
    available: int | None = None,
) -> Generator[Snapshot, None, SetResult]:
    """Certify every input, yielding the snapshots of their runs, ending in the set's result.

    Small inputs share batches (:class:`engine.sampling.pack.Pack`); rows are told in the order of
    the inputs, and are those of runs one by one.

    Args:
        classifier: the base classifier f.
        inputs: specs of single inputs (``engine.inputs.expand``).
        settings: of every run; ``alpha`` is per input.
        execution, at: of every run, as for :func:`certify`.
        stop: when set, the run at hand ends after its batch, and the set with it.
        command: the run of one input on the command line, for its record.
        done: told of each input and its evidence; ``left_out`` of each that has none.
        read: the input of a name, fitted to the model, where the names are no specs.
        count: counts one input, where its run is kept elsewhere too; ``execution``, ``at`` and
            ``command`` are its own then.
        ahead: told of the inputs of about the next second, and of none at last.
        available: inputs that the set has, where ``inputs`` are only some of them.

    Raises:
        UserError: there is no input, or none opens and fits.
        NotAFunction: the model depends on its batch or on chance, found early or late.
    """
    settings = seeded(settings)
    check_set(inputs, settings)
    stop = stop or threading.Event()
    counting = _Set(
        classifier,
        inputs,
        stop,
        read=read or (lambda spec: fitted(classifier, load_input(spec))),
        count=count or _counting(classifier, settings, execution, at, stop, command),
        done=done,
        left_out=left_out,
        ahead=ahead,
        pack=pack_for(classifier, settings, execution, stop, len(inputs)),
    )
    yield from counting.snapshots()
    found, unread = counting.found, counting.unread
    if not found:
        raise nothing_counted(unread)
    return set_result(
        classifier.identity, inputs, settings, found, at=at, unread=unread, available=available
    )


def check_set(inputs: Sequence[str], settings: Counting) -> None:
    """Refuse a set of nothing, and one of which nothing could be certified.

    Raises:
        UserError: saying what works.
    """
    if not inputs:
        raise UserError("A set needs at least one input.")
    if settings.scheme.guarantee == "heuristic":
        raise UserError(
            f"{settings.scheme.key} is heuristic and certifies nothing, so that no table counts "
            "it. Use certify for one image, or a scheme with a guarantee for the set."
        )


class _Set:
    """Counts the inputs of a set, many at once where there is a pack, else one after the other.

    Attributes:
        found: the runs in the order of the inputs, each told once all before it are.
        unread: inputs that have none.
    """

    def __init__(
        self,
        classifier: Classifier,
        inputs: Sequence[str],
        stop: threading.Event,
        *,
        read: Callable[[str], FittedInput],
        count: Count,
        done: Callable[[str, Evidence], None],
        left_out: Callable[[Unread], None],
        ahead: Ahead,
        pack: Pack | None,
    ) -> None:
        self.found, self.unread = Shelf(), list[Unread]()
        self._inputs, self._stop = inputs, stop
        self._read, self._count, self._done, self._left_out = read, count, done, left_out
        self._ahead = ahead
        self._prepared = PreparedModel(classifier, pack)
        self._together = Together(
            pack, more=lambda: self._more, opened=self._open, settled=self._settle
        )
        self._read_ahead: deque[tuple[str, FittedInput | UserError]] = deque()
        self._began = time.perf_counter()
        self._opened = self._told = 0
        self._outcomes: dict[int, Outcome | Unread] = {}
        self._over = False

    def snapshots(self) -> Generator[Snapshot, None, None]:
        """Those of all runs, as they come."""
        try:
            for _, snapshot in self._together.snapshots():
                yield snapshot
        finally:
            self._together.close()
            self._ahead(())

    @property
    def _more(self) -> bool:
        return self._opened < len(self._inputs) and not self._stop.is_set()

    def _open(self) -> tuple[int, Run] | None:
        """The run of the next input; None where it does not open."""
        if not self._read_ahead:
            self._look_ahead()
        place = self._opened
        self._opened += 1
        spec, given = self._read_ahead.popleft()
        if isinstance(given, UserError):  # a damaged file costs its own row and no other
            self._settle(place, Unread(input=spec, reason=str(given)))
            return None
        return place, self._count(spec, given, self._prepared)

    def _look_ahead(self) -> None:
        """Read the inputs of about the next second."""
        seconds = time.perf_counter() - self._began
        pace = 2 * self._opened if seconds < 1.0 else int(self._told / seconds)
        most = max(1, min(MOST_LANES, pace))
        for spec in self._inputs[self._opened : self._opened + most]:
            try:
                self._read_ahead.append((spec, self._read(spec)))
            except UserError as error:
                self._read_ahead.append((spec, error))
        found = [
            (spec, given) for spec, given in self._read_ahead if not isinstance(given, UserError)
        ]
        self._ahead(found)

    def _settle(self, place: int, outcome: Outcome | Unread) -> None:
        """Keep what became of an input, and tell of those whose turn it is."""
        self._outcomes[place] = outcome
        while self._told in self._outcomes and not self._over:
            self._tell(self._inputs[self._told], self._outcomes.pop(self._told))
            self._told += 1

    def _tell(self, spec: str, outcome: Outcome | Unread) -> None:
        if isinstance(outcome, StoppedEarly):  # the set is stopped: the input keeps its place
            return
        if isinstance(outcome, UserError):
            # What ends a model ends its earlier rows too.
            if not self.found or isinstance(outcome, NotAFunction):
                raise outcome  # model and settings do not fit each other: no input tells more
            outcome = Unread(input=spec, reason=str(outcome))
        if isinstance(outcome, Unread):
            self.unread.append(outcome)
            self._left_out(outcome)
            return
        stopped = self._stop.is_set()
        if outcome.complete or not stopped:
            self.found.add(spec, outcome)
            with self._prepared.aside():
                self._done(spec, outcome)
            self._over = not stopped and self._stop.is_set()


def _counting(
    classifier: Classifier,
    settings: Counting,
    execution: Execution,
    at: Sequence[str],
    stop: threading.Event,
    command: Callable[[str], str],
) -> Count:
    """Counts each input by itself, and keeps nothing."""

    def counted(
        spec: str, given: FittedInput, prepared: PreparedModel
    ) -> Generator[Snapshot, None, Evidence]:
        return begin(
            classifier,
            given,
            settings,
            execution=execution,
            at=at,
            stop=stop,
            command=command(spec),
            prepared=prepared,
        )

    return counted
