"""Broken files are refused in a sentence: no crash, no hang, no code, no memory to speak of.

Each format's files are made from valid ones by ``tests/hostile``, every one from a number, and are
loaded in a process with limits of its own (``fuzz_worker.py``).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
WORKER = Path(__file__).parent / "fuzz_worker.py"
FEW = {
    "safetensors": 60,
    "torch": 70,
    "images": 100,
    "votes": 100,
    "onnx": 8,
    "huggingface": 12,
    "evidence": 20,
    "reports": 6,
    "cases": 15,
    "graphs": 30,
    "tables": 30,
    "stumps": 90,
}
MANY = {
    "safetensors": 4000,
    "torch": 4000,
    "images": 20_000,
    "votes": 20_000,
    "onnx": 800,
    "huggingface": 800,
    "evidence": 2000,
    "reports": 500,
    "cases": 1000,
    "graphs": 2000,
    "tables": 2000,
    "stumps": 4000,
}

ENOUGH = 100

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs limits of a process")


def survives(folder: Path, *, first: int, counts: dict[str, int]) -> None:
    wanted = [f"{name}:{count}" for name, count in counts.items()]
    done = subprocess.run(
        [sys.executable, str(WORKER), str(folder), str(first), *wanted],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        timeout=3600,
    )
    seed = folder / "seed"
    assert done.returncode == 0, f"{seed.exists() and seed.read_text()}: {done.stderr[-2000:]}"
    said = [json.loads(line) for line in done.stdout.splitlines()]
    assert [facts for facts in said if "fault" in facts] == []
    assert {facts["format"]: facts["done"] for facts in said} == counts
    for facts in said:  # of few files, by chance, all may be refused
        assert facts["done"] < ENOUGH or (facts["loaded"] and facts["refused"]), facts


@pytest.mark.thorough
def test_broken_files_are_loaded_or_refused(tmp_path: Path) -> None:
    survives(tmp_path, first=0, counts=FEW)


@pytest.mark.statistics
@pytest.mark.parametrize("name", MANY)
def test_many_broken_files_are_loaded_or_refused(tmp_path: Path, name: str) -> None:
    survives(tmp_path, first=10_000, counts={name: MANY[name]})
