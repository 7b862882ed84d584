"""Data sets kept in a case: inputs a minute beside other programs' loops, and memory of many rows.

``python -m bench.audit N`` certifies N inputs with few votes each and prints its peak in MiB, in a
process of its own because a peak never goes down again.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.samplers import ART, REFERENCE, art, rate, reference
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
"""Inputs of the smallest network, and of the next."""
ROWS, FEW_VOTES = (100, 10_000), 100


def measure(precisions: tuple[str, ...], device: str, *, rounds: int) -> list[dict[str, object]]:
    """Inputs a minute at n = 10,000, the best of the rounds; others by their votes a second."""
    found: list[dict[str, object]] = []
    where = resolve(device)
    for subject, inputs in zip(SUBJECTS, INPUTS, strict=False):
        row: dict[str, object] = {"subject": subject.title, "n": N, "inputs": inputs}
        for precision in precisions:
            seconds = min(certified(subject, precision, inputs, N, device) for _ in range(rounds))
            row[precision] = 60 * inputs / seconds
        for name, votes in ((REFERENCE, reference(subject, where)), (ART, art(subject, where))):
            if votes is not None:
                votes(subject.batch)
                row[name] = 60 * max(rate(votes, N + N0) for _ in range(rounds)) / (N + N0)
        found.append(row)
    return found


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


def show(found: list[dict[str, object]], peaks: dict[str, float], console: Console) -> None:
    """A row per network, and the peaks."""
    columns = list(dict.fromkeys(name for row in found for name in row))
    table = Table(title=f"Inputs a minute at n = {N:,}, kept in a case")
    for name in columns:
        table.add_column(name)
    for row in found:
        cells = (row.get(name, "") for name in columns)
        table.add_row(*(f"{cell:,.0f}" if isinstance(cell, float) else str(cell) for cell in cells))
    console.print(table)
    console.print(
        "Peak memory of a set: " + ", ".join(f"{v:,.0f} MiB for {n}" for n, v in peaks.items())
    )


if __name__ == "__main__":
    certified(SUBJECTS[0], "fp32", int(sys.argv[1]), FEW_VOTES)
    scale = 2**20 if sys.platform == "darwin" else 2**10
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale:.1f}")
