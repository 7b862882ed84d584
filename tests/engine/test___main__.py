"""``python -m engine`` works where there is no Qt."""

from __future__ import annotations

import subprocess
import sys

from engine import __version__

NO_QT = "import sys; sys.modules['PySide6'] = None; sys.argv = ['engine', {words}]; "
RUN = "import runpy; runpy.run_module('engine', run_name='__main__')"


def test_version_without_qt_and_without_torch() -> None:
    code = NO_QT.format(words="'--version'") + RUN
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == f"certiscope {__version__}\n"


def test_the_exit_status_is_the_programs() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "engine", "certify", "--model", "m", "--input", "x", "--sigma", "0"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == "certiscope: --sigma must be greater than 0 (it was 0.0).\n"
