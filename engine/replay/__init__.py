"""Certificates from externally collected counts or bounds. No torch."""

from __future__ import annotations

from engine.replay.records import ReplayResult, ReplaySummary, Selection
from engine.replay.rows import ReplayRow, ReplayRows

__all__ = ["ReplayResult", "ReplayRow", "ReplayRows", "ReplaySummary", "Selection"]
