"""The run of one input that a worker counts, as the procedure that a case records."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Sequence
from typing import Any
from uuid import uuid4

from engine.cluster.crew import Counted, Done, Failed, Said, Task
from engine.core.errors import NotAFunction, UserError
from engine.core.records import Votes
from engine.evidence.evidence import Evidence
from engine.evidence.settings import USUAL, Counting, Execution
from engine.evidence.snapshot import Snapshot
from engine.evidence.vote_chain import block_size
from engine.inputs.base import FittedInput
from engine.models.base import Classifier
from engine.procedures.resume import Resume

Procedure = Generator[Snapshot, None, Evidence]
Begin = Callable[..., Procedure]
"""As ``engine.procedures.beginning.begin``."""
Count = Callable[[str, FittedInput, Begin], Procedure]
"""The run of one input, as for ``certify_set``; the last begins what counts it."""


class RunElsewhere:
    """A run whose snapshots come from a worker.

    Args:
        place, spec: of the input.

    Attributes:
        task: what a worker is to do now; after each report it resumes from there. None where
            nothing is to be counted.
        doubtful: a worker ended that counted it; the next one counts nothing beside it.
        deaths: workers that ended while they counted it alone.
    """

    def __init__(self, place: int, spec: str) -> None:
        self.place, self.spec = place, spec
        self.task: Task | None = None
        self.doubtful = False
        self.deaths = 0
        self._inbox: deque[Said] = deque()
        self._procedure: Procedure

    def open(self, count: Count, given: FittedInput) -> Snapshot | Evidence | UserError:
        """Begin the run of the input as it is fitted to the model."""
        try:
            self._procedure = count(self.spec, given, self.begin)
        except UserError as error:
            return error
        return self._on()

    def hear(self, said: Said) -> Snapshot | Evidence | UserError:
        """What a worker says of it: the run as it stands, its evidence, or why there is none."""
        self._inbox.append(said)
        return self._on()

    def close(self) -> None:
        """Leave it unfinished; a case keeps what was counted."""
        self._procedure.close()

    def begin(
        self,
        classifier: Classifier,
        given: FittedInput,
        settings: Counting,
        *,
        execution: Execution = USUAL,
        at: Sequence[str] = (),
        command: str = "",
        resume: Resume | None = None,
        **_here: Any,
    ) -> Procedure:
        """The procedure, as ``certify`` begins it; what matters on this machine alone is unused."""
        if resume is None:
            resume = Resume(
                run_id=uuid4().hex,
                n_plan=settings.n,
                selection=Votes(counts=(0,) * len(classifier.identity.class_names)),
                block=block_size(settings.n),
            )
        digest = given.identity.pixels_sha256
        self.task = Task(
            self.place, self.spec, digest, settings, execution, tuple(at), command, resume
        )
        return self._heard(begun(settings, resume))

    def _on(self) -> Snapshot | Evidence | UserError:
        try:
            return next(self._procedure)
        except StopIteration as end:
            found: Evidence = end.value
            return found
        except UserError as error:
            return error

    def _heard(self, snapshot: Snapshot) -> Procedure:
        while True:
            yield snapshot
            said = self._inbox.popleft()
            if isinstance(said, Done):
                return said.evidence
            if isinstance(said, Failed):
                raise (NotAFunction if said.no_function else UserError)(said.reason)
            snapshot = self._joined(said, snapshot.blocks)

    def _joined(self, said: Counted, before: Sequence[Any]) -> Snapshot:
        """The whole snapshot; whoever counts on resumes from it."""
        blocks = (*before[: said.first], *said.snapshot.blocks)
        snapshot = said.snapshot.model_copy(update={"blocks": blocks})
        assert self.task is not None  # somebody counted it
        resume = self.task.resume.model_copy(
            update={
                "selection": snapshot.selection,
                "blocks": blocks,
                "answers": snapshot.answers if snapshot.phase == "estimation" else (),
                "function_check": snapshot.function_check,
            }
        )
        self.task = self.task._replace(resume=resume)
        return snapshot


def begun(settings: Counting, resume: Resume) -> Snapshot:
    """A run as it stands before anybody has counted on."""
    classes = range(len(resume.selection.counts))
    estimation = Votes(
        counts=tuple(sum(block.counts.get(c, 0) for block in resume.blocks) for c in classes),
        failures=sum(block.failures for block in resume.blocks),
    )
    return Snapshot(
        run_id=resume.run_id,
        settings=settings,
        phase="estimation" if resume.blocks else "selection",
        selection=resume.selection,
        estimation=estimation,
        blocks=resume.blocks,
        answers=resume.answers,
        function_check=resume.function_check,
        n_done=resume.selection.n + estimation.n,
        n0_plan=settings.n0,
        n_plan=settings.n,
    )
