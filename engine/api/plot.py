"""Figures as a program shows and saves them, drawn as the reports draw them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.core.errors import UserError
from engine.core.files import write_atomically

if TYPE_CHECKING:
    from engine.api.table import Table
    from engine.figures import Figure, FigureFormat

_FORMATS: dict[str, FigureFormat] = {".svg": "svg", ".png": "png", ".pdf": "pdf"}


@dataclass(frozen=True)
class Plot:
    """A figure. A notebook shows it; :meth:`save` writes it."""

    figure: Figure

    def svg(self) -> str:
        """The figure as the text of an SVG."""
        return self._drawn("svg").decode()

    def save(self, path: str | Path) -> Path:
        """Write the figure as ``.svg``, ``.png``, ``.pdf``, or its numbers as ``.csv``.

        Returns:
            The path.

        Raises:
            CertiscopeError: another ending, or the file cannot be written.
        """
        path = Path(path)
        ending = path.suffix.lower()
        if ending == ".csv":
            from engine.report.drawing import figure_csv

            data = figure_csv(self.figure).encode()
        elif ending in _FORMATS:
            data = self._drawn(_FORMATS[ending])
        else:
            known = ", ".join([*_FORMATS, ".csv"])
            raise UserError(f"Cannot write {path.name}: its ending must be one of {known}.")
        write_atomically(path, data)
        return path

    def _drawn(self, fmt: FigureFormat) -> bytes:
        from engine.report.drawing import render_figure  # loads typst

        return render_figure(self.figure, fmt)

    def _repr_svg_(self) -> str:
        return self.svg()


def plot(*tables: Table) -> Plot:
    """Certified accuracy of one or several tables over the size of the perturbation.

    Args:
        *tables: of schemes whose perturbations have the same one term, such as a radius.

    Raises:
        CertiscopeError: no table, or tables that have no such quantity in common.
    """
    from engine.figures import Curve, CurveFigure

    if not tables:
        raise UserError("plot needs at least one table.")
    terms = {tuple(table.scheme.terms.items()) for table in tables}
    if len(terms) != 1 or len(next(iter(terms))) != 1:
        raise UserError(
            "A plot of certified accuracy is over one quantity, and these tables have several; "
            "ask each with certified_accuracy."
        )
    ((term, facts),) = next(iter(terms))
    inputs = {len(table) for table in tables}
    return Plot(
        CurveFigure(
            title="Certified accuracy",
            subtitle=f"{' / '.join(str(n) for n in sorted(inputs))} inputs",
            x_name=f"{term}: {facts}",
            y_name="share right and certified",
            curves=tuple(
                Curve(name=table.scheme.noise_in_words(), points=_steps(table, term))
                for table in tables
            ),
        )
    )


def _steps(table: Table, term: str) -> tuple[tuple[float, float], ...]:
    """The stairs down which the share of inputs goes as the perturbation grows."""
    reached = sorted(_reach(row.region, term) for row in table if table.is_correct(row))
    total, left = len(table), len(reached)
    points = [(0.0, left / total)]
    for size in reached:
        points.append((size, left / total))
        left -= 1
        points.append((size, left / total))
    return tuple(points)


def _reach(region: Any, term: str) -> float:
    """The largest size that a region holds, found by doubling and bisection; rounded down."""
    def holds(size: float) -> bool:
        return bool(region.contains({term: size}))

    high = 1.0
    while holds(high) and high < 1e6:
        high *= 2
    low = 0.0
    while high - low > 1e-9 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


def shown(plots: Sequence[Plot]) -> str:
    """Some plots as HTML, one beside the other where there is room."""
    return "".join(
        f'<div style="display:inline-block;max-width:100%">{one.svg()}</div>' for one in plots
    )
