"""``python -m engine``: the command line alone, on machines without Qt."""

import sys

from engine.system.interrupt import leave, until_interrupted
from engine.system.memory import collect_seldom, hold_pages, leave_to_the_system
from engine.system.openmp import wait_passively


def _run() -> int:
    from engine.cli import main  # loaded where Ctrl+C is already heard

    return main(sys.argv[1:])


if __name__ == "__main__":
    wait_passively()
    collect_seldom()
    hold_pages()
    status = until_interrupted(_run)
    leave_to_the_system()
    leave(status)
