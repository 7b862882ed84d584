"""A window in a process of its own, measured from inside; prints one line of JSON.

``python -m bench.child paint T`` notes when it was painted, T being when the process was asked
for, and ``python -m bench.child bare T`` when a window with nothing but an empty plot in it was;
``python -m bench.child run MODEL INPUT N [SCHEME]`` drives one run, under a
scheme as JSON if that is given, and ``late`` in place of ``run`` looks a hundred times a second how
late the event loop is, which takes processor time of its own; ``python -m bench.child switch MODEL
INPUT`` turns talk mode and the theme on and off after one; ``python -m bench.child drag N``
drags the point of the playground over N frames; ``python -m bench.child recorded T`` opens a
recorded case from the welcome page. Imports at module level what the program itself imports before
its window is there, and no more.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

from engine.system.openmp import wait_passively

_SETTLE_MS = 1000


def _paint(began: float) -> None:
    """In the child: open the window as the program does, note when it is painted, and leave."""
    from gui.shell.app import application, open_window

    app = application()
    window = open_window()
    window.painted.connect(lambda: _tell(began))
    window.painted.connect(window.leave)
    app.exec()


def _bare(began: float) -> None:
    """In the child: the least that a window with a plot takes, of Qt and pyqtgraph alone."""
    import pyqtgraph
    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QApplication, QMainWindow

    class Plot(pyqtgraph.PlotWidget):  # type: ignore[misc]  # untyped
        def paintEvent(self, event: QPaintEvent) -> None:
            super().paintEvent(event)
            QTimer.singleShot(0, leave)

    def leave() -> None:
        _tell(began)
        os._exit(0)

    app = QApplication([])
    window = QMainWindow()
    window.resize(1280, 800)
    window.setCentralWidget(Plot())
    window.show()
    app.exec()


def _tell(began: float) -> None:
    """Seconds by the clock since the process was asked for, and of processor time."""
    print(json.dumps({"seconds": time.time() - began, "work": time.process_time()}), flush=True)


def _run(model: str, source: str, n: int, scheme: str = "", *, probed: bool = False) -> None:
    """In the child: one run in the window; ``probed``: the event loop's lateness while it lasts."""
    from engine.models.request import ModelRequest
    from engine.schemes import parse_scheme
    from gui.shell.app import application, open_window
    from gui.shell.event_loop_probe import Heartbeat

    app = application()
    window = open_window()
    session, heart = window.session, Heartbeat()
    started: list[float] = []
    drawn: list[float] = []

    def step() -> None:
        if session.runs.ready and not started:
            started.extend((time.perf_counter(), time.thread_time(), time.process_time()))
            if scheme:
                chosen = parse_scheme(json.loads(scheme))
                window.left.settings.show_scheme(chosen)
                window.left.attacker.show_scheme(type(chosen))
            window.left.settings.put(n=n)
            _note(window.pages.explore.region, drawn)
            if probed:
                heart.start()
            session.runs.certify()

    def end() -> None:
        evidence = session.runs.evidence
        if evidence is None:
            return
        late, speed = heart.stop(), evidence.performance
        clock, own = time.perf_counter() - started[0], time.thread_time() - started[1]
        engine = time.process_time() - started[2] - own
        if scheme and evidence.settings.scheme != parse_scheme(json.loads(scheme)):
            sys.exit(f"The run was of {evidence.settings.scheme}.")
        if evidence.settings.n != n:
            sys.exit(f"The run had n = {evidence.settings.n}, not {n}.")
        answer: dict[str, Any] = {"rate": speed.samples_per_second, "threads": speed.threads}
        if probed:
            answer["lateness"] = {"median": late.median, "p99": late.p99, "worst": late.worst}
        # from the first to the last while it ran: before it nothing is known to draw
        grown = (len(drawn) - 1) / (drawn[-1] - drawn[0]) if len(drawn) > 1 else 0.0
        print(json.dumps({**answer, "interface": own / clock, "engine": engine, "hertz": grown}))
        window.leave()

    session.worker.activity_changed.connect(step)
    session.runs.evidence_changed.connect(end)
    session.notice.connect(lambda kind, words: kind == "error" and sys.exit(words))
    session.loading.open_model(ModelRequest(model))
    session.loading.open_input(source)
    app.exec()


def _note(plot: Any, drawn: list[float]) -> None:
    """When a plot is given something to draw, from now on."""
    show = plot.show_figure

    def noted(figure: object, **told: bool) -> None:
        drawn.append(time.perf_counter())
        show(figure, **told)

    plot.show_figure = noted


def _switch(model: str, source: str) -> None:
    """In the child: milliseconds until the window is painted anew, of switches there and back."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from engine.models.request import ModelRequest
    from gui.shell.app import application, open_window

    app = application()
    window = open_window(remembers=False)
    session = window.session

    def timed(*names: str) -> list[float]:
        found = []
        for name in names * 3:
            began = time.perf_counter()
            window.commands[name].trigger()
            QApplication.sendPostedEvents()
            QApplication.processEvents()
            found.append(1000 * (time.perf_counter() - began))
            session.playback.stop()  # which talk mode starts
        return found

    def step() -> None:
        if session.runs.evidence is not None and not session.worker.busy():
            session.worker.activity_changed.disconnect(step)
            QTimer.singleShot(_SETTLE_MS, end)
        elif session.runs.ready and not session.runs.running and session.runs.evidence is None:
            session.runs.certify()

    def end() -> None:
        talk, theme = timed("talk", "talk"), timed("theme-dark", "theme-light")
        print(json.dumps({"talk": talk[::2], "end": talk[1::2], "theme": theme}))
        window.leave()

    session.worker.activity_changed.connect(step)
    session.loading.open_model(ModelRequest(model))
    session.loading.open_input(source)
    app.exec()


def _drag(frames: int) -> None:
    """In the child: milliseconds of every frame while the point is dragged, 1,000 votes in each."""
    import math

    from PySide6.QtCore import QPointF

    from gui.playground.experiment import VOTES
    from gui.shell.app import application, open_window

    app = application()
    window = open_window(remembers=False)
    while not window.session.worker.is_warm:
        app.processEvents()
    window.resize(1280, 800)
    window.commands["playground"].trigger()
    page = window.pages.playground
    app.processEvents()
    page.experiment.look(on=False)  # each frame is begun here, not by the clock
    square, wall, work, votes = page.view.square(), [], [], []
    for frame in range(frames):
        turn = 2 * math.pi * frame / 60
        reach = square.width() / 3
        place = square.center() + QPointF(reach * math.cos(turn), reach * math.sin(turn))
        began, spent = time.perf_counter(), time.process_time()
        page.view.drag(place)
        page.experiment.step()
        app.processEvents()  # paints what changed
        wall.append(1000 * (time.perf_counter() - began))
        work.append(1000 * (time.process_time() - spent))
        now = page.experiment.standing
        votes.append(now.selection.n + now.estimation.n)
    if set(votes) != {VOTES}:
        sys.exit(f"A frame drew {sorted(set(votes))} votes.")
    print(json.dumps({"wall": wall, "work": work}))
    window.leave()


def _recorded(began: float) -> None:
    """In the child: start as without files, choose a card once painted, note when it is drawn.

    Processor time is that of the window's own thread: the engine is loaded beside it.
    """
    from engine.demos.gallery import case_of
    from gui.shell.app import application, open_window

    app = application()
    window = open_window(remembers=False)
    window.pages.welcoming.show()
    painted: list[float] = []
    window.painted.connect(lambda: painted.append(time.time()))
    while not painted:
        app.processEvents()
    spent = time.thread_time()
    window.pages.welcoming.open(case_of("digit"))
    app.processEvents()
    page = window.pages.welcoming.recorded
    assert page.region.plot is not None and page.region.plot.figure is not None
    answer = {
        "cards": painted[0] - began,
        "case": time.time() - began,
        "work": time.thread_time(),
        "opening": time.thread_time() - spent,
        "warm": window.session.worker.is_warm,
    }
    print(json.dumps(answer), flush=True)
    os._exit(0)  # the engine is still being loaded, which cannot be interrupted


def _main(kind: str, *words: str) -> None:
    """Measure one thing, in a process that was begun as the program begins."""
    import gc

    gc.disable()  # the window has its own collection
    if kind == "bare":
        _bare(float(words[0]))
        return
    from gui.__main__ import prepare

    prepare(offscreen=True)
    if kind == "paint":
        _paint(float(words[0]))
    elif kind == "drag":
        _drag(int(words[0]))
    elif kind == "recorded":
        _recorded(float(words[0]))
    elif kind == "switch":
        _switch(*words)
    else:
        _run(words[0], words[1], int(words[2]), *words[3:], probed=kind == "late")


if __name__ == "__main__":
    wait_passively()  # as the program does: spinning threads would take the window's turn
    _main(*sys.argv[1:])
