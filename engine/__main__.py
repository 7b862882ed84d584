"""``python -m engine``: the command line alone, on machines without Qt."""

import sys

from engine.cli import main
from engine.system.openmp import wait_passively

if __name__ == "__main__":
    wait_passively()
    sys.exit(main(sys.argv[1:]))
