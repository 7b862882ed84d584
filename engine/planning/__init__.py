"""What would it take: the samples that a claim needs, before they are drawn. No torch."""

from __future__ import annotations

from engine.planning.records import (
    ExpectedPoint,
    Needed,
    Pilot,
    PlanResult,
    Prospect,
    Requirement,
)

__all__ = ["ExpectedPoint", "Needed", "Pilot", "PlanResult", "Prospect", "Requirement"]
