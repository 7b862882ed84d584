"""Settings every test runs under: no screen, no network, one CPU thread, places of its own."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.tiers import own_lots, share_out

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("LC_ALL", "C.UTF-8")
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

_HOME = tempfile.TemporaryDirectory(prefix="certiscope-test-")
Path(_HOME.name).chmod(0o755)  # some tests look at it as another user
_TEMPORARY = Path(_HOME.name) / "tmp"
"""Whatever a test, a library or pytest leaves in the temporary folder goes with the home."""
_TEMPORARY.mkdir()
os.environ["TMPDIR"] = tempfile.tempdir = str(_TEMPORARY)
for _name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
    os.environ[_name] = str(Path(_HOME.name) / _name.lower())

settings.register_profile("shared-machine", deadline=None, max_examples=50, derandomize=True)
settings.load_profile("shared-machine")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Before the tiers are chosen from."""
    share_out(items)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Around the test and its fixtures."""
    with own_lots(item):
        return (yield)


def pytest_sessionfinish() -> None:
    _HOME.cleanup()
