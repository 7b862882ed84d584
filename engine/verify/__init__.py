"""Checking a report, evidence or a case that somebody else made, without taking its word.

Importing this package, and all levels but ``rerun``, load no torch.
"""

from __future__ import annotations

from engine.verify.report import Claim, VerificationReport
from engine.verify.verifying import Plan, verify

__all__ = ["Claim", "Plan", "VerificationReport", "verify"]
