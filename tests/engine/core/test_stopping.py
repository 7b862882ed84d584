from __future__ import annotations

import threading

import pytest

from engine.core.errors import StoppedEarly
from engine.core.stopping import heed, stopped_by


def test_only_a_set_event_stops_and_only_within():
    stop = threading.Event()
    heed("nothing was done")
    with stopped_by(stop):
        heed("nothing was done")
        stop.set()
        with pytest.raises(StoppedEarly, match="Stopped while it was bounded, before any sample"):
            heed("it was bounded")
    heed("nothing was done")
