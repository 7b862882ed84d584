from __future__ import annotations

import os
import subprocess
import sys

import pytest

CODE = """
from PySide6.QtCore import qWarning
from gui.shell.app import application
from PySide6.QtWidgets import QWidget
app = application()
widget = QWidget()
widget.show()
app.processEvents()
widget.setMinimumSize(300, 300)
qWarning("something is wrong")
"""


@pytest.mark.thorough
def test_qt_s_warnings_are_printed_without_the_one_that_says_nothing():
    done = subprocess.run(
        [sys.executable, "-c", CODE],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "something is wrong\n")
