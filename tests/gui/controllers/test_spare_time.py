from __future__ import annotations

import threading

from gui.controllers.spare_time import SpareTime


def test_a_job_begins_in_a_pause_and_gives_way(session, qtbot):
    """The worker's queue is empty at first; then somebody waits."""
    began, done, stopped = threading.Event(), [], []

    def job(stop: threading.Event) -> None:
        began.set()
        stopped.append(stop.wait(30))

    spare = SpareTime(
        session.worker, lambda: spare.lane.submit(job, "a job", on_done=done.append), session
    )
    spare.wait()
    qtbot.waitUntil(began.is_set, timeout=10_000)
    spare.wait()  # at work: no second one
    urgent: list[bool] = []
    session.worker.submit(lambda stop: True, "what is wanted", urgent=True, on_done=urgent.append)
    qtbot.waitUntil(lambda: urgent == [True])
    assert stopped == [True] and not done and not spare.lane.busy
