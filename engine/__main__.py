"""``python -m engine``: the command line alone, on machines without Qt."""

import sys

from engine.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
