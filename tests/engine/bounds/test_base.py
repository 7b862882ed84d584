import subprocess
import sys

from engine.bounds import BOUND_METHODS


def test_every_method_says_what_it_is():
    for method in BOUND_METHODS:
        assert method.key and method.title and method.summary and method.citation


def test_bounds_load_no_torch():
    code = "import sys, engine.bounds; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
