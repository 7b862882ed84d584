"""The noise that a model file says it was trained with, read without loading the model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from engine.core.errors import UserError
from engine.core.fields import checked
from engine.models.demo import WEIGHTS, catalogue
from engine.models.header import read_header
from engine.models.training_noise import training_scheme
from engine.schemes import Gaussian, Scheme, parse_scheme

_LONGEST_CARD = 1 << 20


def own_noise(spec: str) -> Scheme | None:
    """The scheme of a shipped model or a safetensors file of ours; None where it does not say.

    Only a default for flags that were not given: what runs is stated in the evidence.
    """
    path = {shipped.name: shipped.path for shipped in catalogue()}.get(spec, Path(spec))
    try:
        if not path.is_file() or path.suffix != WEIGHTS:
            return None
        card = _card(path.with_suffix(".json"))
        stated, _ = training_scheme(read_header(path), card)
        if stated is not None:
            return parse_scheme(stated)
        sigma = card.get("training_sigma")
        return None if sigma is None else checked(Gaussian, sigma=float(sigma))
    except (OSError, ValueError, TypeError, UserError):
        return None


def _card(path: Path) -> dict[str, Any]:
    if not path.is_file() or path.stat().st_size > _LONGEST_CARD:
        return {}
    found = json.loads(path.read_text(encoding="utf-8"))
    return found if isinstance(found, dict) else {}
