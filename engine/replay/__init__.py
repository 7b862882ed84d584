"""Certificates from externally collected counts or bounds. No torch."""

from __future__ import annotations

from engine.replay.records import ReplayResult, ReplayRow, ReplaySummary, Selection

__all__ = ["ReplayResult", "ReplayRow", "ReplaySummary", "Selection"]
