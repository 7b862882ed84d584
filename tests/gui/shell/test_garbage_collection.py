import gc
import time

import pytest

from gui.shell.garbage_collection import BURST, Collector
from gui.style import theme as themes


@pytest.fixture
def collector(qapp):
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)  # as in the window: commands before asked for others
    gc.collect()  # else what tests before left would count
    found = Collector(idle=lambda: True)
    yield found
    found.release()
    gc.set_threshold(*before)


class Ring:
    """A cycle that only a collection frees."""

    freed = 0

    def __init__(self) -> None:
        self.me = self

    def __del__(self) -> None:
        Ring.freed += 1


def test_nothing_is_collected_but_by_the_timer(collector):
    assert not gc.isenabled()
    Ring.freed = 0
    for _ in range(5 * gc.get_threshold()[0]):
        Ring()
    assert Ring.freed == 0  # no allocation set a collection off
    assert collector.collect() > 0
    assert Ring.freed > 0


def test_the_oldest_generation_waits_until_nothing_runs(qapp, monkeypatch):
    collected = []
    monkeypatch.setattr(gc, "get_count", lambda: (10_000, 100, 100))
    monkeypatch.setattr(gc, "collect", lambda generation: collected.append(generation) or 1)
    busy = Collector(idle=lambda: False)
    busy.collect()
    idle = Collector(idle=lambda: True)
    idle.collect()
    busy.release()
    idle.release()
    assert collected == [1, 1, 2]  # once before what is there is left out


def test_what_an_import_makes_is_not_looked_at(collector):
    collector.collect()
    Ring.freed = 0
    for _ in range(BURST + 1):
        Ring()
    assert collector.collect() == 0 == Ring.freed
    assert gc.get_count()[0] < BURST
    gc.collect(2)
    assert Ring.freed > BURST  # it is garbage of the oldest generation


def test_a_switch_of_the_theme_is_not_held_up(qtbot, monkeypatch):
    collected = []
    monkeypatch.setattr("gui.shell.garbage_collection.INTERVAL_MS", 200)
    monkeypatch.setattr(Collector, "collect", lambda self: collected.append(time.monotonic()))
    collector = Collector(idle=lambda: True)
    for _ in range(8):
        qtbot.wait(50)
        themes.registry.changed.emit()
    last = time.monotonic()
    assert not collected
    qtbot.waitUntil(lambda: bool(collected))
    assert collected[0] - last > 0.1
    collector.release()
    themes.registry.changed.emit()
    assert not collector._timer.isActive()


def test_python_gets_its_collection_back_only_if_it_had_it(qapp):
    before = gc.isenabled()
    gc.enable()
    try:
        Collector(idle=lambda: True).release()
        assert gc.isenabled()
        gc.disable()
        Collector(idle=lambda: True).release()
        assert not gc.isenabled()
    finally:
        (gc.enable if before else gc.disable)()


def test_what_was_there_before_a_run_is_left_out_while_it_goes_on(qapp, monkeypatch):
    done = []
    monkeypatch.setattr(gc, "collect", lambda generation: 0)
    monkeypatch.setattr(gc, "freeze", lambda: done.append("freeze"))
    monkeypatch.setattr(gc, "unfreeze", lambda: done.append("unfreeze"))
    busy = [False]
    collector = Collector(idle=lambda: not busy[0])
    for now in (False, True, True, False, False, True):
        busy[0] = now
        collector.collect()
    assert done == ["freeze", "unfreeze", "freeze"]
    collector.release()
    assert done[-1] == "unfreeze"
