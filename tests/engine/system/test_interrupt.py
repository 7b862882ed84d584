"""Ctrl+C once stops, twice interrupts."""

from __future__ import annotations

import json
import os
import signal
import threading
from pathlib import Path
from typing import Any

import pytest

from engine.system.interrupt import stoppable
from tests.fakes import Misbehaving


def test_first_sets_the_event_second_interrupts() -> None:
    before = signal.getsignal(signal.SIGINT)
    with stoppable() as stop:
        signal.raise_signal(signal.SIGINT)
        assert stop.is_set()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_other_threads_get_an_event_and_no_handler() -> None:
    seen: list[bool] = []

    def body() -> None:
        with stoppable() as stop:
            seen.append(stop.is_set())

    thread = threading.Thread(target=body)
    thread.start()
    thread.join()
    assert seen == [False]


class _Interrupting(Misbehaving):
    """Sends this process Ctrl+C at its 30th batch."""

    def scores(self, batch: Any) -> Any:
        if self.calls == 30:
            os.kill(os.getpid(), signal.SIGINT)
        return super().scores(batch)


def test_a_stopped_run_keeps_its_votes_and_says_that_it_is_partial(
    certify: Any, tmp_path: Path
) -> None:
    target = tmp_path / "partial.json"
    shown = certify("--n", "100000", "--json", str(target), classifier=_Interrupting("slow", 25))
    found = json.loads(target.read_text())
    assert found["complete"] is False
    assert 0 < sum(found["votes"]["estimation"]) < 100_000
    assert "Stopped after" in found["statement"]
    assert shown.status == (0 if found["outcome"] == "certified" else 3)
