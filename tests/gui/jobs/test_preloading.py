"""Modules are loaded beside whoever asked for them."""

from __future__ import annotations

import gc
import sys
import time
from pathlib import Path

import pytest

from gui.jobs.preloading import Preloading


def test_modules_are_loaded_and_those_that_are_not_there_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "loaded_beside_one.py").write_text(
        "import threading\nby = threading.current_thread().name\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    loading = Preloading(["no_such_module_at_all", "loaded_beside_one"])
    deadline = time.monotonic() + 10
    while not loading.over and time.monotonic() < deadline:
        time.sleep(0.001)
    assert sys.modules["loaded_beside_one"].by == "preloading"
    monkeypatch.delitem(sys.modules, "loaded_beside_one")


def test_no_garbage_is_collected_in_the_thread_and_stopping_waits_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "import gc, time\ncollects = gc.isenabled()\ntime.sleep(0.2)\n"
    for name in ("loaded_beside_two", "loaded_beside_three"):
        (tmp_path / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    before = gc.isenabled()
    gc.enable()
    try:
        loading = Preloading(["loaded_beside_two", "loaded_beside_three"])
        time.sleep(0.05)
        loading.stop()
        assert loading.over and gc.isenabled()
        assert not sys.modules["loaded_beside_two"].collects
        assert "loaded_beside_three" not in sys.modules
    finally:
        (gc.enable if before else gc.disable)()
    monkeypatch.delitem(sys.modules, "loaded_beside_two")
