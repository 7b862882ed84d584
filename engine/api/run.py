"""A run as a program drives it: snapshots while it lasts, a result at its end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

from engine.api.result import Result
from engine.core.errors import UserError
from engine.evidence.settings import RunSettings
from engine.system.interrupt import stoppable

if TYPE_CHECKING:
    from engine.evidence.evidence import Evidence
    from engine.evidence.snapshot import Snapshot
    from engine.inputs.base import FittedInput
    from engine.models.base import Classifier
    from engine.procedures.resume import Resume


Begin = Callable[
    [RunSettings, threading.Event, "Resume | None"], "Generator[Snapshot, None, Evidence]"
]
"""Begins a run of some settings, from the votes of an earlier one if there is one."""


class Run:
    """A run that samples while it is iterated over, or while its result is waited for.

    Ctrl+C ends it as :meth:`stop` does: what was counted is kept, and the result is partial and
    says so. A second Ctrl+C interrupts as usual.
    """

    def __init__(
        self,
        begin: Begin,
        settings: RunSettings,
        classifier: Classifier,
        fitted: FittedInput,
        resume: Resume | None = None,
    ) -> None:
        self._stop = threading.Event()
        self._begin, self._snapshots = begin, begin(settings, self._stop, resume)
        self._subject = (classifier, fitted)
        self._result: Result | None = None

    def __iter__(self) -> Run:
        return self

    def __next__(self) -> Snapshot:
        if self._result is not None:
            raise StopIteration
        try:
            with stoppable(self._stop):
                return next(self._snapshots)
        except StopIteration as end:
            if end.value is None:
                raise UserError("This run failed before; begin a new one.") from None
            self._result = Result(end.value, *self._subject)
            raise StopIteration from None

    def stop(self) -> None:
        """End the run after the batch at hand; may be called from another thread."""
        self._stop.set()

    def result(self) -> Result:
        """The result; samples until the planned n, or until the run is stopped.

        Raises:
            CertiscopeError: model, input and settings do not fit together.
        """
        with stoppable(self._stop):
            while self._result is None:
                next(self, None)
        return self._result

    def extend(self, n: int | None = None) -> Run:
        """This run, counted on to a larger n: the same try, at no further alpha.

        Args:
            n: votes in all; None takes what the abstention advises (``evidence.abstention``).

        Returns:
            The longer run; this one keeps its result.

        Raises:
            CertiscopeError: the bound is not one of the anytime bounds, n is not larger, or
                nothing is advised.
        """
        from engine.procedures.abstention import advised
        from engine.procedures.resume import Resume, extended

        before = self.result().evidence
        wanted = advised(before) if n is None else n
        if wanted is None:
            raise UserError("No larger n is advised for this result; name one: run.extend(n=...).")
        settings = extended(before, wanted)
        return Run(self._begin, settings, *self._subject, Resume.of(before))

    def _repr_html_(self) -> str:
        return self.result()._repr_html_()
