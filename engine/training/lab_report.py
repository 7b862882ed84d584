"""The table of a lab in words: as text for a terminal, CSV, and a page or PDF with its curves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from engine import __version__
from engine.core.errors import UserError
from engine.core.fields import field_specs
from engine.core.files import write_atomically
from engine.core.rounding import exact, round_down, round_up, share_down
from engine.report import palette
from engine.report.content import Content, Fact, Section, Table
from engine.report.csv import csv_text
from engine.report.drawing import render_figure
from engine.report.html import page
from engine.report.pdf import placed
from engine.report.plots import drawing
from engine.report.revision import PREFIX, revision
from engine.report.typeset import typeset_report
from engine.training.lab_records import (
    LabRow,
    LabRun,
    LabTable,
    Spread,
    behind,
    lab_figure,
    published_rows,
    rows,
)

RADII = (0.0, 0.25, 0.5, 0.75, 1.0)
BEST = "*"
_DIGITS, _SHORT_HASH = 3, 12
_ATTACHED = "table.json"
_PUBLISHED = (
    "published: CIFAR-10, ResNet-110, n = 100,000, alpha = 0.001; other data and another network, "
    "not measured here"
)


def header(radii: Sequence[float]) -> tuple[str, ...]:
    """Names of the columns."""
    return ("sigma", "method", "seeds", "ACR", *(f"r = {exact(radius)}" for radius in radii))


def cells(row: LabRow, radii: Sequence[float]) -> tuple[str, ...]:
    """One row: means rounded down with the deviation of a seed, the best of a column marked."""
    shares = [
        _cell(row.certified_accuracy.get(exact(radius)), best=exact(radius) in row.best)
        for radius in radii
    ]
    return (
        f"{row.sigma:g}",
        row.title,
        "published" if row.published else str(row.seeds),
        _cell(row.acr, best="acr" in row.best),
        *shares,
    )


def _cell(spread: Spread | None, *, best: bool) -> str:
    if spread is None:
        return ""
    spared = "" if spread.deviation is None else f" ±{round_up(spread.deviation, _DIGITS)}"
    return f"{share_down(spread.mean, _DIGITS)}{spared}{BEST if best else ''}"


def reached(table: LabTable, radii: Sequence[float]) -> list[float]:
    """The radii that some network reaches."""
    most = max((run.radii[-1] for run in table.runs if run.radii), default=0.0)
    return [radius for radius in radii if radius <= most]


def notes(table: LabTable) -> list[str]:
    """What a reader of the table should know."""
    missing = table.planned - len(table.runs)
    inputs = {run.inputs for run in table.runs}
    said = [
        f"Certified accuracy of {' or '.join(map(str, sorted(inputs)))} held-out images each, "
        f"{table.bound} bound, n0 = {table.n0:,}, n = {table.n:,}, alpha {table.alpha:g} per "
        f"image. {table.architecture}, {table.training}.",
        f"Means over seeds, ± the standard deviation of one seed; {BEST} marks the highest mean "
        "of a column at a sigma, which need not differ from the next by more than chance.",
        *table.remarks,
        *behind(table),
    ]
    if missing:
        said.insert(0, f"{missing} of {table.planned} networks are missing: the table is partial.")
    return said


def write_table(table: LabTable, path: Path, radii: Sequence[float] = RADII) -> None:
    """Write the table as the ending says: .csv, .json, .html or .pdf.

    Raises:
        UserError: another ending, or the file cannot be written.
    """
    ending = path.suffix.lower()
    if ending == ".csv":
        content = table_csv(table, radii).encode()
    elif ending == ".json":
        content = f"{table.model_dump_json(indent=1)}\n".encode()
    elif ending == ".html":
        content = table_html(table, radii).encode()
    elif ending == ".pdf":
        content = table_pdf(table, radii, datetime.now(UTC).replace(microsecond=0))
    else:
        raise UserError(
            f"Cannot write {path.name}: a lab's table ends in .csv, .json, .html or .pdf."
        )
    write_atomically(path, content)


def write_plot(table: LabTable, sigma: float, path: Path) -> None:
    """Write the curves of one sigma as .svg, .png or .pdf.

    Raises:
        UserError: another ending, or the file cannot be written.
    """
    form = path.suffix.lower().removeprefix(".")
    if form not in ("svg", "png", "pdf"):
        raise UserError(f"Cannot write {path.name}: a plot ends in .svg, .png or .pdf.")
    write_atomically(path, render_figure(lab_figure(table, sigma), form))  # type: ignore[arg-type]


def table_csv(table: LabTable, radii: Sequence[float]) -> str:
    """A row for each network, at full precision, then one for each published figure."""
    wanted = reached(table, radii)
    names = ("sigma", "method", "seed", "inputs", "abstained", "acr")
    lines: list[Sequence[object]] = [
        (
            run.sigma,
            run.method.key,
            run.seed,
            run.inputs,
            run.abstained,
            run.acr,
            *(run.certified_accuracy(radius) for radius in wanted),
            run.sha256,
        )
        for run in table.runs
    ]
    for row in published_rows(table.sigmas, wanted):
        shares = [row.certified_accuracy.get(exact(radius)) for radius in wanted]
        lines.append(
            (
                row.sigma,
                row.method,
                None,
                None,
                None,
                row.acr.mean,
                *(share.mean if share else None for share in shares),
                f"{_PUBLISHED}; {row.published}",
            )
        )
    columns = (
        *names,
        *(f"radius {exact(radius)}" for radius in wanted),
        "weights sha256 or source",
    )
    return csv_text(columns, lines)


def table_html(table: LabTable, radii: Sequence[float]) -> str:
    """One page: the table, what was published beside it, the curves, and the table as JSON."""
    drawings = [drawing(lab_figure(table, sigma)) for sigma in table.sigmas]
    return page(content(table, radii), drawings, table.model_dump_json(), __version__)


def table_pdf(table: LabTable, radii: Sequence[float], when: datetime) -> bytes:
    """The same words and curves on paper (PDF/A-3b), with the table attached as JSON.

    Args:
        table: of at least one network.
        radii: at which certified accuracy is quoted.
        when: it is written.
    """
    first, *more = (drawing(lab_figure(table, sigma)) for sigma in table.sigmas)
    data = {
        **asdict(content(table, radii)),
        "run": f"{len(table.runs)} of {table.planned} networks",
        "named": "networks",
        "attached": "The table: every network's settings, digest and certified radii",
        "created": when.strftime("%Y-%m-%d %H:%M UTC"),
        "revision": PREFIX + revision(),
        "version": __version__,
        "figures": placed([first]),
        "curves": [placed([each])["curves"] for each in more],
        "thumbnail": None,
        "attachment": _ATTACHED,
        "illustrations": None,
        "theme": palette.theme(dark=False),
    }
    files = {_ATTACHED: f"{table.model_dump_json(indent=1)}\n".encode()}
    return typeset_report(data, files, "pdf", created=when, archival=True)[0]


def content(table: LabTable, radii: Sequence[float]) -> Content:
    """The report in words."""
    wanted = reached(table, radii)
    own = rows(table, wanted)
    best = [row for row in own if "acr" in row.best]
    known = published_rows(table.sigmas, wanted)
    return Content(
        title="Training methods compared",
        verdict="TABLE",
        tone="plain",
        badge="float noise",
        partial="" if len(table.runs) == table.planned else notes(table)[0],
        statement=" ".join(
            f"At sigma {row.sigma:g} the highest average certified radius is that of {row.title}: "
            f"{round_down(row.acr.mean, _DIGITS)} in the mean of {row.seeds} seed"
            f"{'s' * (row.seeds != 1)}."
            for row in best
        ),
        why=None,
        key_facts=(
            Fact("networks", f"{len(table.runs)} of {table.planned}"),
            Fact("votes per image", f"{table.n:,}"),
            Fact("alpha per image", f"{table.alpha:g}"),
        ),
        identity=(
            Fact("data", table.data),
            Fact("network", table.architecture),
            Fact("training", table.training),
            Fact("command", table.command, code=True),
        ),
        limits=Section("What this does not say", sentences=tuple(notes(table)[1:])),
        sections=(
            Section(
                "Certified accuracy and average certified radius",
                table=Table(_together(header(wanted)), _rows(own, wanted)),
            ),
            Section("Networks", table=_networks(table)),
            Section(
                "Published figures",
                sentences=(f"{_PUBLISHED}.",),
                table=Table(_together(header(wanted)), _rows(known, wanted)),
            ),
        ),
    )


def _together(row: Sequence[str]) -> tuple[str, ...]:
    """Sigma and method in one cell, for a narrow page."""
    sigma, method, *rest = row
    return (f"{method}, sigma {sigma}" if sigma != "sigma" else "method", *rest)


def _rows(found: Sequence[LabRow], radii: Sequence[float]) -> tuple[tuple[str, ...], ...]:
    """Rows with the source of what was published below its method."""
    said = []
    for row in found:
        first, *rest = _together(cells(row, radii))
        said.append((f"{first} ({row.published})" if row.published else first, *rest))
    return tuple(said)


def _networks(table: LabTable) -> Table:
    """What stands on the card of every network: its settings, its weights, what was certified."""
    return Table(
        ("network and settings", "seed", "weights' sha256", "images", "abstained", "ACR"),
        tuple(
            (
                f"{run.method.title}, sigma {run.sigma:g}{_settings(run)}",
                str(run.seed),
                run.sha256[:_SHORT_HASH],
                str(run.inputs),
                str(run.abstained),
                round_down(run.acr, _DIGITS),
            )
            for run in table.runs
        ),
    )


def _settings(run: LabRun) -> str:
    said = [
        f"{spec.title} {getattr(run.method, spec.name)}" for spec in field_specs(type(run.method))
    ]
    return f" ({', '.join(said)})" if said else ""
