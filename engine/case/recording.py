"""Keeping a run while it is counted: one commit about every second, and one at its end."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import suppress

from engine.case.case import Case
from engine.core.errors import NotAFunction, NotOneSample, UserError
from engine.evidence.evidence import Evidence
from engine.evidence.snapshot import Snapshot
from engine.evidence.tries import with_tries

COMMIT_SECONDS = 1.0
NOT_KEPT = "This run's result is not in its case file: "
"""How the warning begins that evidence carries whose case could not be written at the end."""

Procedure = Generator[Snapshot, None, Evidence]


def recorded(
    case: Case,
    run: int,
    procedure: Procedure,
    *,
    seconds: float | Commits = COMMIT_SECONDS,
    warn: Callable[[str], None] | None = None,
) -> Procedure:
    """The same procedure, kept in a case while it runs.

    Where the file cannot be written (a full disk, a folder that is gone) the run goes on in memory
    and every later commit tries again; only if the last one fails too, the evidence carries a
    warning. However the run ends, what was counted is committed.

    Args:
        case: the open case.
        run: number of the run in it (``Case.begin``).
        procedure: the run; for one that goes on, with ``Case.resume``'s votes.
        seconds: between two commits; or when several runs of the case are committed, all at once.
        warn: told at once, once, when a commit fails.

    Raises:
        UserError: another window counts this run.
        NotAFunction: the model is none of one sample, which is entered with all its runs.
    """
    case.claim(run)
    commits = seconds if isinstance(seconds, Commits) else Commits(seconds)
    recorder = _Recorder(case, run, commits, warn)
    try:
        while True:
            try:
                snapshot = next(procedure)
            except StopIteration as end:
                return recorder.finish(end.value)
            except NotAFunction as error:
                recorder.refuse(error)
                raise
            recorder.take(snapshot)
            yield snapshot
    finally:
        procedure.close()
        recorder.close()


class Commits:
    """When runs that are counted at the same time are committed: all in one, every now and then.

    A result waits for that too where other runs are being counted or are to follow.

    Args:
        seconds: between two commits.

    Attributes:
        follow: runs that will be counted next.
    """

    def __init__(self, seconds: float = COMMIT_SECONDS) -> None:
        self.follow = 0
        self._seconds = seconds
        self._last = time.monotonic()
        self._recorders: list[_Recorder] = []
        self._ended: dict[_Recorder, Evidence] = {}

    def join(self, recorder: _Recorder) -> None:
        """Commit this run too."""
        self._recorders.append(recorder)

    def leave(self, recorder: _Recorder) -> None:
        """Commit this run no more."""
        self._recorders.remove(recorder)
        if not self._recorders and not self.follow:
            self.flush()

    def end(self, recorder: _Recorder, evidence: Evidence) -> bool:
        """Keep a result until the next commit; False where that is now, because nothing follows."""
        if len(self._recorders) < 2 and not self.follow and not self._ended:
            return False
        self._ended[recorder] = evidence
        recorder.pending = None
        self.when_due()
        return True

    def when_due(self) -> None:
        """Commit what is pending, if that was long enough ago; what fails is tried again then."""
        if time.monotonic() - self._last >= self._seconds:
            self.flush()

    def flush(self) -> None:
        """Commit what is pending."""
        pending = [recorder for recorder in self._recorders if recorder.pending is not None]
        if len(pending) + len(self._ended) < 2 or not self._together(pending):
            for recorder in pending:
                recorder.commit()
            for recorder, evidence in [*self._ended.items()]:
                if recorder.keep(evidence):
                    del self._ended[recorder]
        self._last = time.monotonic()

    def close(self) -> None:
        """Commit what is pending; what the disk does not take even now is let go."""
        self.flush()
        for recorder in self._ended:
            with suppress(UserError):
                recorder.case.release(recorder.run)
        self._ended = {}

    def _together(self, pending: list[_Recorder]) -> bool:
        """Whether one commit held all; if not, each says itself what is wrong."""
        case = (*pending, *self._ended)[0].case
        votes = {recorder.run: recorder.pending for recorder in pending}
        results = {recorder.run: evidence for recorder, evidence in self._ended.items()}
        try:
            case.record_all({run: one for run, one in votes.items() if one is not None}, results)
        except UserError:
            return False
        for recorder in pending:
            recorder.pending = None
        self._ended = {}
        return True


class _Recorder:
    """What is committed of one run, and what is not yet."""

    def __init__(
        self, case: Case, run: int, commits: Commits, warn: Callable[[str], None] | None
    ) -> None:
        self.case = case
        self.run = run
        self.pending: Snapshot | None = None
        self._commits = commits
        self._warn = warn
        self._ended = False
        commits.join(self)

    def take(self, snapshot: Snapshot) -> None:
        """A new snapshot; it is committed if a commit is due."""
        self.pending = snapshot
        self._commits.when_due()

    def finish(self, evidence: Evidence) -> Evidence:
        """Keep the result; the evidence as it was kept, or with a warning that it was not."""
        try:
            row = self.case.row(self.run)
            evidence = evidence.model_copy(update={"run_id": row.run_id})
            if self.case.known_to == "case":  # else the run counted them itself
                evidence = with_tries(evidence, row.number, row.of, "case")
            if self._commits.end(self, evidence):
                self._ended = True
                return evidence
            self.case.finish(self.run, evidence)
        except UserError as error:
            warning = f"{NOT_KEPT}{error}"
            return evidence.model_copy(update={"warnings": (*evidence.warnings, warning)})
        self.pending = None
        return evidence

    def refuse(self, error: NotAFunction) -> None:
        """Enter that the run's model is no function of one sample."""
        try:
            self.case.refuse(self.run, one_a_call_stands=isinstance(error, NotOneSample))
        except UserError as wrong:
            self._say(wrong)

    def keep(self, evidence: Evidence) -> bool:
        """Commit a result by itself; whether that went well."""
        try:
            self.case.finish(self.run, evidence)
        except UserError as error:
            if self._warn is not None:
                self._warn(f"{NOT_KEPT}{error}")
                self._warn = None
            return False
        return True

    def close(self) -> None:
        """Commit what is pending and let others count the run."""
        self._commits.leave(self)
        self.commit()
        if self._ended:  # its commit lets others count it
            return
        try:
            self.case.release(self.run)
        except UserError as error:
            self._say(error)

    def commit(self) -> None:
        """Commit what is pending, by itself."""
        if self.pending is None:
            return
        try:
            self.case.record(self.run, self.pending)
        except UserError as error:
            self._say(error)
        else:
            self.pending = None

    def _say(self, error: UserError) -> None:
        if self._warn is not None:
            self._warn(f"{error} The run goes on in memory.")
            self._warn = None
