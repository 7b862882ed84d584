"""Runs in a case on a classifier whose probabilities are known."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from engine.case import Case, log
from engine.case.check import evidence_digest
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


def rewritten(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the one result of a case as a forger would: seal, digests and log computed anew."""
    db = sqlite3.connect(path)
    triggers = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        db.execute(f"DROP TRIGGER {name}")
    tree = json.loads(db.execute("SELECT evidence FROM result").fetchone()[0])
    change(tree)
    text = Evidence.model_validate({k: v for k, v in tree.items() if k != "seal"}).model_dump_json()
    db.execute("UPDATE result SET evidence = ?", (text,))
    events = list(log.read(db))
    db.execute("DELETE FROM event")
    for event in events:
        known = {"evidence": evidence_digest(text)} if "evidence" in event.detail else {}
        log.append(db, event.kind, event.run, **(event.detail | known))
    for _, sql in triggers:
        db.execute(sql)
    db.commit()
    db.close()


def partly(case: Case, run: int, after: int, model: HalfSpace | None = None) -> Snapshot:
    """The run counted until ``after`` votes and dropped there; the last snapshot."""
    procedure = count_run(case, run, model or Slow(0.3), fitted(), seconds=0.0)
    for snapshot in procedure:
        if snapshot.n_done >= after:
            procedure.close()
            return snapshot
    raise AssertionError("it ended before")
