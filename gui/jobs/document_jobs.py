"""What the worker does with documents: verifying, planning, replaying.

No torch unless votes are drawn again. The engine is imported when it is first used: it loads SciPy.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from engine.evidence.evidence import Evidence
    from engine.evidence.settings import CertifySettings, Counting, SweepSettings
    from engine.figures.images import SliceFigure
    from engine.planning import Pilot, PlanResult, Prospect
    from engine.planning.sweep_plan import SweepPlan
    from engine.replay import ReplayResult
    from engine.slides.film import Film
    from engine.verify import VerificationReport
    from gui.jobs.engine_jobs import Subject


@dataclass(frozen=True)
class Checked:
    """A file that was verified.

    Attributes:
        path: the file.
        report: its claims.
        evidence: the run it is about; None for cases and for what cannot be read.
        recomputed: what follows from the votes, in words, where a claim does not hold.
    """

    path: Path
    report: VerificationReport
    evidence: Evidence | None
    recomputed: str = ""


def slides(
    evidence: Evidence, path: Path, image: SliceFigure | None, film: Film, stop: threading.Event
) -> Path | None:
    """Write a result for a talk; None where it was stopped before.

    Raises:
        UserError: it has no replay, or the file cannot be written.
    """
    from engine.slides.export import write_slides

    write_slides(evidence, path, film, image=image, stop=stop)
    return None if stop.is_set() else path


def verified(path: Path, stop: threading.Event, *, rerun: int | Literal["all"]) -> Checked:
    """Every claim of a file.

    Raises:
        UserError: it cannot be read.
    """
    from engine.verify import Plan, verify
    from engine.verify.sound import recomputed

    report, evidence = verify(path, Plan(rerun=rerun or None, stop=stop)), _stated(path)
    broken = evidence is not None and report.count("does not hold")
    return Checked(path, report, evidence, recomputed(report.claims, evidence) if broken else "")


def written_protocol(report: VerificationReport, path: Path) -> Path:
    """Write the protocol of a verification: PDF or JSON, as its suffix says.

    Raises:
        UserError: the file cannot be written.
    """
    from engine.verify.protocol import write_protocol

    write_protocol(report, path)
    return path


def signature_in_words(report: VerificationReport) -> tuple[str, str]:
    """Whose signature a file carries, and how that is to be taken: a role of the style sheet."""
    from engine.verify.signatures import BESIDE, INSIDE, SIGNER

    found = [claim for claim in report.claims if claim.name in (BESIDE, INSIDE, SIGNER)]
    if report.kind == "case":
        return "", ""
    if not found:
        return "Not signed: nothing shows who wrote it.", "small"
    verdicts = {claim.verdict for claim in found}
    broken, open_ = "does not hold" in verdicts, "cannot be checked" in verdicts
    role = "danger" if broken else "abstained" if open_ else "certified"
    return "\n".join(claim.line() for claim in found), role


def _stated(path: Path) -> Evidence | None:
    """The run a file is about, as it states it."""
    from engine.verify import reading

    kind = reading.kind_of(path)
    if kind == "case":
        return None
    data = reading.read_bytes(path)
    if kind == "PDF":
        data = reading.attachments(data, path).evidence
    return reading.read_evidence(data, path).evidence


def planned(settings: CertifySettings, **asked: Any) -> PlanResult:
    """What it would take.

    Args:
        settings: scheme, alpha, bound and n.
        **asked: further arguments of :func:`engine.planning.planner.plan`.

    Raises:
        UserError: a value that cannot be.
    """
    from engine.planning.planner import plan

    run = {name: getattr(settings, name) for name in ("scheme", "alpha", "bound", "n")}
    return plan(**run, **asked)


def planned_range(settings: SweepSettings, subject: Subject, pilot: Pilot) -> SweepPlan:
    """The anchors and samples that a range of the open image takes.

    Raises:
        UserError: a value that cannot be.
    """
    from engine.planning.sweep_plan import plan_sweep

    return plan_sweep(settings, subject.fitted.arrays[0], pilot=pilot)


def prospect(settings: Counting) -> Prospect:
    """What settings can come to at best."""
    from engine.planning.prospect import prospect as look_ahead

    return look_ahead(settings)


def replayed(path: Path, settings: Counting, **asked: Any) -> ReplayResult:
    """Certify votes that others drew.

    Args:
        path: the file.
        settings: scheme, alpha and bound.
        **asked: further arguments of :func:`engine.replay.replay.replay`.

    Raises:
        UserError: the file is malformed.
    """
    from engine.replay.replay import replay

    run = {name: getattr(settings, name) for name in ("scheme", "alpha", "bound")}
    return replay(path, **run, **asked)


def written(result: ReplayResult, path: Path) -> Path:
    """Write a replay as its suffix says: CSV, else JSON.

    Raises:
        UserError: the file cannot be written.
    """
    from engine.core.files import write_atomically
    from engine.replay.export import replay_csv, replay_json

    parts = (replay_csv if path.suffix.lower() == ".csv" else replay_json)(result)
    write_atomically(path, (part.encode() for part in parts))
    return path
