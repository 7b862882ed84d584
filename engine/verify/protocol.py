"""A verification on paper: what was checked, how far that went, and what it does not show."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from engine import __version__
from engine.core.errors import UserError
from engine.core.files import write_atomically
from engine.report import palette
from engine.report.typeset import typeset
from engine.verify.report import Standing, Stated, Verdict, VerificationReport

_KINDS = {"JSON": "evidence (JSON)", "PDF": "report (PDF)", "case": "case"}
_TONES: dict[Standing, Verdict] = {
    "stands as far as checked": "holds",
    "not verified": "cannot be checked",
    "does not stand": "does not hold",
}


def write_protocol(report: VerificationReport, path: Path) -> None:
    """Write a protocol as its suffix says: PDF, or the verdicts as JSON.

    Raises:
        UserError: another suffix, or the file cannot be written.
    """
    if path.suffix.lower() == ".pdf":
        write_atomically(path, protocol_pdf(report, datetime.now(UTC)))
    elif path.suffix.lower() == ".json":
        write_atomically(path, (report.model_dump_json(indent=2) + "\n").encode())
    else:
        raise UserError(f"Cannot write {path.name}: a protocol ends in .pdf or .json.")


def protocol_pdf(report: VerificationReport, when: datetime) -> bytes:
    """The protocol as PDF: failures first, as in the window.

    Args:
        report: of :func:`engine.verify.verify`.
        when: it was made, in UTC.
    """
    broken, open_ = report.count("does not hold"), report.count("cannot be checked")
    facts = [
        ("file", report.file, False),
        ("kind", _KINDS[report.kind], False),
        ("sha256", report.sha256, True),
        ("level", report.level, False),
        ("checks", f"{len(report.claims)}: {report.count('holds')} hold, {broken} do not, "
         f"{open_} cannot be made", False),
    ]  # fmt: skip
    data = {
        "headline": report.headline(),
        "summary": report.summary(),
        "tone": "holds" if report.ok else "does not hold" if broken else "cannot be checked",
        "facts": [{"label": n, "value": v, "code": c} for n, v, c in facts if v],
        "stated": [_as_stated(each) for each in report.stated],
        "claims": [
            {
                "verdict": claim.verdict,
                "name": f"{claim.about}: {claim.name}" if claim.about else claim.name,
                "detail": claim.detail,
            }
            for claim in report.failures_first()
        ],
        "notes": list(report.notes),
        "when": when.strftime("%Y-%m-%d %H:%M UTC"),
        "version": __version__,
        "theme": palette.theme(dark=False),
    }
    return typeset("protocol.typ", data, {}, "pdf", created=when.replace(microsecond=0))[0]


def _as_stated(stated: Stated) -> dict[str, object]:
    """A certificate as its file states it, struck through where it does not stand."""
    why = f" ({stated.why})" if stated.why else ""
    return {
        "standing": f"{stated.about}: {stated.standing}{why}".removeprefix(": "),
        "tone": _TONES[stated.standing],
        "struck": stated.standing == "does not stand",
        "outcome": stated.outcome,
        "headline": stated.headline,
        "note": stated.note,
        "statement": stated.statement,
    }
