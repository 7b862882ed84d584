"""Time and peak memory of ``replay`` over a file of many rows, on the command line."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TypedDict

import numpy as np

ROWS, CLASSES, N0, N = 1_000_000, 10, 100, 100_000
_WORDS = ("--scheme", "gaussian", "--sigma", "0.5", "--alpha", "0.001", "--at", "radius=0.25")


class Cost(TypedDict):
    """What one replay took."""

    bound: str
    rows: int
    seconds: float
    peak_mib: float


def measure(rows: int = ROWS) -> list[Cost]:
    """The default bound and the classical one."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "votes.csv"
        write(path, rows)
        return [_timed(path, bound, rows) for bound in ("anytime", "clopper-pearson")]


def write(path: Path, rows: int) -> None:
    """Votes as models give them: most inputs are nearly certain, some are not."""
    random = np.random.default_rng(0)
    names = [f"{block}_{c}" for block in ("n0", "n") for c in range(CLASSES)]
    with path.open("w") as file:
        file.write(",".join(("idx", "label", *names)) + "\n")
        for first in range(0, rows, 100_000):
            many = min(100_000, rows - first)
            share = random.dirichlet([1.0] * (CLASSES - 1), many)
            other = random.beta(0.4, 2.0, many)[:, None]
            p = np.insert(share * other, 0, 1 - other[:, 0], axis=1)
            top = random.integers(0, CLASSES, many)
            p[np.arange(many), top], p[:, 0] = p[:, 0].copy(), p[np.arange(many), top]
            columns = [np.arange(first, first + many), top]
            votes = [random.multinomial(n, p / p.sum(1)[:, None]) for n in (N0, N)]
            np.savetxt(file, np.column_stack([*columns, *votes]), fmt="%d", delimiter=",")


def _timed(path: Path, bound: str, rows: int) -> Cost:
    command = [sys.executable, "-m", "engine", "replay", str(path), *_WORDS, "--bound", bound]
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status):
        sys.exit(f"{' '.join(command)} failed.")
    scale = 2**20 if sys.platform == "darwin" else 2**10
    return Cost(
        bound=bound,
        rows=rows,
        seconds=time.perf_counter() - began,
        peak_mib=usage.ru_maxrss / scale,
    )
