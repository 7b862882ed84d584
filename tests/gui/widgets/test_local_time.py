from __future__ import annotations

import time

import pytest

from gui.widgets.local_time import local_time


@pytest.mark.parametrize(
    ("zone", "shown"), [("UTC", "2026-11-29 21:53"), ("Etc/GMT-3", "2026-11-30 00:53")]
)
def test_a_time_is_told_on_this_machine_s_clock(monkeypatch, zone, shown):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert local_time("2026-11-29T21:53:01+00:00") == shown
    finally:
        monkeypatch.undo()
        time.tzset()


def test_what_is_no_time_stays_as_it_is():
    assert local_time("in the second week") == "in the second week"
