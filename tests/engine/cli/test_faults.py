"""What commands must survive: a full disk at every output, and SIGKILL; nothing else is touched."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
WORKER = Path(__file__).parent / "fault_worker.py"
FEW = ("decide:--report .pdf", "audit:--evidence")
MANY = (
    "predict:--json",
    *(f"certify:{output}" for output in ("--json", "--report .html", "--report .csv", "--case")),
    *(f"decide:{output}" for output in ("--json", "--report .html", "--report .csv", "--case")),
    *(f"predict:{output}" for output in ("--report .html", "--report .csv", "--case")),
    *("certify:--report .pdf", "predict:--report .pdf", "audit:--json", "audit:--csv"),
)
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs limits of a process")


def worker(root: Path, *words: object) -> list[dict[str, Any]]:
    """What the worker tells, everything of the commands it runs being below ``root``."""
    places = ("HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME")
    done = subprocess.run(
        [sys.executable, "-P", str(WORKER), str(root), *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        cwd=root,
        env={
            **os.environ,
            **dict.fromkeys(places, str(root)),
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
            "OMP_NUM_THREADS": "1",
        },
        timeout=1800,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def costs_a_file_and_nothing_else(root: Path, outputs: tuple[str, ...]) -> None:
    found = worker(root, "full", *outputs)
    assert len(found) == 2 * len(outputs)
    for facts in found:
        last = facts["said"].splitlines()[-1]
        assert (facts["status"], facts["changed"], facts["gone"]) == (1, [], []), facts["output"]
        assert last.startswith("certiscope: ") and "Traceback" not in facts["said"]
        assert "inside the program" not in last, last
        full = ("the disk is full", "Make room there", "evidence files are missing")
        assert any(words in last for words in full), last
        if facts["output"] != "--case":  # which stops before a vote is drawn
            assert last.endswith("was printed to standard output instead.")
            assert '"schema_version"' in facts["said"]


@pytest.mark.thorough
def test_a_full_disk_costs_a_file_and_nothing_else(tmp_path: Path) -> None:
    costs_a_file_and_nothing_else(tmp_path, FEW)


@pytest.mark.statistics
def test_a_full_disk_at_every_output(tmp_path: Path) -> None:
    costs_a_file_and_nothing_else(tmp_path, MANY)


@pytest.mark.statistics
def test_fifty_killed_audits_leave_whole_files_and_run_again_to_the_same_rows(
    tmp_path: Path,
) -> None:
    found = worker(tmp_path, "kill", 50)
    assert len(found) == 50
    for facts in found:
        assert facts["same"] and (facts["status"], facts["said"]) == (0, "")
        assert facts["strange"] == []
    assert any(0 < facts["left"] < 6 for facts in found)
