"""An empty case in a folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.case import Case


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a case?#.certiscope"


@pytest.fixture
def case(path: Path) -> Case:
    return Case.create(path)
