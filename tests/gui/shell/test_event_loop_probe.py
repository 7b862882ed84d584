from __future__ import annotations

import time

from PySide6.QtCore import QTimer

from gui.shell.event_loop_probe import Heartbeat, measure_lateness


def test_a_quiet_loop_is_on_time(qapp):
    late = measure_lateness(0.3)
    assert late.beats > 10
    assert late.median < 20
    assert late.median <= late.p95 <= late.p99 <= late.worst


def test_a_blocked_loop_is_noticed(qapp):
    QTimer.singleShot(50, lambda: time.sleep(0.15))
    assert measure_lateness(0.4).worst > 100


def test_nothing_measured_is_all_zero(qapp):
    assert Heartbeat().stop().beats == 0
