from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_program_runs_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "certiscope", "schemes"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert "gaussian" in done.stdout
