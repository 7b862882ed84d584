"""What a file of weights and the card beside it say about the noise of the training."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from engine.core.errors import UserError
from engine.schemes import parse_scheme


def stated_encoding(metadata: Mapping[str, str], card: Mapping[str, Any]) -> str:
    """How a noised image is laid out, as header or card state it; empty if neither does."""
    return str(metadata.get("encoding") or card.get("encoding") or "")


def training_scheme(
    metadata: Mapping[str, str], card: Mapping[str, Any]
) -> tuple[dict[str, Any] | None, str]:
    """The scheme that a model was trained for, and a note where what is stated is not understood.

    The header states it as JSON, ``{"key": "ablation", "keep": 16, ...}``, the card as an object.
    It decides no claim, only warnings and suggestions, so that a wrong one is no refusal.
    """
    stated = _stated(metadata.get("training_scheme"), card)
    if stated is None:
        return None, ""
    try:
        if isinstance(stated, dict):
            return parse_scheme(stated).model_dump(), ""
    except UserError:
        pass
    return None, "It states training noise that is not known here."


def _stated(header: str | None, card: Mapping[str, Any]) -> object:
    if not header:
        return card.get("training_scheme")
    try:
        return json.loads(header)
    except (ValueError, RecursionError):
        return header
