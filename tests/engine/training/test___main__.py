import subprocess
import sys


def test_says_what_it_does():
    command = [sys.executable, "-m", "engine.training", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "Train, measure and write the shipped digit models" in done.stdout
