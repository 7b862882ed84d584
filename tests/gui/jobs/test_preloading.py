"""Modules are loaded beside whoever asked for them."""

from __future__ import annotations

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
