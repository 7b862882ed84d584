"""Jobs in one background thread: the only thread code of the program.

A job is a callable that is given a ``threading.Event`` to watch. It returns its result, or a
generator that yields snapshots and returns the result. Of the snapshots only the newest is kept; a
timer in the UI thread takes it, so that a fast job cannot flood the window (a signal per batch was
measured to lag by seconds).
"""

from __future__ import annotations

import datetime
import queue
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, QThread, QTimer, Signal, Slot

from engine.core.errors import UserError

POLL_HERTZ = 15
SWITCH_INTERVAL = 0.001
"""Seconds a thread may hold the interpreter: a fifth of Python's own keeps the window smooth."""


@dataclass(eq=False)
class Job:
    """Something to do in the background.

    Attributes:
        kind: what it is for; at most one job of a kind is wanted at a time.
        title: in words, for the sentence shown if it fails.
        work: given the stop event; returns a result, or a generator of snapshots.
        stop: set to ask the job to end early and return what it has.
        dropped: nobody waits for its outcome any more.
    """

    kind: str
    title: str
    work: Callable[[threading.Event], Any]
    stop: threading.Event = field(default_factory=threading.Event)
    dropped: bool = False


@dataclass(frozen=True)
class Failure:
    """Why a job failed: the sentence for people, and the error itself."""

    sentence: str
    error: Exception


class _Mailbox:
    """Shared by both threads: the newest snapshot, and what ended, in order."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._snapshot: tuple[Job, Any] | None = None
        self._ended: deque[tuple[Job, Any]] = deque()

    def put_snapshot(self, job: Job, snapshot: Any) -> None:
        with self._lock:
            self._snapshot = (job, snapshot)

    def put_end(self, job: Job, outcome: Any) -> None:
        with self._lock:
            self._ended.append((job, outcome))

    def take(self) -> tuple[tuple[Job, Any] | None, list[tuple[Job, Any]]]:
        with self._lock:
            snapshot, self._snapshot = self._snapshot, None
            ended = list(self._ended)
            self._ended.clear()
        return snapshot, ended


class _Thread(QThread):
    """Runs queued jobs one after the other until it finds None in the queue."""

    woke = Signal()

    def __init__(self, warm_up: Callable[[], None], log_folder: Path) -> None:
        super().__init__()
        self.setObjectName("certiscope worker")
        self.jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self.mailbox = _Mailbox()
        self.closing = threading.Event()
        self._warm_up = warm_up
        self._log_folder = log_folder

    def run(self) -> None:
        """The thread's loop."""
        self._do(Job("warm-up", "starting the engine", lambda stop: self._warm_up()))
        while (job := self.jobs.get()) is not None:
            if not job.dropped and not self.closing.is_set():
                self._do(job)

    def _do(self, job: Job) -> None:
        try:
            outcome = self._carry_out(job)
        except UserError as error:
            outcome = Failure(str(error), error)
        except Exception as error:  # whatever broke, the window stays and says so
            outcome = Failure(self._logged(job, error), error)
        self.mailbox.put_end(job, outcome)
        self.woke.emit()

    def _carry_out(self, job: Job) -> Any:
        result = job.work(job.stop)
        if not isinstance(result, Generator):
            return result
        while True:
            try:
                self.mailbox.put_snapshot(job, next(result))
            except StopIteration as end:
                return end.value

    def _logged(self, job: Job, error: Exception) -> str:
        """Write the details down; the sentence names the file."""
        path = self._log_folder / "certiscope.log"
        try:
            self._log_folder.mkdir(parents=True, exist_ok=True)
            with path.open("a", encoding="utf-8") as file:
                file.write(f"{datetime.datetime.now(datetime.UTC).isoformat()} {job.title}\n")
                file.write("".join(traceback.format_exception(error)) + "\n")
        except OSError:
            return f"Something unexpected happened while {job.title} ({type(error).__name__})."
        return f"Something unexpected happened while {job.title}; the details are in {path}."


class Worker(QObject):
    """The UI thread's side: hands jobs over and says what became of them.

    All signals are emitted in the UI thread. Nothing is said of a dropped job.
    """

    began = Signal(str)
    snapshot = Signal(str, object)
    done = Signal(str, object)
    failed = Signal(str, object)
    idle = Signal()
    warm = Signal()

    def __init__(
        self, *, warm_up: Callable[[], None], log_folder: Path, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._thread = _Thread(warm_up, log_folder)
        self._thread.woke.connect(self._poll, Qt.ConnectionType.QueuedConnection)
        self._pending: list[Job] = []
        self._timer = QTimer(self)
        self._timer.setInterval(1000 // POLL_HERTZ)
        self._timer.timeout.connect(self._poll)

    def start(self) -> None:
        """Start the thread; its first act is the warm-up."""
        sys.setswitchinterval(SWITCH_INTERVAL)
        self._thread.start()

    def submit(self, job: Job) -> None:
        """Queue a job; older ones of its kind are dropped and asked to stop."""
        if self._thread.closing.is_set():
            return
        self.drop(job.kind)
        self._pending.append(job)
        self._thread.jobs.put(job)
        self._timer.start()
        self.began.emit(job.kind)

    def stop(self, kind: str) -> None:
        """Ask the job of this kind to end early; what it has is still delivered."""
        for job in self._of_kind(kind):
            job.stop.set()

    def drop(self, kind: str) -> None:
        """As :meth:`stop`, and deliver nothing more of it."""
        for job in self._of_kind(kind):
            job.dropped = True
            job.stop.set()
            self._pending.remove(job)

    def busy(self, kind: str | None = None) -> bool:
        """Whether a job (of this kind) is queued or running."""
        return bool(self._pending if kind is None else self._of_kind(kind))

    def shutdown(self, timeout_ms: int = 30_000) -> bool:
        """Stop everything and wait; False if the thread is still at work after the time-out."""
        self._thread.closing.set()
        for job in self._pending:
            job.stop.set()
        self._thread.jobs.put(None)
        ended = self._thread.wait(timeout_ms) if self._thread.isRunning() else True
        self._poll()
        self._timer.stop()
        return ended

    def _of_kind(self, kind: str) -> list[Job]:
        return [job for job in self._pending if job.kind == kind]

    @Slot()
    def _poll(self) -> None:
        latest, ended = self._thread.mailbox.take()
        if latest and not latest[0].dropped:
            self.snapshot.emit(latest[0].kind, latest[1])
        for job, outcome in ended:
            self._conclude(job, outcome)
        if ended and not self._pending:
            self._timer.stop()
            self.idle.emit()

    def _conclude(self, job: Job, outcome: Any) -> None:
        if job in self._pending:
            self._pending.remove(job)
        if job.dropped:
            return
        if isinstance(outcome, Failure):
            self.failed.emit(job.kind, outcome)
        elif job.kind == "warm-up":
            self.warm.emit()
        else:
            self.done.emit(job.kind, outcome)
