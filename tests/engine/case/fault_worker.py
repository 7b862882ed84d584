"""Runs that are killed, or whose disk is full: started by test_faults.py as a process of its own.

``kill FOLDER KILLS N SEED PROCEDURE``: the shipped model, one process per run, SIGKILL at random
moments.
``set FOLDER KILLS N SEED``: sets whose inputs share batches, killed at random moments, every other
one once more while it is resumed, every third one while a second process counts it.
``full FOLDER``: the file may not grow any more in the middle of a run.
Prints one JSON object.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from engine.case import Case
from engine.case.counting import Procedure, count_run, open_run
from engine.case.recording import Commits
from engine.case.sets import CaseSet
from engine.core.errors import UserError
from engine.evidence.evidence import Evidence
from engine.evidence.settings import (
    CertifySettings,
    DecideSettings,
    Execution,
    PredictSettings,
    RunSettings,
)
from engine.models.request import ModelRequest
from engine.procedures.dataset import certify_set
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


def kill_sets(folder: Path, kills: int, n: int, seed: int) -> dict[str, Any]:
    import torch

    from engine.models import load_model

    model = load_model(MODEL)
    inputs = [f"digits:{place}" for place in range(1500, 1508)]
    settings = CertifySettings(n=n, seed=1)

    def count(path: Path, out: Path) -> None:
        torch.set_num_threads(2)  # batches are classified side by side
        found: dict[str, str] = {}
        execution = Execution(batch=128, device="cpu")
        try:
            case = Case.at(path)
        except UserError:  # the other process is making it
            case = Case.open(path)
        kept = CaseSet(
            case,
            model,
            settings,
            request=MODEL,
            execution=execution,
            at=(),
            stop=threading.Event(),
        )
        kept._commits = Commits(0.02)  # as many moments to be killed at
        told = {"count": kept.count, "ahead": kept.ahead}
        result = certify_set(
            model,
            inputs,
            settings,
            execution=execution,
            done=lambda spec, one: found.__setitem__(spec, one.model_dump_json()),
            **told,
        )
        with suppress(UserError):  # the other process counts all of them
            finish(result)
        out.write_text(json.dumps(found))

    def counted(path: Path, out: Path) -> dict[str, Evidence]:
        _, status = os.waitpid(in_a_process(lambda: count(path, out)), 0)
        assert status == 0
        found = json.loads(out.read_text())
        return {spec: Evidence.model_validate_json(text) for spec, text in found.items()}

    began = time.perf_counter()
    whole = counted(folder / "whole.certiscope", folder / "whole.json")
    seconds, moments = time.perf_counter() - began, random.Random(seed)
    assert len(whole) == len(inputs)
    found: dict[str, Any] = {"kills": 0, "same": 0, "clean": 0, "sets": 0, "on disk": []}
    while found["kills"] < kills:
        index = found["sets"] = found["sets"] + 1
        path, out = folder / f"{index}.certiscope", folder / f"{index}.json"
        for _ in range(1 + index % 2):
            pids = [
                in_a_process(lambda path=path, out=out: count(path, out))
                for _ in range(1 + (index % 3 == 0))
            ]
            time.sleep(moments.uniform(0, seconds))
            os.kill(pids[0], signal.SIGKILL)
            statuses = [os.waitpid(pid, 0)[1] for pid in pids]
            assert not any(statuses[1:])
            found["kills"] += int(os.WIFSIGNALED(statuses[0]))
            if path.exists() and path.stat().st_size:
                case = Case.at(path)
                assert not case.damage and not case.damaged()
                found["on disk"].append(sum(row.counted for row in case.runs()))
        again = counted(path, out)
        found["same"] += int(
            again.keys() == whole.keys() and all(same(again[one], whole[one]) for one in whole)
        )
        case = Case.open(path)
        found["clean"] += int(not case.damage and len(case.runs()) == len(inputs))
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
    elif what == "set":
        result = kill_sets(Path(where), *map(int, rest))
    else:
        result = full(Path(where))
    sys.stdout.write(json.dumps(result))
