"""Peak memory of a run with n votes; ``python -m bench.memory N`` prints it in MiB.

A process of its own, because a peak never goes down again.
"""

from __future__ import annotations

import resource
import subprocess
import sys

import torch

from bench.samplers import our_sampler
from bench.subjects import SUBJECTS
from engine.noise.gaussian import Stream

SMALL = 20_000


def measure() -> dict[str, float]:
    """MiB for n and for 10 n votes of the digits CNN."""
    return {f"n = {n:,}": _in_a_process(n) for n in (SMALL, 10 * SMALL)}


def _in_a_process(n: int) -> float:
    done = subprocess.run(
        [sys.executable, "-m", "bench.memory", str(n)], capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def _peak(n: int) -> float:
    sampler = our_sampler(SUBJECTS[0], "fp32", torch.device("cpu"), batch=1000)
    for _ in sampler.votes(Stream.ESTIMATION, n):
        pass
    scale = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale


if __name__ == "__main__":
    print(f"{_peak(int(sys.argv[1])):.1f}")
