"""The flags that say what of a model's output is read: a class, a label, places or numbers."""

from __future__ import annotations

import inspect

from engine.cli.flags import RARE, flag


def reading_flags() -> list[inspect.Parameter]:
    """Which output is read, and how."""
    return [
        flag(
            "output",
            "Which output of a model with several is read, by name or place; with --threshold the "
            "label that it is for. keypoints, boxes or numbers (also as NAME:keypoints) for a "
            "model that names no classes.",
            RARE,
        ),
        flag(
            "tolerance",
            "For keypoints, boxes and numbers: how far each may be from the model's answer without "
            "noise, in cells of its heatmaps, in pixels, or as they are.",
            RARE,
            float | None,
        ),
        flag(
            "threshold",
            "For a single score, or one of several labels that may hold at once: the label holds "
            "above it. 0 for a logit, 0.5 for a probability.",
            RARE,
            float | None,
        ),
    ]
