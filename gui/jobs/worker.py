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
import time
import traceback
from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypedDict, Unpack

import shiboken6
from PySide6.QtCore import QObject, Qt, QThread, QTimer, Signal, Slot

from engine.core.errors import UserError
from engine.system.memory import give_back

MOST_HERTZ, LEAST_HERTZ = 15, 12
"""Looks at a job's snapshots a second: on a slow machine fewer, yet enough for a smooth growth."""
_SHARE, _STEP_MS = 0.06, 6
"""Part of a core that the UI thread is to take while it shows them; the engine wants every core."""
_WAIT_MS = 100
SWITCH_INTERVAL = 0.00005
"""Seconds a thread may hold the interpreter. A fifth of Python's own would keep the window smooth;
a hundredth lets the engine's threads, which ask after every operation of torch, go on while the
window draws."""


@dataclass(frozen=True)
class Failure:
    """Why a job failed: the sentence for people, and the error itself."""

    sentence: str
    error: BaseException


@dataclass(eq=False)
class Job:
    """Something to do in the background, and who is told in the UI thread what came of it.

    Attributes:
        work: given the stop event; returns a result, or a generator of snapshots.
        title: in words, for the sentence shown if it fails.
        on_done: given the result.
        on_failed: given the :class:`Failure`; without it the worker's ``failed`` tells everybody.
        on_snapshot: given the newest snapshot, 12 to 15 times a second.
        urgent: somebody waits for it; a long job that is not urgent may give way.
        quiet: too short or too frequent to be told of while it is at work.
        aside: done between two snapshots of a job at work, which may count with nothing it touches.
        owed: it writes a file that was asked for, though the window closes before its turn.
        asks: the question whether to stop it, put to whoever closes the window meanwhile; empty
            for what is dropped without one, being short or not asked for.
        stop: set to ask the job to end early and return what it has.
        dropped: nobody waits for its outcome any more.
    """

    work: Callable[[threading.Event], Any]
    title: str
    on_done: Callable[[Any], object] | None = None
    on_failed: Callable[[Failure], object] | None = None
    on_snapshot: Callable[[Any], object] | None = None
    urgent: bool = False
    quiet: bool = False
    aside: bool = False
    owed: bool = False
    asks: str = ""
    stop: threading.Event = field(default_factory=threading.Event)
    dropped: bool = False


class Told(TypedDict, total=False):
    """Who is told of a job, and how it is done: fields of :class:`Job` by their names."""

    on_done: Callable[[Any], object]
    on_failed: Callable[[Failure], object]
    on_snapshot: Callable[[Any], object]
    urgent: bool
    quiet: bool
    aside: bool
    owed: bool
    asks: str


class _Mailbox:
    """Shared by both threads: the newest snapshot, and what ended, in order.

    Whoever drops the last reference to a job frees what it holds, such as a widget whose window is
    closed: that must be the UI thread, to which the worker's reference goes with the outcome.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._snapshot: tuple[Job, Any] | None = None
        self._ended: deque[tuple[Job, Any]] = deque()

    def put_snapshot(self, job: Job, snapshot: Any) -> None:
        with self._lock:
            self._snapshot = (job, snapshot)

    def put_end(self, ended: list[tuple[Job, Any]]) -> None:
        """Take the only one that there is out of a list."""
        with self._lock:
            self._ended.append(ended.pop())

    def take_snapshot(self) -> tuple[Job, Any] | None:
        with self._lock:
            snapshot, self._snapshot = self._snapshot, None
            return snapshot

    def take_end(self) -> tuple[Job, Any] | None:
        with self._lock:
            if not self._ended:
                return None
            job, outcome = self._ended.popleft()
            if self._snapshot is not None and self._snapshot[0] is job:
                self._snapshot = None
            return job, outcome


class _Thread(QThread):
    """Runs queued jobs one after the other until it finds None in the queue."""

    woke = Signal()

    def __init__(self, log_folder: Path) -> None:
        super().__init__()
        self.setObjectName("certiscope worker")
        self.jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self.mailbox = _Mailbox()
        self.closing = threading.Event()
        self._log_folder = log_folder
        self._put_off: deque[Job | None] = deque()

    def run(self) -> None:
        """The thread's loop."""
        while turn := self._next():
            self._do(turn)

    def _next(self) -> list[Job]:
        """Jobs in their order; those that had to wait for a longer one came first."""
        return _listed(self._put_off.popleft() if self._put_off else self.jobs.get())

    def _let_by(self) -> None:
        """Do what came meanwhile and is short; all else waits for its turn."""
        while not self.jobs.empty():
            turn = _listed(self.jobs.get())
            if turn and turn[0].aside:
                self._do(turn)
            else:
                self._put_off.append(turn.pop() if turn else None)

    def _do(self, turn: list[Job]) -> None:
        """Do the job in a list, which is emptied.

        No name here stands for the job, or this thread would keep it until the next one comes.
        """
        aside = turn[0].aside
        self.mailbox.put_end([(turn[0], self._outcome(turn.pop()))])
        self.woke.emit()
        if self.jobs.empty() and not aside:
            give_back()

    def _outcome(self, job: Job) -> Any:
        if not job.owed and self.closing.is_set():
            job.dropped = True
        try:
            return None if job.dropped else self._carried_out(job)
        except UserError as error:
            return Failure(str(error), error)
        except BaseException as error:  # whatever broke, or called sys.exit: the window stays
            return Failure(self._logged(job, error), error)

    def _carried_out(self, job: Job) -> Any:
        result = job.work(job.stop)
        if not isinstance(result, Generator):
            return result
        while True:
            try:
                self.mailbox.put_snapshot(job, next(result))
                self._let_by()
            except StopIteration as end:
                return end.value

    def _logged(self, job: Job, error: BaseException) -> str:
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
    """The UI thread's side: hands jobs over and calls back with what became of them.

    All signals are emitted, and all callbacks called, in the UI thread. A dropped job calls
    nobody, and neither does one whose caller is a Qt object that was deleted meanwhile.

    Attributes:
        is_warm: the engine is imported.

    Signals:
        activity_changed: a job began or ended, or was asked to stop.
        urgent: a job was handed over that somebody waits for.
        failed: why a job failed that has no ``on_failed``.
        warm: the engine is imported.
    """

    activity_changed = Signal()
    urgent = Signal()
    failed = Signal(str)
    warm = Signal()

    def __init__(
        self, *, warm_up: Callable[[], None], log_folder: Path, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.is_warm = False
        self._thread = _Thread(log_folder)
        self._thread.woke.connect(self._poll, Qt.ConnectionType.QueuedConnection)
        self._thread.jobs.put(
            Job(lambda stop: warm_up(), "starting the engine", on_done=self._on_warm)
        )
        self._pending: list[Job] = []
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)  # a coarse one may come 5 % later
        self._timer.setInterval(1000 // MOST_HERTZ)
        self._timer.timeout.connect(self._look)
        self._looks: deque[float] = deque(maxlen=MOST_HERTZ)

    def start(self) -> None:
        """Start the thread; its first act is the warm-up."""
        sys.setswitchinterval(SWITCH_INTERVAL)
        self._thread.start()

    def submit(
        self, work: Callable[[threading.Event], Any], title: str, **told: Unpack[Told]
    ) -> None:
        """Have something done after whatever waits already."""
        self.queue(Job(work, title, **told))

    def queue(self, job: Job) -> None:
        """Queue a job; nothing begins any more once the thread is closing."""
        if self._thread.closing.is_set():
            return
        self._pending.append(job)
        self._thread.jobs.put(job)
        self._timer.start()
        if job.urgent:
            self.urgent.emit()
        self.activity_changed.emit()

    def drop(self, job: Job) -> None:
        """Ask a job to end early, and deliver nothing more of it."""
        if job in self._pending:
            job.dropped = True
            job.stop.set()
            self._pending.remove(job)

    def busy(self, job: Job | None = None) -> bool:
        """Whether this job, or any, is queued or running."""
        return bool(self._pending) if job is None else job in self._pending

    @property
    def crowded(self) -> bool:
        """Whether a job waits for another."""
        return len(self._pending) > 1

    @property
    def doing(self) -> str:
        """Title of what is at work, or waits its turn first; empty if nothing worth a word is."""
        return next((job.title for job in self._pending if not job.quiet), "")

    @property
    def asks(self) -> str:
        """What whoever closes the window is to be asked now; empty for nothing."""
        return next((job.asks for job in self._pending if job.asks), "")

    def shutdown(self, timeout_ms: int = 8000) -> bool:
        """Stop all but the files that are owed, and wait; False if it is not over at a time-out."""
        self._thread.closing.set()
        for job in self._pending:
            job.stop.set()
        self._thread.jobs.put(None)
        latest = time.monotonic() + timeout_ms / 1000
        while not (ended := self._thread.wait(_WAIT_MS)):
            if any(job.owed for job in self._pending):  # all else has so long after them
                latest = time.monotonic() + timeout_ms / 1000
            elif time.monotonic() >= latest:
                break
            self._poll()
        self._poll()
        self._timer.stop()
        return ended

    @Slot()
    def _look(self) -> None:
        """Take what there is; the next look comes later where what was shown of late took long."""
        self._looks.append(time.thread_time())
        each = (self._looks[-1] - self._looks[0]) / max(1, len(self._looks) - 1)
        self._timer.setInterval(interval_ms(each))
        self._poll()

    @Slot()
    def _poll(self) -> None:
        mailbox = self._thread.mailbox
        if latest := mailbox.take_snapshot():
            job, snapshot = latest
            if job in self._pending:  # else it ended between two looks at the mailbox
                _tell(job, job.on_snapshot, snapshot)
        while end := mailbox.take_end():
            self._conclude(*end)
        if not self._pending:
            self._timer.stop()

    def _conclude(self, job: Job, outcome: Any) -> None:
        if job in self._pending:
            self._pending.remove(job)
        if not isinstance(outcome, Failure):
            _tell(job, job.on_done, outcome)
        elif job.on_failed is not None:
            _tell(job, job.on_failed, outcome)
        elif not job.dropped:
            self.failed.emit(outcome.sentence)
        self.activity_changed.emit()

    def _on_warm(self, _: None) -> None:
        self.is_warm = True
        self.warm.emit()


def interval_ms(seconds: float) -> int:
    """Between two looks, each of which takes the UI thread some seconds of processor time.

    >>> interval_ms(0.001), interval_ms(0.0048), interval_ms(0.02)
    (66, 78, 83)
    """
    wanted = int(1000 * seconds / _SHARE)
    steady = wanted - wanted % _STEP_MS  # a timer with another interval begins anew
    return min(max(steady, 1000 // MOST_HERTZ), 1000 // LEAST_HERTZ)


class Lane:
    """Jobs that replace each other: only the newest one is wanted, and only it is heard of."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._job: Job | None = None

    @property
    def busy(self) -> bool:
        """Whether its job is queued or running."""
        return self._job is not None and self._worker.busy(self._job)

    def submit(
        self, work: Callable[[threading.Event], Any], title: str, **told: Unpack[Told]
    ) -> None:
        """Queue a job in place of the one before, which is dropped and asked to stop."""
        self.drop()
        self._job = Job(work, title, **told)  # known before anybody hears of it
        self._worker.queue(self._job)

    def stop(self) -> None:
        """Ask its job to end early; what it has is still delivered."""
        if self._job is not None:
            self._job.stop.set()

    def drop(self) -> None:
        """As :meth:`stop`, and deliver nothing more of it."""
        if self._job is not None:
            self._worker.drop(self._job)


def _listed(job: Job | None) -> list[Job]:
    return [] if job is None else [job]


def _tell(job: Job, callback: Callable[[Any], object] | None, value: Any) -> None:
    """Call back, unless nobody waits, or the Qt object that would be called is gone."""
    if callback is None or job.dropped:
        return
    owner = getattr(getattr(callback, "func", callback), "__self__", None)
    if not isinstance(owner, QObject) or shiboken6.isValid(owner):
        callback(value)
