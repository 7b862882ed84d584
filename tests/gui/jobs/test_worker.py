from __future__ import annotations

import ast
import gc
import sys
import threading
import time
from functools import partial
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QObject

from engine.core.errors import UserError
from gui.jobs.worker import Job, Lane, Worker


class Listener(QObject):
    """Notes what it is told, and in which thread."""

    def __init__(self) -> None:
        super().__init__()
        self.snapshots, self.done, self.failed, self.threads = [], [], [], set()

    def on_snapshot(self, snapshot):
        self.snapshots.append(snapshot)
        self.threads.add(threading.get_ident())

    def on_done(self, outcome):
        self.done.append(outcome)
        self.threads.add(threading.get_ident())

    def on_failed(self, failure):
        self.failed.append(failure.sentence)

    def ask(self, lane, work, title="a job"):
        """Submit a job that tells this listener all."""
        told = {"on_failed": self.on_failed, "on_snapshot": self.on_snapshot}
        lane.submit(work, title, on_done=self.on_done, **told)


@pytest.fixture
def worker(qapp, tmp_path):
    worker = Worker(warm_up=lambda: None, log_folder=tmp_path / "log")
    worker.start()
    yield worker
    assert worker.shutdown()


@pytest.fixture
def listener():
    return Listener()


def counting(total, pause=0.0):
    def work(stop):
        for number in range(total):
            if stop.is_set():
                return f"stopped at {number}"
            time.sleep(pause)
            yield number
        return "all"

    return work


def test_results_and_snapshots_arrive_in_the_ui_thread(worker, listener, qtbot):
    listener.ask(worker, counting(20, 0.01))
    qtbot.waitUntil(lambda: listener.done == ["all"])
    assert listener.snapshots
    assert listener.threads == {threading.get_ident()}


def test_a_flood_of_snapshots_does_not_flood_the_window(worker, listener, qtbot):
    began = time.perf_counter()
    listener.ask(worker, counting(10_000))
    qtbot.waitUntil(lambda: bool(listener.done), timeout=60_000)
    seconds = time.perf_counter() - began
    assert len(listener.snapshots) < 20 * (seconds + 1)  # 15 a second, not 10,000
    assert listener.snapshots == sorted(listener.snapshots)


def test_jobs_run_one_after_the_other(worker, listener, qtbot):
    listener.ask(worker, lambda stop: time.sleep(0.05) or "first", "one")
    listener.ask(worker, lambda stop: "second", "two")
    assert worker.doing == "one"
    qtbot.waitUntil(lambda: listener.done == ["first", "second"])
    assert worker.doing == ""


def test_what_is_short_is_done_between_the_snapshots_of_a_long_job(worker, listener, qtbot):
    """The long one waits for it to be done, so that it would never end if it were put off."""
    done = threading.Event()

    def long(stop):
        while not done.is_set() and not stop.is_set():
            time.sleep(0.001)
            yield "going"
        return "long"

    listener.ask(worker, long)
    listener.ask(worker, lambda stop: "later", "another")
    worker.submit(
        lambda stop: done.set() or "aside", "a look", on_done=listener.on_done, aside=True
    )
    qtbot.waitUntil(lambda: len(listener.done) == 3)
    assert listener.done == ["aside", "long", "later"]


def test_a_snapshot_that_is_found_after_the_end_is_not_shown(qapp, tmp_path, listener):
    """The thread puts it down and ends while the window has looked for snapshots, not for ends."""
    worker = Worker(warm_up=lambda: None, log_folder=tmp_path)  # its thread never starts
    job = Job(
        lambda stop: None, "a job", on_done=listener.on_done, on_snapshot=listener.on_snapshot
    )
    worker.queue(job)
    mailbox = worker._thread.mailbox
    mailbox.put_end([(job, "result")])
    worker._poll()
    mailbox.put_snapshot(job, "late")
    worker._poll()
    assert (listener.done, listener.snapshots) == (["result"], [])


class Held:
    """Something that a job holds, as a widget; notes which thread frees it."""

    def __init__(self, freed: list[int]) -> None:
        self._freed = freed

    def __del__(self) -> None:
        self._freed.append(threading.get_ident())


def ends(held, stop):
    return "a result"


def ends_after_snapshots(held, stop):
    yield from (0, 1)


def fails(held, stop):
    raise UserError("It cannot be.")


@pytest.mark.parametrize("work", [ends, ends_after_snapshots, fails])
def test_what_a_job_holds_is_freed_by_the_ui_thread(worker, qtbot, work):
    """A widget freed by another thread ends the program."""
    freed: list[int] = []
    for dropped in (False, True):
        job = Job(partial(work, Held(freed)), "a job", on_failed=lambda failure: None)
        worker.queue(job)
        if dropped:
            worker.drop(job)
        del job
    listener = Listener()
    worker.submit(lambda stop: "another", "another", on_done=listener.on_done)
    qtbot.waitUntil(lambda: listener.done == ["another"])
    gc.collect()  # a failure and its traceback hold each other
    assert freed == [threading.get_ident()] * 2


def test_what_is_quiet_is_not_told_of(worker, qtbot):
    worker.submit(lambda stop: time.sleep(0.05), "a look", quiet=True)
    assert worker.busy() and worker.doing == ""
    qtbot.waitUntil(lambda: not worker.busy())


def test_stop_keeps_what_there_is(worker, listener, qtbot):
    lane = Lane(worker)
    lane.stop()  # nothing to stop yet
    listener.ask(lane, counting(10_000, 0.005))
    qtbot.waitUntil(lambda: bool(listener.snapshots))
    began = time.perf_counter()
    lane.stop()
    qtbot.waitUntil(lambda: bool(listener.done))
    assert time.perf_counter() - began < 2  # the whole takes far longer
    assert listener.done[0].startswith("stopped at")
    assert not lane.busy


def test_nothing_more_is_heard_of_a_replaced_job(worker, listener, qtbot):
    lane, other = Lane(worker), Lane(worker)
    listener.ask(lane, counting(10_000, 0.005))
    qtbot.waitUntil(lambda: bool(listener.snapshots))
    listener.ask(lane, lambda stop: "new")
    listener.ask(other, lambda stop: "beside")
    heard = len(listener.snapshots)
    qtbot.waitUntil(lambda: listener.done == ["new", "beside"])
    qtbot.wait(200)
    assert len(listener.snapshots) == heard
    assert listener.done == ["new", "beside"]


def test_nothing_is_heard_of_a_dropped_job(worker, listener, qtbot):
    lane = Lane(worker)
    listener.ask(lane, counting(10_000, 0.005))
    lane.drop()
    assert not lane.busy and not worker.busy()
    listener.ask(worker, lambda stop: "next")
    qtbot.waitUntil(lambda: listener.done == ["next"])
    assert not listener.failed


def test_who_is_deleted_is_not_called(worker, listener, qtbot):
    gone = Listener()
    shiboken6.delete(gone)
    gone.ask(worker, lambda stop: "for nobody")
    worker.submit(lambda stop: 1, "a job", on_done=partial(gone.on_done))
    listener.ask(worker, lambda stop: "heard")
    qtbot.waitUntil(lambda: listener.done == ["heard"])
    assert not gone.done


def test_what_somebody_waits_for_is_announced(worker, qtbot):
    with qtbot.waitSignal(worker.urgent):
        worker.submit(lambda stop: None, "a job", urgent=True)
    with qtbot.assertNotEmitted(worker.urgent):
        worker.submit(lambda stop: None, "a job")
    qtbot.waitUntil(lambda: not worker.busy())


def test_a_user_error_is_its_own_sentence(worker, listener, qtbot):
    def fail(stop):
        raise UserError("The file is empty.")

    listener.ask(worker, fail)
    qtbot.waitUntil(lambda: listener.failed == ["The file is empty."])


def test_a_failure_that_nobody_takes_is_told_to_everybody(worker, qtbot):
    def fail(stop):
        raise UserError("The file is empty.")

    with qtbot.waitSignal(worker.failed) as heard:
        worker.submit(fail, "opening")
    assert heard.args == ["The file is empty."]


def test_anything_else_is_one_sentence_and_a_log(worker, listener, qtbot, tmp_path):
    listener.ask(worker, lambda stop: 1 / 0, "opening x")
    qtbot.waitUntil(lambda: bool(listener.failed))
    log = tmp_path / "log" / "certiscope.log"
    assert listener.failed == [
        f"Something unexpected happened while opening x; the details are in {log}."
    ]
    assert "ZeroDivisionError" in log.read_text()


def test_without_a_place_for_the_log_there_is_still_a_sentence(qapp, tmp_path, qtbot, listener):
    (tmp_path / "file").write_text("")
    worker = Worker(warm_up=lambda: None, log_folder=tmp_path / "file" / "log")
    worker.start()
    listener.ask(worker, lambda stop: 1 / 0)
    qtbot.waitUntil(lambda: bool(listener.failed))
    assert "ZeroDivisionError" in listener.failed[0]
    assert worker.shutdown()


def test_an_error_after_snapshots_is_told(worker, listener, qtbot):
    def work(stop):
        yield 1
        raise UserError("The disk is full.")

    listener.ask(worker, work)
    qtbot.waitUntil(lambda: bool(listener.failed))
    assert not worker.busy()


def test_shutdown_stops_what_runs_and_skips_what_waits(qapp, tmp_path, qtbot, listener):
    worker = Worker(warm_up=lambda: None, log_folder=tmp_path)
    worker.start()
    listener.ask(worker, counting(10_000, 0.005))
    listener.ask(worker, lambda stop: "never")
    qtbot.waitUntil(lambda: bool(listener.snapshots))
    assert worker.shutdown()
    assert len(listener.done) == 1 and listener.done[0].startswith("stopped at")
    lane = Lane(worker)
    listener.ask(lane, lambda stop: "never")
    assert not lane.busy


def test_a_file_that_somebody_asked_for_is_written_however_long_it_takes(qapp, tmp_path) -> None:
    """And what is not owed is waited for no longer than the time-out."""
    path = tmp_path / "report.pdf"

    def write(stop: threading.Event) -> None:
        time.sleep(0.5)
        path.write_text("a report")

    for owed in (True, False):
        path.unlink(missing_ok=True)
        worker = Worker(warm_up=lambda: None, log_folder=tmp_path)
        worker.start()
        worker.submit(write, "writing report.pdf", owed=owed)
        time.sleep(0.1)  # it has begun
        assert worker.shutdown(50) is owed and path.exists() is owed
        assert worker._thread.wait(10_000)


def test_a_file_is_written_though_the_window_has_no_turn_for_longer_than_the_time_out(
    qapp, tmp_path
) -> None:
    path, worker = tmp_path / "report.pdf", Worker(warm_up=lambda: None, log_folder=tmp_path)
    worker.start()
    worker.submit(lambda stop: None, "something", on_done=lambda _: time.sleep(0.3))

    def write(stop: threading.Event) -> None:
        time.sleep(0.6)
        path.write_text("a report")

    worker.submit(write, "writing report.pdf", owed=True)
    time.sleep(0.1)  # the first has ended, and nobody was told yet
    assert worker.shutdown(50) and path.exists()


def test_a_worker_that_never_started_shuts_down(qapp, tmp_path):
    assert Worker(warm_up=lambda: None, log_folder=tmp_path).shutdown()


def test_the_engine_is_warm_when_its_imports_are_done(worker, qtbot):
    qtbot.waitUntil(lambda: worker.is_warm)
    assert not worker.busy()


def test_only_the_worker_speaks_of_threads():
    for path in Path("gui").rglob("*.py"):
        names = {
            name
            for node in ast.walk(ast.parse(path.read_text()))
            for name in (
                [getattr(node, "id", ""), getattr(node, "attr", "")]
                + [alias.name for alias in getattr(node, "names", []) if hasattr(alias, "name")]
            )
        }
        # before Qt is loaded, and what loads modules and knows nothing of Qt
        if path.name not in ("worker.py", "__main__.py", "preloading.py"):
            assert not names & {"QThread", "QThreadPool", "QRunnable", "Thread"}, path


def test_what_closing_would_cut_short_is_asked_about_while_it_waits_or_works(worker, qtbot):
    go = threading.Event()
    worker.submit(lambda stop: go.wait(30), "reading")
    assert not worker.asks
    for what in ("one", "other"):
        worker.submit(lambda stop: None, what, asks=f"Stop the {what}?")
    assert worker.asks == "Stop the one?"
    go.set()
    qtbot.waitUntil(lambda: not worker.busy())
    assert not worker.asks


def test_a_job_that_would_end_the_program_ends_itself_alone(worker, listener, qtbot):
    """Such as a stranger's module that calls sys.exit: whatever comes after it is done."""
    listener.ask(worker, lambda stop: sys.exit(3), "opening it")
    listener.ask(worker, lambda stop: "written")
    qtbot.waitUntil(lambda: listener.done == ["written"])
    assert "unexpected happened while opening it" in listener.failed[0]
