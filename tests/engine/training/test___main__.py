import subprocess
import sys

import pytest


@pytest.mark.thorough
def test_the_command_says_what_it_takes():
    done = subprocess.run(
        [sys.executable, "-m", "engine.training", "--help"], capture_output=True, text=True
    )
    assert done.returncode == 0 and "--sigma" in done.stdout and "--seed" in done.stdout
