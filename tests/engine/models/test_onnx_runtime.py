from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_it_leaves_nothing_in_the_temporary_folder(tmp_path: Path) -> None:
    known = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    done = subprocess.run(
        [sys.executable, "-c", "from engine.models.onnx_runtime import loaded; loaded()"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**known, "TMPDIR": str(tmp_path)},
    )
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []
