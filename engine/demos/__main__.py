"""Make the shipped models again: ``python -m engine.demos [NAME ...]``; without a name, all.

``--recorded [NAME ...]`` runs the cases of the welcome page again and draws their cards.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from engine.core.files import write_atomically
from engine.demos.gallery import CASES
from engine.demos.recipes import EXAMPLES, RECIPES
from engine.demos.recorded import record


def main(arguments: Sequence[str] | None = None) -> None:
    """Write models with their cards, the files of examples, or recorded cases."""
    parser = argparse.ArgumentParser(prog="python -m engine.demos", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(RECIPES))
    parser.add_argument("--examples", action="store_true", help="write the files of examples")
    parser.add_argument(
        "--recorded", action="store_true", help=", ".join(case.key for case in CASES)
    )
    parser.add_argument("--out", type=Path, default=Path("assets"), help="folder; default: assets")
    given = parser.parse_args(arguments)
    known = [case.key for case in CASES] if given.recorded else list(RECIPES)
    what = "recorded case" if given.recorded else "shipped model"
    if strange := [name for name in given.names if name not in known]:
        parser.error(f"there is no {what} {strange[0]}; there are {', '.join(known)}")
    if given.recorded:
        for path in record(given.names, given.out / "recorded"):
            print(f"Wrote {path}.")
        return
    for name, content in EXAMPLES.items() if given.examples else ():
        write_atomically(given.out / "examples" / name, content(), folders=True)
        print(f"Wrote {given.out / 'examples' / name}.")
    for name in given.names or (() if given.examples else RECIPES):
        print(f"Wrote {RECIPES[name](given.out / 'models')} and its cards.")


if __name__ == "__main__":
    main()
