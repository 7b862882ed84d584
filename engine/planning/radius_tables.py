"""Radii of every noise law in every norm at one standard deviation, as files to read and to plot.

``python -m engine.planning.radius_tables`` (``make tables``) writes one CSV for each dimension.
Certificates do not read these files: they work their radii out, so that there is nothing between
two rows to interpolate. A number here is such a radius, rounded down.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from engine.core.errors import UserError
from engine.core.files import write_atomically
from engine.core.rounding import round_down
from engine.regions import Norm
from engine.regions.required_probability import unanimous
from engine.schemes import SCHEMES
from engine.schemes.norms import NormBall

DIMENSIONS = (784, 3072, 150_528)
"""Of images of MNIST, CIFAR-10 and ImageNet."""
LEVELS = (0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.97, 0.99, 0.995, 0.999, 0.9999)
NORMS: tuple[Norm, ...] = ("l1", "l2", "linf")
HEADER = ("law", "norm", "p_lower", "radius", "direct")
_DIGITS = 6


def rows(
    dimension: int, levels: Sequence[float] = LEVELS
) -> Iterator[tuple[str, Norm, float, str, int]]:
    """Law, norm, p_lower, radius at deviation 1, and 1 where the law has its own in that norm.

    The radius is 0 where nothing is certified; laws that do not exist there are left out.

    Args:
        dimension: how many numbers an input has.
        levels: values of p_lower.
    """
    for kind in SCHEMES:
        if not issubclass(kind, NormBall):
            continue
        for norm in NORMS:
            try:
                scheme = kind(norm=norm, dimension=dimension).at_deviation(1.0)
            except UserError:
                continue
            assert scheme is not None
            own = int(norm in scheme.own_norms())
            for p_lower in levels:
                ball = scheme.region(unanimous(p_lower))
                radius = round_down(0.0 if ball is None else ball.radius, _DIGITS)
                yield scheme.key, norm, p_lower, radius, own


def write(folder: Path, dimensions: Sequence[int] = DIMENSIONS) -> list[Path]:
    """``radii-D.csv`` for each dimension D."""
    found = []
    for dimension in dimensions:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([HEADER, *rows(dimension)])
        path = folder / f"radii-{dimension}.csv"
        write_atomically(path, text.getvalue().encode(), folders=True)
        found.append(path)
    return found


def main(words: Sequence[str] | None = None) -> None:
    """Write the tables and name the files."""
    parser = argparse.ArgumentParser(prog="python -m engine.planning.radius_tables")
    parser.add_argument("--out", type=Path, default=Path("out/tables"), help="folder of the files")
    parser.add_argument(
        "--dimensions", type=int, nargs="+", default=DIMENSIONS, help="numbers of an input"
    )
    given = parser.parse_args(words)
    for path in write(given.out, given.dimensions):
        sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
