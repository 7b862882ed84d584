"""What a driver and its workers say to each other, and how workers are had."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from engine.evidence.evidence import Evidence
from engine.evidence.settings import Counting, Execution
from engine.evidence.snapshot import Snapshot
from engine.models.request import ModelRequest
from engine.procedures.resume import Resume


class Setup(NamedTuple):
    """What every worker is told once.

    Attributes:
        request: how to open the model; its file lies at the same path on every machine.
        model_sha256: that it must have there.
        folder: in which the driver was started; relative paths begin there.
        version: of Certiscope, which all must have.
        threads: of torch, for each worker; 0 leaves them.
    """

    request: ModelRequest
    model_sha256: str
    folder: str
    version: str
    threads: int = 0


class Task(NamedTuple):
    """An input to count.

    Attributes:
        place: of the input in the set, from 0.
        spec: how to open it.
        pixels_sha256: that it must have once it is fitted to the model.
        settings, execution, at, command: of the run, as for ``certify``.
        resume: votes counted before; of a run that has just begun, none.
    """

    place: int
    spec: str
    pixels_sha256: str
    settings: Counting
    execution: Execution
    at: tuple[str, ...]
    command: str
    resume: Resume


class Counted(NamedTuple):
    """How far the run of an input is.

    Attributes:
        place: of the input.
        snapshot: the latest, without what its blocks tell already, and without the first blocks.
        first: number of its first block among all; those before were reported.
    """

    place: int
    snapshot: Snapshot
    first: int


class Done(NamedTuple):
    """The run of an input came to its end."""

    place: int
    evidence: Evidence


class Failed(NamedTuple):
    """An input could not be counted, and why in a sentence.

    Attributes:
        place: of the input.
        reason: the sentence.
        no_function: the model is no function of one sample, so that no other input's run stands.
    """

    place: int
    reason: str
    no_function: bool = False


Said = Counted | Done | Failed


class Ready(NamedTuple):
    """A worker has opened the model.

    Attributes:
        node: the machine on which it runs.
    """

    node: str


class Report(NamedTuple):
    """What a worker did in one call.

    Attributes:
        said: in order; the inputs that were given first come first.
        seconds: that it took.
    """

    said: tuple[Said, ...]
    seconds: float


class Event(NamedTuple):
    """Something that a crew has to tell of one worker.

    Attributes:
        worker: its number.
        said: ``Ready`` once, then a report for every call; None where the worker is gone.
        why: it is gone.
        refused: it ended itself with that sentence, and another one there would say the same.
    """

    worker: int
    said: Ready | Report | None = None
    why: str = ""
    refused: bool = False


class Crew(Protocol):
    """Workers, wherever they are. No call waits but ``wait``."""

    def hire(self) -> int:
        """Begin to start a worker; its number. An event tells when it is ready."""

    def give(self, worker: int, tasks: Sequence[Task]) -> None:
        """Call a worker once more: it takes these inputs too and counts on for a while."""

    def wait(self, seconds: float) -> list[Event]:
        """What happened, as soon as something did; nothing after this long."""

    def dismiss(self, worker: int) -> None:
        """End a worker, whatever it is doing."""
