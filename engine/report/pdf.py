"""Evidence as PDF/A-3b: set by typst, the evidence attached, the same bytes for the same run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine.core.errors import UserError
from engine.core.files import write_atomically
from engine.evidence.evidence import Evidence
from engine.figures.bounds import bounds_figure
from engine.figures.images import Illustrations, SliceFigure
from engine.figures.regions import region_figure
from engine.figures.spread import spread_figure
from engine.figures.votes import votes_figure
from engine.report import attached, palette
from engine.report.enumerated import grows
from engine.report.json import evidence_json
from engine.report.plots import Drawing, Figure, drawing
from engine.report.revision import PREFIX, revision
from engine.report.seal import sealed
from engine.report.summary import content
from engine.report.typeset import typeset_report

ATTACHMENT = "evidence.json"


def write_pdf(evidence: Evidence, path: Path, illustrations: Illustrations | None = None) -> None:
    """Write the report.

    Raises:
        UserError: the file cannot be written.
    """
    write_atomically(path, pdf_bytes(evidence, illustrations))


def pdf_bytes(evidence: Evidence, illustrations: Illustrations | None = None) -> bytes:
    """The report as PDF/A-3b; the same evidence and images always give the same bytes."""
    figures = report_figures(evidence, illustrations)
    drawings = [drawing(figure) for figure in figures]
    region = next((figure for figure in figures if isinstance(figure, SliceFigure)), None)
    examples = next((ready for ready in drawings if ready.kind == "examples"), None)
    return _set(evidence, drawings, attached.attachment(region, examples))


def pdf_again(evidence: Evidence, illustrations: bytes | None) -> bytes:
    """The report that evidence and attached illustrations (:mod:`engine.report.attached`) give.

    Raises:
        UserError: the illustrations have another form, or are about another run.
    """
    region, examples = attached.read(illustrations, evidence) if illustrations else (None, None)
    figures = report_figures(evidence, Illustrations(region=region))
    if region is not None and not any(isinstance(figure, SliceFigure) for figure in figures):
        raise UserError("it shows a slice that this evidence has none of")
    drawings = [drawing(figure) for figure in figures]
    return _set(evidence, [*drawings, *([examples] if examples else [])], illustrations)


def _set(evidence: Evidence, drawings: Sequence[Drawing], illustrations: bytes | None) -> bytes:
    data, files = _sources(evidence, drawings)
    files[ATTACHMENT] = evidence_json(evidence).encode()
    data["attachment"] = ATTACHMENT
    if illustrations is not None:
        files[attached.NAME] = illustrations
        data["illustrations"] = attached.NAME
    when = created(evidence.created)
    return sealed(typeset_report(data, files, "pdf", created=when, archival=True)[0])


def preview_pages(
    evidence: Evidence, illustrations: Illustrations | None = None, ppi: float = 80.0
) -> list[bytes]:
    """The report's pages as PNG."""
    drawings = [drawing(figure) for figure in report_figures(evidence, illustrations)]
    data, files = _sources(evidence, drawings)
    return typeset_report(data, files, "png", ppi=ppi)


def report_figures(evidence: Evidence, illustrations: Illustrations | None) -> list[Figure]:
    """The figures that this evidence and these images allow, in the order they are shown."""
    names = evidence.model.class_names
    figures: list[Figure] = []
    if evidence.procedure != "measure":  # one class for an answer says nothing in a histogram
        figures.append(votes_figure(evidence, names))
    if evidence.trajectory and grows(evidence):  # no bound grows over a whole count
        figures.append(bounds_figure(evidence, names))
    images = illustrations or Illustrations()
    region = images.region.beside(evidence) if images.region is not None else None
    regions: list[Figure | None] = [region_figure(evidence, names), region]
    if evidence.procedure == "predict":  # it claims no region
        regions = []
    spread = evidence.ensemble.spread if evidence.ensemble is not None else None
    regions += [spread_figure(spread)] if spread is not None else []
    shown = (*regions, images.examples or images.places)
    figures += [figure for figure in shown if figure is not None]
    return figures


def created(stated: str) -> datetime:
    """When a run ended, in UTC and whole seconds."""
    found = datetime.fromisoformat(stated)
    aware = found if found.tzinfo else found.replace(tzinfo=UTC)
    return aware.astimezone(UTC).replace(microsecond=0)


def _sources(
    evidence: Evidence, drawings: Sequence[Drawing]
) -> tuple[dict[str, Any], dict[str, bytes]]:
    files = {name: data for ready in drawings for name, data in ready.files.items()}
    data = {
        **asdict(content(evidence)),
        "run": f"run {evidence.run_id}",
        "named": "input",
        "attached": "The evidence: every count, setting and digest of this run",
        "created": created(evidence.created).strftime("%Y-%m-%d %H:%M UTC"),
        "revision": PREFIX + revision(),
        "version": evidence.software.certiscope,
        "figures": placed(drawings),
        "curves": [one for kind, one in placed(drawings).items() if kind == "curves"],
        "thumbnail": "original.png" if "original.png" in files else None,
        "attachment": None,
        "illustrations": None,
        "theme": palette.theme(dark=False),
    }
    return data, files


def placed(drawings: Sequence[Drawing]) -> dict[str, Any]:
    """Drawings as the template takes them, by kind."""
    return {
        ready.kind: {"data": ready.data, "height": ready.height, "alt": ready.alt}
        for ready in drawings
    }
