"""Settings every test runs under: no screen, no network, one CPU thread, a home of its own."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from hypothesis import settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("LC_ALL", "C.UTF-8")

_HOME = tempfile.TemporaryDirectory(prefix="certiscope-test-")
for _name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
    os.environ[_name] = str(Path(_HOME.name) / _name.lower())

settings.register_profile("shared-machine", deadline=None, max_examples=50)
settings.load_profile("shared-machine")


def pytest_sessionfinish() -> None:
    _HOME.cleanup()
