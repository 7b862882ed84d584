"""Broken model files are refused in a sentence: no crash, no hang, no code, no memory to speak of.

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

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs limits of a process")


def survives(name: str, folder: Path, *, first: int, count: int) -> None:
    done = subprocess.run(
        [sys.executable, str(WORKER), name, str(first), str(count), str(folder)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        timeout=3600,
    )
    where = f"{name} at {(folder / 'seed').read_text()}: {done.stderr[-2000:]}"
    assert done.returncode == 0, where
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines[-1]["done"] == count, where
    assert lines[-1]["loaded"] and lines[-1]["refused"], where
    assert lines[:-1] == []


@pytest.mark.parametrize(
    ("name", "count"), [("safetensors", 60), ("torch", 80), ("onnx", 10), ("huggingface", 15)]
)
def test_broken_files_are_loaded_or_refused(tmp_path: Path, name: str, count: int) -> None:
    survives(name, tmp_path, first=0, count=count)


@pytest.mark.statistics
@pytest.mark.parametrize(
    ("name", "count"), [("safetensors", 4000), ("torch", 4000), ("onnx", 800), ("huggingface", 800)]
)
def test_many_broken_files_are_loaded_or_refused(tmp_path: Path, name: str, count: int) -> None:
    survives(name, tmp_path, first=10_000, count=count)
