"""Data sets kept in a case: inputs a minute beside other programs' loops, and memory of many rows.

``python -m bench.audit N`` certifies N inputs with few votes each and prints its peak in MiB, in a
process of its own because a peak never goes down again.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from bench.samplers import ART, REFERENCE, art, reference
from bench.subjects import SIGMA, SUBJECTS, Subject
from engine.case import Case
from engine.case.sets import CaseSet
from engine.core.generators import result_of
from engine.evidence.settings import CertifySettings, Execution
from engine.inputs.base import FittedInput
from engine.inputs.memory import from_memory
from engine.models import fitted
from engine.models.request import ModelRequest
from engine.procedures.dataset import certify_set
from engine.schemes import Gaussian
from engine.system.device import resolve

N0, N = 100, 10_000
INPUTS = (60, 4)
"""Inputs of the smallest network, and of the next, for our own sets."""
ROWS, FEW_VOTES = (100, 10_000), 100


class Cost(NamedTuple):
    """What one input takes, by the clock and of all processors together."""

    seconds: float
    processor: float

    @classmethod
    def of(cls, work: Callable[[], object], inputs: float) -> Cost:
        """Of some work on so many inputs."""
        began = time.perf_counter(), time.process_time()
        work()
        ended = time.perf_counter(), time.process_time()
        return cls(*((now - then) / inputs for then, now in zip(began, ended, strict=True)))


def measure(precisions: tuple[str, ...], device: str, *, rounds: int) -> list[dict[str, object]]:
    """Inputs a minute at n = 10,000, the best of the rounds, and processor seconds for each.

    Others classify the votes of one input. On a machine that does something else as well,
    processor seconds compare where minutes do not.
    """
    found: list[dict[str, object]] = []
    where = resolve(device)
    for subject, inputs in zip(SUBJECTS, INPUTS, strict=False):
        contenders: dict[str, tuple[Callable[[], object], int]] = {
            precision: (partial(certified, subject, precision, inputs, N, device), inputs)
            for precision in precisions
        }
        for name, votes in ((REFERENCE, reference(subject, where)), (ART, art(subject, where))):
            if votes is not None:
                votes(subject.batch)
                contenders[name] = (partial(votes, N + N0), 1)
        costs: dict[str, list[Cost]] = {name: [] for name in contenders}
        for _ in range(rounds):
            for name, (work, count) in contenders.items():
                costs[name].append(Cost.of(work, count))
        for name, each in costs.items():
            found.append(_row(subject, name, each, costs[REFERENCE]))
    return found


def _row(
    subject: Subject, name: str, costs: Sequence[Cost], others: Sequence[Cost]
) -> dict[str, object]:
    """Of one contender; how often the reference loop's costs hold it is taken within a round."""
    pairs = list(zip(costs, others, strict=True))
    return {
        "network": subject.title,
        "by": name,
        "inputs a minute": 60 / min(cost.seconds for cost in costs),
        "processor seconds": min(cost.processor for cost in costs),
        "times as fast": statistics.median(other.seconds / one.seconds for one, other in pairs),
        "times as cheap": statistics.median(
            other.processor / one.processor for one, other in pairs
        ),
    }


def certified(subject: Subject, precision: str, inputs: int, n: int, device: str = "auto") -> float:
    """Seconds for a set of different inputs, kept in a case."""
    classifier = subject.ours()
    settings = CertifySettings(
        scheme=Gaussian(sigma=SIGMA), n0=N0, n=n, alpha=0.001, precision=precision, seed=1
    )
    base, execution = subject.input(), Execution(device=device)

    def read(spec: str) -> FittedInput:
        shade = int(spec) / max(1, inputs)
        return fitted(classifier, from_memory(base * (1 - shade) + shade * base.flip(-1)))

    with tempfile.TemporaryDirectory() as folder:
        kept = CaseSet(
            Case.create(Path(folder) / "audit.certiscope"),
            classifier,
            settings,
            request=ModelRequest("bench"),
            execution=execution,
            at=(),
            stop=threading.Event(),
        )
        names = [str(index) for index in range(inputs)]
        began = time.perf_counter()
        certifying = certify_set(
            classifier,
            names,
            settings,
            execution=execution,
            read=read,
            count=kept.count,
            ahead=kept.ahead,
        )
        result = result_of(certifying)
        seconds = time.perf_counter() - began
    assert len(result.rows) == inputs
    return seconds


def memory() -> dict[str, float]:
    """Peak MiB of a set of 100 rows and of 10,000."""
    return {f"{rows:,} rows": _in_a_process(rows) for rows in ROWS}


def _in_a_process(rows: int) -> float:
    done = subprocess.run(
        [sys.executable, "-m", "bench.audit", str(rows)], capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def show(found: list[dict[str, object]], console: Console) -> None:
    """A row per network and contender."""
    table = Table(title=f"Inputs a minute at n = {N:,}, kept in a case; times: the reference loop")
    for name in found[0]:
        table.add_column(name, justify="left" if name in ("network", "by") else "right")
    for row in found:
        cells = row.values()
        table.add_row(*(f"{cell:,.2f}" if isinstance(cell, float) else str(cell) for cell in cells))
    console.print(table)


def show_memory(peaks: dict[str, float], console: Console) -> None:
    """The peaks."""
    said = ", ".join(f"{value:,.0f} MiB for {rows}" for rows, value in peaks.items())
    console.print(f"Peak memory of a set: {said}")


if __name__ == "__main__":
    certified(SUBJECTS[0], "fp32", int(sys.argv[1]), FEW_VOTES)
    scale = 2**20 if sys.platform == "darwin" else 2**10
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale:.1f}")
