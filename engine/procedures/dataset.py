"""CERTIFY over a set of inputs: one after the other, and what they come to together."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Sequence

from engine.core.errors import UserError
from engine.evidence.evidence import Evidence
from engine.evidence.settings import USUAL, Counting, Execution
from engine.evidence.snapshot import Snapshot
from engine.inputs import load_input
from engine.inputs.base import FittedInput
from engine.models import fitted
from engine.models.base import Classifier
from engine.procedures.certify import certify
from engine.procedures.prepared import PreparedModel
from engine.procedures.set_result import Counted, SetResult, Unread, set_result, slim

Count = Callable[[str, FittedInput, PreparedModel], Generator[Snapshot, None, Evidence]]
"""Counts the run of one input, of its name and as it is fitted to the model."""
_STOPPED = "Stopped before the first input of the set was counted."


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
    available: int | None = None,
) -> Generator[Snapshot, None, SetResult]:
    """Certify one input after the other, yielding their snapshots, ending in the set's result.

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
        available: inputs that the set has, where ``inputs`` are only some of them.

    Raises:
        UserError: there is no input, or none opens and fits.
    """
    if not inputs:
        raise UserError("A set needs at least one input.")
    stop = stop or threading.Event()
    found, unread = list[Counted](), list[Unread]()
    prepared = PreparedModel(classifier)
    count = count or _counting(classifier, settings, execution, at, stop, command)
    for spec in inputs:
        given = None
        try:
            given = read(spec) if read else fitted(classifier, load_input(spec))
            evidence = yield from count(spec, given, prepared)
        except UserError as error:  # a damaged file costs its own row and no other
            if given is not None and not found:
                raise  # model and settings do not fit each other: no input would tell more
            unread.append(Unread(input=spec, reason=str(error)))
            left_out(unread[-1])
            continue
        if evidence.complete or not stop.is_set():
            found.append((spec, slim(evidence)))
            done(spec, evidence)
        if stop.is_set():
            break
    if not found:
        raise UserError(unread[0].reason if unread else _STOPPED)
    return set_result(
        classifier.identity, inputs, settings, found, at=at, unread=unread, available=available
    )


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
        return certify(
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
