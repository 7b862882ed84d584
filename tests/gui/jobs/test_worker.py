from __future__ import annotations

import ast
import threading
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Slot

from engine.core.errors import UserError
from gui.jobs.worker import Job, Worker


class Listener(QObject):
    """Notes what the worker says, and in which thread."""

    def __init__(self, worker: Worker) -> None:
        super().__init__()
        self.snapshots, self.done, self.failed, self.threads = [], [], [], set()
        worker.snapshot.connect(self.on_snapshot)
        worker.done.connect(self.on_done)
        worker.failed.connect(self.on_failed)

    @Slot(str, object)
    def on_snapshot(self, kind, snapshot):
        self.snapshots.append(snapshot)
        self.threads.add(threading.get_ident())

    @Slot(str, object)
    def on_done(self, kind, outcome):
        self.done.append((kind, outcome))
        self.threads.add(threading.get_ident())

    @Slot(str, object)
    def on_failed(self, kind, failure):
        self.failed.append((kind, failure))


@pytest.fixture
def worker(qapp, tmp_path):
    worker = Worker(warm_up=lambda: None, log_folder=tmp_path / "log")
    worker.start()
    yield worker
    assert worker.shutdown()


@pytest.fixture
def listener(worker):
    return Listener(worker)


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
    worker.submit(Job("run", "counting", counting(20, 0.01)))
    qtbot.waitUntil(lambda: listener.done == [("run", "all")])
    assert listener.snapshots
    assert listener.threads == {threading.get_ident()}


def test_a_flood_of_snapshots_does_not_flood_the_window(worker, listener, qtbot):
    worker.submit(Job("run", "counting", counting(50_000)))
    qtbot.waitUntil(lambda: bool(listener.done), timeout=20_000)
    assert len(listener.snapshots) < 100  # 15 a second, not 50,000
    assert listener.snapshots == sorted(listener.snapshots)


def test_jobs_run_one_after_the_other(worker, listener, qtbot):
    worker.submit(Job("a", "a", lambda stop: time.sleep(0.05)))
    worker.submit(Job("b", "b", lambda stop: None))
    qtbot.waitUntil(lambda: len(listener.done) == 2)
    assert [kind for kind, _ in listener.done] == ["a", "b"]


def test_stop_keeps_what_there_is(worker, listener, qtbot):
    worker.submit(Job("run", "counting", counting(10_000, 0.005)))
    qtbot.waitUntil(lambda: bool(listener.snapshots))
    began = time.perf_counter()
    worker.stop("run")
    qtbot.waitUntil(lambda: bool(listener.done))
    assert time.perf_counter() - began < 0.2
    assert listener.done[0][1].startswith("stopped at")


def test_nothing_more_is_heard_of_a_replaced_job(worker, listener, qtbot):
    worker.submit(Job("run", "old", counting(10_000, 0.005)))
    qtbot.waitUntil(lambda: bool(listener.snapshots))
    worker.submit(Job("run", "new", lambda stop: "new"))
    heard = len(listener.snapshots)
    qtbot.waitUntil(lambda: listener.done == [("run", "new")])
    qtbot.wait(200)
    assert len(listener.snapshots) == heard
    assert listener.done == [("run", "new")]


def test_a_user_error_is_its_own_sentence(worker, listener, qtbot):
    def fail(stop):
        raise UserError("The file is empty.")

    worker.submit(Job("model", "opening", fail))
    qtbot.waitUntil(lambda: bool(listener.failed))
    assert listener.failed[0][1].sentence == "The file is empty."


def test_anything_else_is_one_sentence_and_a_log(worker, listener, qtbot, tmp_path):
    worker.submit(Job("model", "opening x", lambda stop: 1 / 0))
    qtbot.waitUntil(lambda: bool(listener.failed))
    log = tmp_path / "log" / "certiscope.log"
    assert listener.failed[0][1].sentence == (
        f"Something unexpected happened while opening x; the details are in {log}."
    )
    assert "ZeroDivisionError" in log.read_text()


def test_without_a_place_for_the_log_there_is_still_a_sentence(qapp, tmp_path, qtbot):
    (tmp_path / "file").write_text("")
    worker = Worker(warm_up=lambda: None, log_folder=tmp_path / "file" / "log")
    listener = Listener(worker)
    worker.start()
    worker.submit(Job("model", "opening x", lambda stop: 1 / 0))
    qtbot.waitUntil(lambda: bool(listener.failed))
    assert "ZeroDivisionError" in listener.failed[0][1].sentence
    assert worker.shutdown()


def test_an_error_after_snapshots_is_told(worker, listener, qtbot):
    def work(stop):
        yield 1
        raise UserError("The disk is full.")

    worker.submit(Job("run", "counting", work))
    qtbot.waitUntil(lambda: bool(listener.failed))
    assert not worker.busy()


def test_shutdown_stops_what_runs_and_skips_what_waits(qapp, tmp_path, qtbot):
    worker = Worker(warm_up=lambda: None, log_folder=tmp_path)
    listener = Listener(worker)
    worker.start()
    worker.submit(Job("run", "counting", counting(10_000, 0.005)))
    worker.submit(Job("later", "later", lambda stop: "never"))
    qtbot.waitUntil(lambda: bool(listener.snapshots))
    assert worker.shutdown()
    assert [kind for kind, _ in listener.done] == ["run"]
    worker.submit(Job("after", "after", lambda stop: "never"))
    assert not worker.busy("after")


def test_a_worker_that_never_started_shuts_down(qapp, tmp_path):
    assert Worker(warm_up=lambda: None, log_folder=tmp_path).shutdown()


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
        if path.name != "worker.py":
            assert not names & {"QThread", "QThreadPool", "QRunnable", "Thread"}, path
