"""Cases with runs on a classifier whose probabilities are known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.case import Case
from engine.case.certifying import certify_run, open_run
from engine.evidence import Evidence
from engine.models.request import ModelRequest
from engine.procedures.snapshot import Snapshot
from engine.settings import RunSettings
from tests.fakes import HalfSpace, finish, fitted

REQUEST = ModelRequest("fake")
SETTINGS = RunSettings(n0=60, n=1000, batch=70, device="cpu")


def begun(case: Case, settings: RunSettings = SETTINGS, **more: Any) -> int:
    """A run of the fake subject."""
    return open_run(
        case, HalfSpace(0.3), fitted(), settings, request=REQUEST, input_spec="flat", **more
    )


def counted(case: Case, run: int, **more: Any) -> Evidence:
    """The run counted to its end."""
    return finish(certify_run(case, run, HalfSpace(0.3), fitted(), seconds=0.0, **more))


def partly(case: Case, run: int, after: int) -> Snapshot:
    """The run counted until ``after`` votes and dropped there; the last snapshot."""
    procedure = certify_run(case, run, HalfSpace(0.3), fitted(), seconds=0.0)
    for snapshot in procedure:
        if snapshot.n_done >= after:
            procedure.close()
            return snapshot
    raise AssertionError("it ended before")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a case?#.certiscope"


@pytest.fixture
def case(path: Path) -> Case:
    return Case.create(path)
