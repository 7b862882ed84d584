"""Runs in a case on a classifier whose probabilities are known."""

from __future__ import annotations

import time
from typing import Any

import torch

from engine.case import Case
from engine.case.counting import count_run, open_run
from engine.evidence.evidence import Evidence
from engine.evidence.settings import (
    CertifySettings,
    DecideSettings,
    Execution,
    PredictSettings,
    RunSettings,
)
from engine.evidence.snapshot import Snapshot
from engine.models.request import ModelRequest
from tests.fakes import HalfSpace, finish, fitted

SETTINGS = CertifySettings(n0=60, n=1000)
EXECUTION = Execution(batch=70, device="cpu")
PREDICTED = PredictSettings(n=1000)
DECIDED = DecideSettings(n0=60, target="radius=0.27", phases=(300, 500, 900))
ASKED: dict[str, Any] = {"model_request": ModelRequest("fake"), "input_spec": "flat", "key": 7}


class Slow(HalfSpace):
    """The same model, some snapshots long."""

    def scores(self, batch: torch.Tensor) -> torch.Tensor:
        time.sleep(0.02)
        return super().scores(batch)


def begun(case: Case, settings: RunSettings = SETTINGS, **more: Any) -> int:
    """A run of the fake subject; the unfinished one of exactly this if there is one."""
    run, _ = open_run(
        case,
        HalfSpace(0.3),
        fitted(),
        settings,
        request=ModelRequest("fake"),
        input_spec="flat",
        execution=EXECUTION,
        **more,
    )
    return run


def counted(case: Case, run: int, **more: Any) -> Evidence:
    """The run counted to its end."""
    return finish(count_run(case, run, HalfSpace(0.3), fitted(), seconds=0.0, **more))


def partly(case: Case, run: int, after: int, model: HalfSpace | None = None) -> Snapshot:
    """The run counted until ``after`` votes and dropped there; the last snapshot."""
    procedure = count_run(case, run, model or Slow(0.3), fitted(), seconds=0.0)
    for snapshot in procedure:
        if snapshot.n_done >= after:
            procedure.close()
            return snapshot
    raise AssertionError("it ended before")
