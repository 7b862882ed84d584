"""A set of certified inputs, as a table that a program reads and a notebook shows."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from engine.api.plot import Plot, shown
from engine.core.errors import UserError
from engine.core.files import write_atomically
from engine.core.rounding import round_down
from engine.regions.region import UNLIMITED
from engine.replay.rows import NO_LABEL

if TYPE_CHECKING:
    from engine.evidence.evidence import Evidence
    from engine.procedures.set_result import SetResult
    from engine.replay.rows import ReplayRow
    from engine.schemes import Scheme

Size = float | str | Mapping[str, float]
"""A radius (the value of a scheme's only term), or a perturbation: ``entities=2,epsilon=0.3``."""

_SHOWN = 50


class Table:
    """One row per input: its label, its certified class and region.

    Iterating gives the rows (``idx``, ``label``, ``predicted_class``, ``radius``, ``region``,
    ``bounds``); a row counts as right if its certified class is its label.

    Attributes:
        result: the set as files hold it, with statements on all inputs at once and on the
            population they come from (``result.summary``).
        evidence: of every row, in order; read anew whenever it is asked for.
    """

    def __init__(self, result: SetResult, evidence: Sequence[Evidence]) -> None:
        self.result = result
        self.evidence = evidence

    def __len__(self) -> int:
        return len(self.result.rows)

    def __iter__(self) -> Iterator[ReplayRow]:
        return iter(self.result.rows)

    @property
    def scheme(self) -> Scheme:
        """The noise and its certificate."""
        return self.result.settings.scheme

    @property
    def complete(self) -> bool:
        """Whether every planned input was certified or not; a set that was stopped is partial."""
        return self.result.complete

    @property
    def acr(self) -> float | None:
        """Average certified radius: the mean of radius times right; None where there is none.

        There is none without labels, nor where regions are no balls.
        """
        return self.result.summary.acr

    @property
    def clean_accuracy(self) -> float | None:
        """Share of inputs that are certified and right; None without any label."""
        return self.result.summary.clean_accuracy

    @property
    def abstention_rate(self) -> float:
        """Share of inputs of which nothing is certified."""
        return self.result.summary.abstained / len(self)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What to know before using the numbers: of the set and of any of its runs."""
        return tuple(
            dict.fromkeys(
                (*self.result.notes, *(said for one in self.evidence for said in one.warnings))
            )
        )

    def is_correct(self, row: ReplayRow) -> bool:
        """Whether a row's certified class is its label."""
        return row.predicted_class == row.label

    def certified_accuracy(self, sizes: Size | Iterable[Size]) -> Any:
        """Share of inputs that are right and certified at a perturbation.

        Args:
            sizes: a radius, or the value of a scheme's only term (either way, where it has a
                sign); a perturbation in the scheme's terms, as a text or a dictionary; or several
                of these.

        Returns:
            The share, a float, or None without any label; a list where several were asked for.

        Raises:
            CertiscopeError: the scheme knows no such perturbation.
        """
        if getattr(sizes, "ndim", None) == 0:  # a number of NumPy or torch
            sizes = float(cast("float", sizes))
        if not isinstance(sizes, float | int | str | Mapping):
            return [self.certified_accuracy(size) for size in sizes]
        asked = self._perturbations(sizes)
        if all(row.label == NO_LABEL for row in self):
            return None
        held = sum(
            row.region is not None and all(map(row.region.contains, asked))
            for row in self
            if self.is_correct(row)
        )
        return held / len(self)

    def _perturbations(self, size: Size) -> list[dict[str, float]]:
        """What a size stands for: a number, of a signed term, for that much either way."""
        texts = [size]
        if isinstance(size, Mapping):
            texts = [",".join(f"{term}={float(value)!r}" for term, value in size.items())]
        elif not isinstance(size, str):
            terms = self.scheme.terms
            if len(terms) != 1:
                raise UserError(
                    f"A perturbation of the scheme '{self.scheme.key}' has the terms "
                    f"{', '.join(terms)}; say e.g. '{','.join(f'{term}=1' for term in terms)}'."
                )
            ((name, term),) = terms.items()
            ends = (float(size), -float(size)) if term.signed else (float(size),)
            texts = [f"{name}={end!r}" for end in ends]
        return [self.scheme.parse_at(str(text), name="certified_accuracy") for text in texts]

    def rows(self) -> list[dict[str, Any]]:
        """The rows as plain dictionaries."""
        names = self.result.model.class_names
        return [
            {
                "input": row.idx,
                "label": None if row.label < 0 else row.label,
                "predicted_class": row.predicted_class,
                "class_name": None if row.predicted_class is None else names[row.predicted_class],
                "correct": None if row.label < 0 else self.is_correct(row),
                "abstained": row.outcome == "abstained",
                "radius": row.radius,
                "region": None if row.region is None else row.region.headline(),
                "p_lower": row.bounds.p_lower if row.bounds.valid else None,
                "n": row.n,
            }
            for row in self
        ]

    def to_pandas(self) -> Any:
        """The rows as a pandas DataFrame.

        Raises:
            CertiscopeError: pandas is not installed.
        """
        try:
            import pandas
        except ImportError as error:
            raise UserError(
                "to_pandas needs pandas, which is not installed: pip install pandas. The same rows "
                "are in rows(), and save('table.csv') writes them."
            ) from error
        return pandas.DataFrame(self.rows())

    def plot(self) -> Plot:
        """Certified accuracy over the size of the perturbation; ``plot(a, b)`` compares tables.

        Raises:
            CertiscopeError: the scheme's perturbations have several terms.
        """
        return plot(self)

    def save(self, path: str | Path) -> Path:
        """Write the table, or the evidence of all of its rows.

        Args:
            path: its ending says what: ``.json`` (the set and its statements), ``.csv`` (a row per
                run), ``.svg``, ``.png``, ``.pdf`` (the plot); without an ending a folder, in which
                every row's evidence is put, to be verified.

        Raises:
            CertiscopeError: another ending, or the file cannot be written.
        """
        path = Path(path)
        ending = path.suffix.lower()
        if ending == ".json":
            write_atomically(path, (self.result.model_dump_json(indent=2) + "\n").encode())
        elif ending == ".csv":
            from engine.report.csv import write_csv

            write_csv(self.evidence, path)
        elif ending:
            self.plot().save(path)
        else:
            self._save_evidence(path)
        return path

    def _save_evidence(self, folder: Path) -> None:
        from engine.report.json import write_numbered

        for number, (row, evidence) in enumerate(zip(self, self.evidence, strict=True), 1):
            write_numbered(evidence, folder, number, str(row.idx))

    def __repr__(self) -> str:
        done, planned = len(self), len(self.result.inputs)
        acr = "" if self.acr is None else f", average certified radius {round_down(self.acr, 4)}"
        certified = sum(row.outcome == "certified" for row in self)
        return (
            f"<Table: {self.scheme.noise_in_words()}; {done} of {planned} inputs, {certified} "
            f"certified{acr}>"
        )

    def _repr_html_(self) -> str:
        rows = self.rows()[:_SHOWN]
        head = "".join(f"<th>{html.escape(name)}</th>" for name in rows[0])
        body = "".join(
            f"<tr>{''.join(f'<td>{html.escape(_cell(v))}</td>' for v in row.values())}</tr>"
            for row in rows
        )
        more = f"<p>and {len(self) - _SHOWN} more</p>" if len(self) > _SHOWN else ""
        drawn = shown([self.plot()]) if len(self.scheme.terms) == 1 else ""
        title = html.escape(repr(self)[1:-1])
        return f"<p><strong>{title}</strong></p><table><tr>{head}</tr>{body}</table>{more}{drawn}"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return round_down(value, 4) if isinstance(value, float) else str(value)


def plot(*tables: Table) -> Plot:
    """Certified accuracy of one or several tables over the size of the perturbation.

    Args:
        *tables: of schemes whose perturbations have the same one term, such as a radius.

    Raises:
        CertiscopeError: no table, or tables that have no such quantity in common.
    """
    from engine.figures.curves import Curve, CurveFigure

    if not tables:
        raise UserError("plot needs at least one table.")
    terms = {tuple(table.scheme.terms.items()) for table in tables}
    if len(terms) != 1 or len(next(iter(terms))) != 1:
        raise UserError(
            "A plot of certified accuracy is over one quantity, and these tables have several; "
            "ask each with certified_accuracy."
        )
    ((term, facts),) = next(iter(terms))
    sign = "+-" if facts.signed else ""
    inputs = {len(table) for table in tables}
    return Plot(
        CurveFigure(
            title="Certified accuracy",
            subtitle=f"{' / '.join(str(n) for n in sorted(inputs))} inputs",
            x_name=f"{sign}{term}: {facts}",
            y_name="share right and certified",
            curves=tuple(
                Curve(name=table.scheme.noise_in_words(), points=_steps(table, term))
                for table in tables
            ),
        )
    )


def _steps(table: Table, term: str) -> tuple[tuple[float, float], ...]:
    """The stairs down which the share of inputs goes as the perturbation grows."""
    ends = (1, -1) if table.scheme.terms[term].signed else (1,)
    regions = [row.region for row in table if table.is_correct(row) and row.region is not None]
    reached = sorted(
        min(UNLIMITED, *(region.furthest(term, end) for end in ends)) for region in regions
    )
    total, left = len(table), len(reached)
    points = [(0.0, left / total)]
    for size in reached:
        points.append((size, left / total))
        left -= 1
        points.append((size, left / total))
    return tuple(points)
