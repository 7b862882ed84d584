"""What a worker does: it opens the model once, and counts the inputs that it is given."""

from __future__ import annotations

import os
import platform
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import torch

from engine import __version__
from engine.cluster.crew import Counted, Done, Failed, Ready, Report, Setup, Task
from engine.core.errors import NotAFunction, UserError
from engine.evidence.snapshot import Snapshot
from engine.inputs import load_input
from engine.models import fitted, load_model
from engine.models.base import Classifier
from engine.procedures.beginning import begin
from engine.procedures.prepared import PreparedModel
from engine.procedures.together import Outcome, Run, Together, pack_for
from engine.sampling.pack import MOST_LANES

STEP_SECONDS = 0.5
"""After this long a worker says how far it is: so much is counted again where it dies."""


class Worker:
    """Counts the inputs that it is given, several in one batch where they can be.

    It knows nothing of the machinery that calls it. Which votes come depends on (key, stream,
    index) alone, so it does not matter which worker draws them, what shares a batch with them, nor
    how often one has died before.

    Args:
        setup: what every worker is told.
        clock: seconds, for tests.
    """

    def __init__(self, setup: Setup, clock: Callable[[], float] = time.perf_counter) -> None:
        self._setup, self._clock = setup, clock
        self._node = platform.node()
        self._left: deque[Task] = deque()
        self._reported: dict[int, int] = {}
        self._latest: dict[int, Snapshot] = {}
        self._ended: list[Done | Failed] = []
        self._counting: Iterator[tuple[int, Snapshot]] | None = None
        self._together: Together | None = None
        self._classifier: Classifier
        self._prepared: PreparedModel

    def open(self) -> Ready:
        """Open the model, and see that it is the driver's.

        Raises:
            UserError: naming this machine, and what is wrong on it.
        """
        setup = self._setup
        if setup.version != __version__:
            raise self._error(
                f"Certiscope is {__version__}, and {setup.version} where the command was given; "
                "install the same one on all machines."
            )
        if Path(setup.folder).is_dir():  # else relative names are not found, which says so
            os.chdir(setup.folder)
        if setup.threads:
            torch.set_num_threads(setup.threads)
        try:
            self._classifier = load_model(setup.request)
        except UserError as error:
            raise self._error(str(error)) from error
        found = self._classifier.identity.sha256
        if found != setup.model_sha256:
            raise self._error(
                f"The model {setup.request.spec} is another file: its sha256 is {found[:12]}, and "
                f"{setup.model_sha256[:12]} where the command was given."
            )
        return Ready(self._node)

    def work(self, tasks: Sequence[Task]) -> Report:
        """Take further inputs, count for a while, and say what came of it.

        Returns:
            A result for every input that was done, and how far those at hand are.
        """
        began = self._clock()
        self._left.extend(tasks)
        while self._clock() - began < STEP_SECONDS and (self._counting or self._left):
            self._count()
        so_far = [self._so_far(place, snapshot) for place, snapshot in self._latest.items()]
        said = (*self._ended, *so_far)
        self._ended, self._latest = [], {}
        return Report(said, self._clock() - began)

    def _count(self) -> None:
        """Go on until one of the runs at hand has something to show."""
        if self._together is None:
            self._together = self._made_ready(self._left[0])
        if self._counting is None:
            self._counting = self._together.snapshots()
        step = next(self._counting, None)
        if step is None:
            self._counting = None
        else:
            self._latest[step[0]] = step[1]

    def _made_ready(self, first: Task) -> Together:
        """What counts all inputs; they are of one set and have settings in common."""
        never = threading.Event()
        pack = pack_for(self._classifier, first.settings, first.execution, never, MOST_LANES)
        self._prepared = PreparedModel(self._classifier, pack)
        return Together(
            pack, more=lambda: bool(self._left), opened=self._open, settled=self._settle
        )

    def _open(self) -> tuple[int, Run] | None:
        task = self._left.popleft()
        try:
            run = self._begin(task)
        except UserError as error:
            self._settle(task.place, error)
            return None
        self._reported[task.place] = len(task.resume.blocks)
        return task.place, run

    def _settle(self, place: int, outcome: Outcome) -> None:
        self._latest.pop(place, None)
        self._reported.pop(place, None)
        if isinstance(outcome, UserError):
            refused = isinstance(outcome, NotAFunction)
            self._ended.append(Failed(place, str(outcome), refused))
        else:
            self._ended.append(Done(place, outcome))

    def _begin(self, task: Task) -> Run:
        try:
            given = fitted(self._classifier, load_input(task.spec))
        except UserError as error:  # the driver could read it
            raise self._error(str(error)) from error
        if given.identity.pixels_sha256 != task.pixels_sha256:
            raise self._error(
                f"The input {task.spec} is another one than where the command was given."
            )
        return begin(
            self._classifier,
            given,
            task.settings,
            execution=task.execution,
            at=task.at,
            command=task.command,
            resume=task.resume,
            prepared=self._prepared,
        )

    def _so_far(self, place: int, snapshot: Snapshot) -> Counted:
        """The snapshot without what was reported; the last block may have grown since."""
        first = max(0, min(self._reported[place], len(snapshot.blocks)) - 1)
        self._reported[place] = len(snapshot.blocks)
        less = {"blocks": snapshot.blocks[first:], "trajectory": (), "provisional": None}
        return Counted(place, snapshot.model_copy(update=less), first)

    def _error(self, sentence: str) -> UserError:
        return UserError(f"On {self._node}: {sentence}")
