"""A small certified set whose truth is known, for what is written about sets."""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import Any, NamedTuple

from engine.core.errors import UserError
from engine.evidence.evidence import Evidence
from engine.evidence.settings import CertifySettings
from engine.inputs.base import FittedInput
from engine.procedures.dataset import certify_set
from engine.procedures.set_result import SetResult
from engine.report.audit.record import SetRecorder
from tests.fakes import HalfSpace, finish, fitted

THRESHOLD = 0.5
SPECS = ("0.0", "0.1", "0.2", "0.3", "0.5", "0.9")
"""Flat images of that value, all labelled 0: the fifth has no class, the last is of class 1."""
AT = ("radius=0.1", "radius=0.25")
SETTINGS = CertifySettings(n0=50, n=400, bound="anytime", seed=1)


class MadeSet(NamedTuple):
    """A set, what was kept of its rows, and their whole evidence."""

    result: SetResult
    recorder: SetRecorder
    evidence: dict[str, Evidence]


def read(spec: str, label: int | None = 0) -> FittedInput:
    """A flat image with a digest of its own; ``broken`` does not open."""
    if spec == "broken":
        raise UserError("broken is truncated.")
    made = fitted(float(spec))
    known = {"label": label, "pixels_sha256": f"{float(spec):064.8f}", "name": spec}
    return FittedInput(made.identity.model_copy(update=known), made.arrays)


@lru_cache(maxsize=8)
def make_set(
    specs: tuple[str, ...] = SPECS,
    *,
    label: int | None = 0,
    rows: int | None = None,
    **settings: Any,
) -> MadeSet:
    """A set certified with the half space below ``THRESHOLD``; stopped after ``rows``."""
    stop, recorder = threading.Event(), SetRecorder()
    kept: dict[str, Evidence] = {}

    def keep(spec: str, evidence: Evidence) -> None:
        kept[spec] = evidence
        recorder.add(spec, evidence)
        if len(kept) == rows:
            stop.set()

    result = finish(
        certify_set(
            HalfSpace(THRESHOLD),
            specs,
            SETTINGS.model_copy(update=settings),
            at=AT,
            read=lambda spec: read(spec, label),
            done=keep,
            stop=stop,
            command=lambda spec: f"certiscope certify --input {spec}",
        )
    )
    return MadeSet(result, recorder, kept)
