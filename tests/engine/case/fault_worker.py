"""Runs that are killed, or whose disk is full: started by test_faults.py as a process of its own.

``kill FOLDER KILLS N SEED PROCEDURE``: the shipped model, one process per run, SIGKILL at random
moments.
``full FOLDER``: the file may not grow any more in the middle of a run.
Prints one JSON object.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine.case import Case
from engine.case.counting import Procedure, count_run, open_run
from engine.evidence.evidence import Evidence
from engine.evidence.settings import (
    CertifySettings,
    DecideSettings,
    Execution,
    PredictSettings,
    RunSettings,
)
from engine.models.request import ModelRequest
from engine.sampling import sampler as sampling
from tests.fakes import HalfSpace, finish, fitted

SETTINGS: dict[str, Callable[[int], RunSettings]] = {
    "certify": lambda n: CertifySettings(n=n),
    "predict": lambda n: PredictSettings(n=n),
    "decide": lambda n: DecideSettings(target="radius=9", beta=1e-9, phases=(n // 9, n // 3, n)),
}
MODEL, INPUT = ModelRequest("demo:digits-0.25"), "digits:1500"


def in_a_process(work: Callable[[], None]) -> int:
    """Do ``work`` in a child; its process id."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        work()
        status = 0
    finally:
        os._exit(status)


def told(counts: Procedure, counting: int) -> Procedure:
    """The same run; a byte says when a few of its batches are on disk."""
    for _ in range(4):
        yield next(counts)
    os.write(counting, b".")
    return (yield from counts)


def same(a: Evidence, b: Evidence) -> bool:
    """Everything but clock and machine."""
    names = (
        "observations",
        "chain",
        "decision",
        "test",
        "bounds",
        "region",
        "radius",
        "trajectory",
        "outcome",
        "statement",
    )
    return all(getattr(a, name) == getattr(b, name) for name in names)


def kill(folder: Path, kills: int, n: int, seed: int, procedure: str) -> dict[str, Any]:
    from engine.inputs import fit, load_input
    from engine.models import load_model

    sampling.SNAPSHOT_SECONDS = 0.0  # one commit a batch: as many moments to be killed at
    model = load_model(MODEL)
    image = fit(load_input(INPUT), model.identity)
    settings = SETTINGS[procedure](n)

    def count(path: Path, out: Path, counting: int | None = None) -> None:
        case = Case.at(path)
        run, _ = open_run(
            case,
            model,
            image,
            settings,
            request=MODEL,
            input_spec=INPUT,
            execution=Execution(batch=128, device="cpu"),
        )
        counts = count_run(case, run, model, image, seconds=0.0)
        found = finish(told(counts, counting) if counting is not None else counts)
        out.write_text(found.model_dump_json())

    def counted(path: Path, out: Path) -> tuple[Evidence, float]:
        began = time.perf_counter()
        _, status = os.waitpid(in_a_process(lambda: count(path, out)), 0)
        assert status == 0
        seconds = time.perf_counter() - began
        return Evidence.model_validate_json(out.read_text()), seconds

    whole, seconds = counted(folder / "whole.certiscope", folder / "whole.json")
    moments = random.Random(seed)
    found: dict[str, Any] = {"same": 0, "clean": 0, "on disk": [], "anew": 0}
    index = 0
    while len(found["on disk"]) < kills:
        index += 1
        path, out = folder / f"{index}.certiscope", folder / f"{index}.json"
        counting, tell = os.pipe()
        pid = in_a_process(lambda path=path, out=out, tell=tell: count(path, out, tell))
        os.close(tell)  # the child has its own; without it a read ends
        if index % 2:
            os.read(counting, 1)  # every other one is killed while it counts
            time.sleep(moments.uniform(0, seconds / 10))
        else:
            time.sleep(moments.uniform(0, seconds))
        os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        os.close(counting)
        if not os.WIFSIGNALED(status):
            seconds *= 0.9  # it had ended before
            continue
        case = Case.at(path)
        found["clean"] += int(not case.damage and not case.damaged())
        rows = case.runs()
        found["on disk"].append(sum(row.counted for row in rows))
        again, _ = counted(path, out)
        found["same"] += int(same(again, whole))
        unfinished = any(row.state != "finished" for row in rows)
        found["anew"] += int(unfinished and len(Case.open(path).runs()) > 1)
    return found


def full(folder: Path) -> dict[str, Any]:
    import resource

    class Slow(HalfSpace):
        def scores(self, batch: Any) -> Any:
            time.sleep(0.005)
            return super().scores(batch)

    case = Case.create(folder / "full.certiscope")
    settings = CertifySettings(n0=60, n=20_000)
    run, _ = open_run(
        case,
        Slow(0.3),
        fitted(),
        settings,
        request=ModelRequest("fake"),
        input_spec="flat",
        execution=Execution(batch=200, device="cpu"),
    )
    said: list[str] = []
    procedure = count_run(case, run, Slow(0.3), fitted(), seconds=0.0, warn=said.append)
    for snapshot in procedure:
        if snapshot.estimation.n > 4000:
            break
    kept = case.row(run).counted
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = case.path.stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    evidence = finish(procedure)
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    after = Case.open(case.path)
    row = after.row(run)
    resumed = finish(count_run(after, run, HalfSpace(0.3), fitted()))
    return {
        "kept": kept,
        "said": said,
        "complete": evidence.complete,
        "warnings": evidence.warnings,
        "damage": [after.damage, after.damaged()],
        "counted": row.counted,
        "state": row.state,
        "same": same(resumed, evidence),
        "finished": after.row(run).state,
    }


if __name__ == "__main__":
    what, where, *rest = sys.argv[1:]
    if what == "kill":
        *numbers, procedure = rest
        result = kill(Path(where), *map(int, numbers), procedure)
    else:
        result = full(Path(where))
    sys.stdout.write(json.dumps(result))
