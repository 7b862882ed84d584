"""The runs of a set, each kept in a case: what was counted once is not counted again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from engine.case.case import Case
from engine.case.counting import Begin, Procedure, count_run, finished_run, open_run
from engine.case.recording import Commits
from engine.core.errors import UserError
from engine.evidence.evidence import Evidence
from engine.evidence.settings import Counting, Execution, seeded
from engine.evidence.snapshot import Snapshot
from engine.models.request import ModelRequest
from engine.procedures.command_line import command_line

if TYPE_CHECKING:
    from engine.inputs.base import FittedInput
    from engine.models.base import Classifier
    from engine.procedures.prepared import PreparedModel


class CaseSet:
    """Counts the inputs of a set in a case, for ``certify_set``.

    A run of the same model, input and settings that the case holds finished is taken as it is, if
    it follows from its votes; an unfinished one is resumed, any other begun.

    Args:
        case: the open case.
        classifier: the base classifier of all runs.
        settings: of all runs. Without a seed they take the one of this set's runs in the case, else
            a new one.
        request: how to open the model again.
        execution, at: of runs that are begun now.
        stop: when set, the run at hand ends after its batch.
        new_runs: begin every run anew, with a new seed where none is given.
        warn: told when a commit fails, once for each reason.
        fault: says what of a finished run does not follow from its votes, in a clause.

    Attributes:
        settings: with their seed.
        taken: finished runs that were in the case before.
    """

    def __init__(
        self,
        case: Case,
        classifier: Classifier,
        settings: Counting,
        *,
        request: ModelRequest,
        execution: Execution,
        at: Sequence[str],
        stop: threading.Event,
        new_runs: bool = False,
        warn: Callable[[str], None] | None = None,
        fault: Callable[[Evidence], str] = lambda evidence: "",
    ) -> None:
        self._case, self._classifier = case, classifier
        self._request, self._execution, self._at = request, execution, tuple(at)
        self._stop, self._new_runs, self._warn = stop, new_runs, _once(warn)
        self._commits, self._fault = Commits(), fault
        self.taken = 0
        self._begun: dict[int, tuple[FittedInput, int]] = {}
        self._mine: set[int] = set()
        self.settings = seeded(settings)
        if settings.seed is None and not new_runs:
            self.settings = self._as_before(settings) or self.settings

    def count(
        self,
        spec: str,
        given: FittedInput,
        prepared: PreparedModel | None = None,
        *,
        begin: Begin | None = None,
    ) -> Procedure:
        """The run of one input, from wherever it is in the case; ``begin`` counts it elsewhere.

        Raises:
            UserError: what the case holds of it does not follow from its votes.
        """
        case = self._case
        found = self._finished(given)
        if found is not None:
            return self._as_kept(found)
        _, run = self._begun.pop(id(given), (given, 0))
        self._commits.follow = len(self._begun)
        return count_run(
            case,
            run or self._run(spec, given),
            self._classifier,
            given,
            execution=self._execution,
            stop=self._stop,
            command=command_line(self._request, spec, self.settings, self._execution, self._at),
            warn=self._warn,
            seconds=self._commits,
            prepared=prepared,
            begin=begin,
        )

    def ahead(self, inputs: Sequence[tuple[str, FittedInput]]) -> None:
        """Begin the runs that come next, in one commit; none ends what was begun and not counted.

        Where the case cannot be written, each is begun, and says so, when it is counted.
        """
        for _, run in self._begun.values():
            with suppress(UserError):
                self._case.release(run)
        self._begun = {}
        new = [(spec, given) for spec, given in inputs if self._finished(given) is None]
        if new:
            try:
                with self._case.at_once():  # another process may have ended some meanwhile
                    left = [(spec, given) for spec, given in new if self._finished(given) is None]
                    runs = [(given, self._run(spec, given)) for spec, given in left]
            except UserError:
                runs = [(given, 0) for _, given in new]
            self._begun = {id(given): (given, run) for given, run in runs}
        self._commits.follow = len(self._begun)
        if not inputs:
            self._commits.close()

    def attacked(self, evidence: Evidence) -> None:
        """Keep an attack on a row that was just counted, or was there; nothing where none was made.

        Raises:
            UserError: the case cannot be written.
        """
        if evidence.attack is None or evidence.attack.outcome == "not tried":
            return
        self._commits.flush()  # its result may wait for those of others
        if (run := self._case.number(evidence.run_id)) is not None:
            self._case.attacked(run, evidence)

    @property
    def remark(self) -> str:
        """How many rows were in the case before, and what was checked of them; empty for none."""
        if not self.taken:
            return ""
        rows, state = ("row was", "it states") if self.taken == 1 else ("rows were", "they state")
        return (
            f"{self.taken:,} {rows} in {self._case.path} before: what {state} follows from votes "
            "that were taken as recorded; certiscope verify --rerun draws them again."
        )

    def missing(self, run_ids: Sequence[str]) -> str:
        """Which of these rows' runs the case has no result of, in a sentence; empty for none."""
        try:
            kept = {row.run_id for row in self._case.runs() if row.outcome}
        except UserError:
            kept = set()
        lacking = sum(run_id not in kept for run_id in run_ids)
        if not lacking:
            return ""
        return (
            f"{lacking:,} of {len(run_ids):,} results are not in {self._case.path}; the same "
            "command counts them again."
        )

    def _finished(self, given: FittedInput) -> int | None:
        if self._new_runs:
            return None
        return finished_run(self._case, self._classifier, given, self.settings)

    def _run(self, spec: str, given: FittedInput) -> int:
        """The run to resume, or a new one; inputs that are the same have a run each."""
        for anew in (self._new_runs, True):
            run, _ = open_run(
                self._case,
                self._classifier,
                given,
                self.settings,
                request=self._request,
                input_spec=spec,
                execution=self._execution,
                at=self._at,
                new_run=anew,
            )
            if run not in self._mine:
                break
        self._mine.add(run)
        return run

    def _as_before(self, settings: Counting) -> Counting | None:
        """The settings of the newest run with this model that differ from these in a seed alone."""
        for row in reversed(self._case.runs()):
            same = settings.model_copy(
                update={"seed": row.settings.seed, "seed_origin": row.settings.seed_origin}
            )
            if row.settings == same and row.model.function == self._classifier.identity.function:
                return same
        return None

    def _as_kept(self, run: int) -> Generator[Snapshot, None, Evidence]:
        """A finished run, without counting anything."""
        yield from ()
        found, path = self._case.result(run), self._case.path
        assert found is not None  # the case calls it finished
        if wrong := self._fault(found):
            raise UserError(
                f"Run {run} of {path} does not follow from its votes ({wrong}); --new-run counts "
                f"everything anew, and certiscope verify {path} says what holds."
            )
        self.taken += 1
        return found


def _once(warn: Callable[[str], None] | None) -> Callable[[str], None] | None:
    """Tells every sentence once: what one run of a set is told, all are."""
    told = set[str]()

    def tell(sentence: str) -> None:
        if warn is not None and sentence not in told:
            told.add(sentence)
            warn(sentence)

    return tell if warn is not None else None
