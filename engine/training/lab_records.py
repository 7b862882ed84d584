"""The table of a lab: what networks certify that were trained by several methods. No torch."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import fmean, stdev

from pydantic import Field

from engine.core.records import Record
from engine.core.rounding import exact
from engine.figures.curves import Curve, CurveFigure
from engine.training.methods import MethodField, method_class


class LabRun(Record):
    """One network, audited on held-out images.

    Attributes:
        sha256: of its weights.
        inputs: images in its audit.
        radii: of those that are right and certified, rounded down, rising; the others count 0.
        abstained: images of which nothing is certified.
    """

    method: MethodField
    sigma: float
    seed: int
    sha256: str
    inputs: int
    radii: tuple[float, ...]
    abstained: int

    @property
    def acr(self) -> float:
        """Average certified radius: mean of radius times right."""
        return math.fsum(self.radii) / self.inputs

    def certified_accuracy(self, radius: float) -> float:
        """Share of images that are right and certified at ``radius`` or beyond."""
        return sum(one >= radius for one in self.radii) / self.inputs


class LabTable(Record):
    """Networks that differ in method, sigma and seed alone, and were audited alike.

    Attributes:
        data: in words; ``remarks`` what a reader of the figures should know.
        training: what all have in common.
        n0, n, alpha, bound: of every audit, alpha per image.
        planned: networks in all; there may be fewer so far.
        command: that makes the table.
    """

    data: str
    architecture: str
    training: str
    n0: int
    n: int
    alpha: float
    bound: str
    planned: int
    command: str
    runs: tuple[LabRun, ...]
    remarks: tuple[str, ...] = ()

    @property
    def sigmas(self) -> tuple[float, ...]:
        """Those of the runs, rising."""
        return tuple(sorted({run.sigma for run in self.runs}))


class Spread(Record):
    """Mean over seeds, and the standard deviation of one; None for a single seed."""

    mean: float
    deviation: float | None = None

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Of at least one value."""
        return cls(mean=fmean(values), deviation=stdev(values) if len(values) > 1 else None)


class LabRow(Record):
    """One method at one sigma, over its seeds.

    Attributes:
        certified_accuracy: by radius.
        best: the columns in which no method has a higher mean at this sigma: ``acr`` or a radius.
        published: the row is from the literature, on other data, and no audit of this program.
    """

    sigma: float
    method: str
    title: str
    seeds: int = 0
    acr: Spread
    certified_accuracy: dict[str, Spread]
    best: frozenset[str] = frozenset()
    published: str = ""


def rows(table: LabTable, radii: Iterable[float]) -> list[LabRow]:
    """A row per sigma and method, in the order of the runs, with the best of each column."""
    wanted = list(radii)
    found: list[LabRow] = []
    for sigma in table.sigmas:
        here = [run for run in table.runs if run.sigma == sigma]
        keys = list(dict.fromkeys(run.method.key for run in here))
        found += marked(
            [_row([run for run in here if run.method.key == key], wanted) for key in keys]
        )
    return found


def _row(runs: Sequence[LabRun], radii: Sequence[float]) -> LabRow:
    first = runs[0]
    return LabRow(
        sigma=first.sigma,
        method=first.method.key,
        title=first.method.title,
        seeds=len(runs),
        acr=Spread.of([run.acr for run in runs]),
        certified_accuracy={
            exact(radius): Spread.of([run.certified_accuracy(radius) for run in runs])
            for radius in radii
        },
    )


def marked(alike: Sequence[LabRow]) -> list[LabRow]:
    """Rows of one sigma with the columns in which they are best; nothing that is 0 is best."""
    columns = {"acr", *(name for row in alike for name in row.certified_accuracy)}
    best = {name: max((_mean(row, name) for row in alike), default=0.0) for name in columns}
    return [
        row.model_copy(
            update={
                "best": frozenset(
                    name for name in columns if 0 < best[name] <= _mean(row, name) + 1e-12
                )
            }
        )
        for row in alike
    ]


def _mean(row: LabRow, column: str) -> float:
    if column == "acr":
        return row.acr.mean
    spread = row.certified_accuracy.get(column)
    return spread.mean if spread else 0.0


def behind(table: LabTable) -> list[str]:
    """A sentence for each method whose mean ACR is not above that of plain noise augmentation."""
    said = []
    for sigma in table.sigmas:
        found = {row.method: row for row in rows(table, ()) if row.sigma == sigma}
        plain = found.get("gaussian")
        if plain is None:
            continue
        said += [
            f"At sigma {sigma:g} {row.title} does not beat {plain.title.lower()} in the "
            f"mean of its seeds ({row.seeds}): ACR {row.acr.mean:.4f} against {plain.acr.mean:.4f}."
            for row in found.values()
            if row is not plain and row.acr.mean <= plain.acr.mean
        ]
    return said


def lab_figure(table: LabTable, sigma: float) -> CurveFigure:
    """Certified accuracy over radius at one sigma, a curve per method: the mean over its seeds."""
    here = [run for run in table.runs if run.sigma == sigma]
    curves = []
    for key in dict.fromkeys(run.method.key for run in here):
        runs = [run for run in here if run.method.key == key]
        curves.append(Curve(name=method_class(key).title, points=_mean_curve(runs)))
    return CurveFigure(
        title=f"Certified accuracy, sigma {sigma:g}",
        subtitle=f"mean over seeds; {table.bound} bound, n = {table.n:,}, alpha {table.alpha:g}",
        x_name="l2 radius",
        y_name="certified accuracy",
        curves=tuple(curves),
    )


def _mean_curve(runs: Sequence[LabRun]) -> tuple[tuple[float, float], ...]:
    """The corners of the mean of several falling staircases."""
    total = sum(run.inputs for run in runs)
    sizes = sorted(radius for run in runs for radius in run.radii)
    points, left = [(0.0, len(sizes) / total)], len(sizes)
    for size in sizes:
        points += [(size, left / total), (size, (left - 1) / total)]
        left -= 1
    return tuple(points)


class Published(Record):
    """A row of the literature: CIFAR-10, ResNet-110, n = 100,000, alpha = 0.001, in percent."""

    sigma: float
    method: str
    who: str
    acr: float
    at: tuple[float, ...] = Field(description="radii 0, 0.25, 0.50, ...")


_R = "rerun by Salman et al. 2019, 10,000 images"
_LOG = "published log, 10,000 images"
PUBLISHED = tuple(
    Published(sigma=sigma, method=method, who=who, acr=acr, at=at)
    for sigma, method, who, acr, at in (
        (0.25, "gaussian", _R, 0.424, (76.6, 61.2, 42.2, 25.1)),
        (
            0.25,
            "smoothadv",
            "10 steps, 8 noises, epsilon 255; " + _LOG,
            0.551,
            (74.8, 66.7, 57.6, 47.8),
        ),
        (0.25, "macer", "README of its authors, 500 images", 0.556, (81.0, 71.0, 59.0, 43.0)),
        (0.25, "consistency", "lambda 20; " + _LOG, 0.552, (75.8, 67.6, 58.1, 46.7)),
        (0.25, "smoothmix", _LOG, 0.553, (77.1, 67.9, 57.9, 46.7)),
        (0.50, "gaussian", _R, 0.525, (65.7, 54.9, 42.8, 32.5, 22.0, 14.1, 8.3, 3.9)),
        (
            0.50,
            "smoothadv",
            "10 steps, 2 noises; " + _LOG,
            0.717,
            (53.1, 49.2, 44.9, 41.0, 37.2, 33.2, 29.1, 24.0),
        ),
        (
            0.50,
            "macer",
            "README of its authors, 500 images",
            0.726,
            (66.0, 60.0, 53.0, 46.0, 38.0, 29.0, 19.0, 12.0),
        ),
        (
            0.50,
            "consistency",
            "lambda 10; " + _LOG,
            0.720,
            (64.3, 57.5, 50.6, 43.2, 36.2, 29.5, 22.8, 16.1),
        ),
        (0.50, "smoothmix", _LOG, 0.712, (64.4, 57.2, 49.5, 42.3, 35.0, 28.9, 23.0, 16.8)),
    )
)


def published_rows(sigmas: Iterable[float], radii: Iterable[float]) -> list[LabRow]:
    """What the literature reports at these sigmas, marked as such."""
    wanted = list(radii)
    found = []
    for sigma in sigmas:
        alike = [one for one in PUBLISHED if one.sigma == sigma]
        found += marked([_published_row(one, wanted) for one in alike])
    return found


def _published_row(one: Published, radii: Sequence[float]) -> LabRow:
    by_radius = {0.25 * place: share / 100 for place, share in enumerate(one.at)}
    return LabRow(
        sigma=one.sigma,
        method=one.method,
        title=method_class(one.method).title,
        acr=Spread(mean=one.acr),
        certified_accuracy={
            exact(radius): Spread(mean=by_radius[radius]) for radius in radii if radius in by_radius
        },
        published=one.who,
    )
