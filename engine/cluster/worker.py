"""What a worker does: it opens the model once, and counts the inputs that it is given."""

from __future__ import annotations

import os
import platform
import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from pathlib import Path

import torch

from engine import __version__
from engine.cluster.crew import Counted, Done, Failed, Ready, Report, Said, Setup, Task
from engine.core.errors import NotAFunction, UserError
from engine.evidence.evidence import Evidence
from engine.evidence.snapshot import Snapshot
from engine.inputs import load_input
from engine.models import fitted, load_model
from engine.models.base import Classifier
from engine.procedures.beginning import begin
from engine.procedures.prepared import PreparedModel

STEP_SECONDS = 0.5
"""After this long a worker says how far it is: so much is counted again where it dies."""


class Worker:
    """Counts inputs one after the other; knows nothing of the machinery that calls it.

    Which votes come depends on (key, stream, index) alone, so it does not matter which worker
    draws them, nor how often one has died before.

    Args:
        setup: what every worker is told.
        clock: seconds, for tests.
    """

    def __init__(self, setup: Setup, clock: Callable[[], float] = time.perf_counter) -> None:
        self._setup, self._clock = setup, clock
        self._node = platform.node()
        self._left: deque[Task] = deque()
        self._run: Generator[Snapshot, None, Evidence] | None = None
        self._reported = 0
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
        self._prepared = PreparedModel(self._classifier)
        return Ready(self._node)

    def work(self, tasks: Sequence[Task]) -> Report:
        """Take further inputs, count for a while, and say what came of it.

        Returns:
            A result for every input that was done, and how far the one at hand is.
        """
        began = self._clock()
        self._left.extend(tasks)
        said: list[Said] = []
        while self._left and self._clock() - began < STEP_SECONDS:
            said.append(self._count(self._left[0], until=began + STEP_SECONDS))
            if not isinstance(said[-1], Counted):
                self._left.popleft()
                self._run = None
        return Report(tuple(said), self._clock() - began)

    def _count(self, task: Task, *, until: float) -> Said:
        """Go on with an input until its end, or until it is time to report."""
        try:
            if self._run is None:
                self._run, self._reported = self._begin(task), len(task.resume.blocks)
            while True:
                snapshot = next(self._run)
                if self._clock() >= until:
                    return self._so_far(task, snapshot)
        except StopIteration as end:
            return Done(task.place, end.value)
        except UserError as error:
            return Failed(task.place, str(error), isinstance(error, NotAFunction))

    def _begin(self, task: Task) -> Generator[Snapshot, None, Evidence]:
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

    def _so_far(self, task: Task, snapshot: Snapshot) -> Counted:
        """The snapshot without what was reported; the last block may have grown since."""
        first = max(0, min(self._reported, len(snapshot.blocks)) - 1)
        self._reported = len(snapshot.blocks)
        less = {"blocks": snapshot.blocks[first:], "trajectory": (), "provisional": None}
        return Counted(task.place, snapshot.model_copy(update=less), first)

    def _error(self, sentence: str) -> UserError:
        return UserError(f"On {self._node}: {sentence}")
