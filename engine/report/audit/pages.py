"""The report of a set as PDF/A-3b or HTML: every row attached, the same bytes for the same set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from engine.core.errors import UserError
from engine.core.files import write_atomically
from engine.procedures.set_result import SetResult
from engine.report import attached, palette
from engine.report.audit.figure import certified_accuracy_figure
from engine.report.audit.gallery import ALT, KIND, Show, gallery
from engine.report.audit.record import NAME, SetRecord, SetRecorder
from engine.report.audit.words import set_content, set_statement
from engine.report.html import page
from engine.report.pdf import created, placed
from engine.report.plots import Drawing, drawing
from engine.report.revision import PREFIX, revision
from engine.report.seal import sealed
from engine.report.typeset import typeset_report

FORMS = (".pdf", ".html")


def write_set_report(recorder: SetRecorder, result: SetResult, path: Path, show: Show) -> None:
    """Write the report of a set as the ending of ``path`` says.

    Args:
        recorder: has taken every row.
        result: of the set.
        path: ends in .pdf or .html.
        show: gives the parts of an input, for the images of the rows at the ends.

    Raises:
        UserError: another ending, or the file cannot be written.
    """
    if path.suffix.lower() not in FORMS:
        raise UserError(f"Cannot write {path.name}: the report of a set ends in .pdf or .html.")
    record = recorder.record(result, set_statement(result))
    images = gallery(result, show)
    if path.suffix.lower() == ".pdf":
        write_atomically(path, _set(record, result, images))
    else:
        write_atomically(path, set_html(record, result, images).encode())


def set_pdf_again(record: SetRecord, result: SetResult, illustrations: bytes | None) -> bytes:
    """The report that a set and attached illustrations give.

    Args:
        record: of the set.
        result: worked out from its rows, with them.
        illustrations: as they are attached; None where there are none.

    Raises:
        UserError: the illustrations have another form.
    """
    images = attached.read_drawing(illustrations, KIND, ALT) if illustrations else None
    return _set(record, result, images)


def preview_set(
    record: SetRecord, result: SetResult, images: Drawing | None, ppi: float = 80.0
) -> list[bytes]:
    """The report's pages as PNG."""
    data, files = _sources(record, result, images)
    return typeset_report(data, files, "png", ppi=ppi)


def set_html(record: SetRecord, result: SetResult, images: Drawing | None) -> str:
    """The report as one HTML file with the rows inside."""
    return page(
        set_content(record, result),
        _drawings(result, images),
        record.text().decode(),
        record.software.certiscope,
    )


def _set(record: SetRecord, result: SetResult, images: Drawing | None) -> bytes:
    data, files = _sources(record, result, images)
    files[NAME] = record.text()
    data["attachment"] = NAME
    if images is not None:
        files[attached.NAME] = attached.drawing_attachment(images)
        data["illustrations"] = attached.NAME
    when = created(record.created)
    return sealed(typeset_report(data, files, "pdf", created=when, archival=True)[0])


def _drawings(result: SetResult, images: Drawing | None) -> Sequence[Drawing]:
    curves = certified_accuracy_figure(result)
    return [*([drawing(curves)] if curves else []), *([images] if images else [])]


def _sources(
    record: SetRecord, result: SetResult, images: Drawing | None
) -> tuple[dict[str, Any], dict[str, bytes]]:
    drawings = _drawings(result, images)
    files = {name: data for ready in drawings for name, data in ready.files.items()}
    data = {
        **asdict(set_content(record, result)),
        "run": f"{len(result.rows):,} of {len(result.inputs):,} inputs",
        "named": "inputs",
        "attached": "The set: every row's counts, settings and digests",
        "created": created(record.created).strftime("%Y-%m-%d %H:%M UTC"),
        "revision": PREFIX + revision(),
        "version": record.software.certiscope,
        "figures": placed(drawings),
        "thumbnail": None,
        "attachment": None,
        "illustrations": None,
        "theme": palette.theme(dark=False),
    }
    return data, files
