"""Tables of radii: one that plans look radii up in, and files to read and to plot.

``python -m engine.planning.radius_tables`` (``make tables``) writes ``assets/tables/radii.npz``,
the radii at scale 1 of the laws that have them by the differential method or by level sets, on a
grid that leaves less than half a percent between neighbours
(:mod:`engine.certificates.radius_table`); and one CSV for each dimension, with every law in every
norm at one standard deviation. Certificates read none of them: they work their radii out.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from engine.certificates.norm_balls import LEAST
from engine.certificates.radius_table import GRID, Floats, name_of, packed
from engine.core.errors import UserError
from engine.core.files import sha256_file, write_atomically
from engine.core.rounding import round_down
from engine.regions import Norm
from engine.regions.required_probability import unanimous
from engine.schemes import SCHEMES
from engine.schemes.exp_1 import Exp1
from engine.schemes.exp_2 import Exp2
from engine.schemes.exp_inf import ExpInf
from engine.schemes.exp_p import ExpP
from engine.schemes.laplace import Laplace
from engine.schemes.norms import NormBall
from engine.schemes.pow_2 import Pow2
from engine.schemes.pow_inf import PowInf

DIMENSIONS = (784, 3072, 150_528)
"""Of images of MNIST, CIFAR-10 and ImageNet."""
Table = tuple[str, Floats]
LEVELS = (0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.97, 0.99, 0.995, 0.999, 0.9999)
NORMS: tuple[Norm, ...] = ("l1", "l2", "linf")
HEADER = ("law", "norm", "p_lower", "radius", "direct")
_DIGITS = 6
LOOKED_UP: tuple[NormBall, ...] = (
    Laplace(norm="linf"),
    Exp1(),
    ExpP(power=0.5),
    ExpInf(k=2),
    PowInf(),
    Exp2(k=0.5),
    Exp2(k=4),
    Pow2(k=1),
    Pow2(),
)
"""Laws with radii by integrals or level sets, each in the norm of such a radius."""
LOOKED_UP_IN = (64, 768, 784, 3072, 150_528)
"""Of images of 8 by 8, 3 by 16 by 16, 28 by 28, 3 by 32 by 32 and 3 by 224 by 224."""
_FIRST, _RATIO = 2.0**-7, 1.002


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


def grid() -> Floats:
    """q from next to one half down to the least, by normal scores that grow by 0.2 %."""
    scores = _FIRST * _RATIO ** np.arange(3500.0)
    q = ndtr(-scores)
    return np.append(q[q > LEAST], LEAST)


def tables(dimensions: Sequence[int] = LOOKED_UP_IN, q: Floats | None = None) -> Iterator[Table]:
    """Name and radii at scale 1 of each law in each dimension.

    Args:
        dimensions: how many numbers an input has.
        q: where they are worked out; the whole grid without it.
    """
    at = grid() if q is None else q
    for scheme in LOOKED_UP:
        for dimension in dimensions:
            radius = scheme.direct(dimension)[scheme.norm]
            found = np.array([radius(one) for one in at.tolist()])
            yield name_of(scheme.law_name(), scheme.norm, dimension), found


def write_looked_up(path: Path) -> Path:
    """The tables that plans look radii up in, as one file."""
    kept: dict[str, npt.NDArray[Any]] = {GRID: grid()}
    kept |= {name: packed(found) for name, found in tables()}
    data = io.BytesIO()
    np.savez_compressed(data, allow_pickle=False, **kept)
    write_atomically(path, data.getvalue(), folders=True)
    return path


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
    parser.add_argument("--looked-up", type=Path, help="file of the tables that plans look up")
    given = parser.parse_args(words)
    for path in write(given.out, given.dimensions):
        sys.stdout.write(f"{path}\n")
    if given.looked_up:
        path = write_looked_up(given.looked_up)
        sys.stdout.write(f"{path}, to be read once DIGEST is {sha256_file(path)}\n")


if __name__ == "__main__":
    main()
