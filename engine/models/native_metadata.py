"""What a model file of ours and its card say beside the weights: classes, words, training noise.

Loads no torch: forms and flags take their defaults from it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from engine import schemes
from engine.core.errors import UserError, quoted
from engine.core.fields import checked
from engine.core.records import ModelIdentity
from engine.models.demo import WEIGHTS, catalogue
from engine.models.kinds import STUMPS_ARCHITECTURE, kind_of, read_header
from engine.schemes import Gaussian, Scheme, parse_scheme

_LONGEST_NAME = 80
_TREES, _TREE_KINDS = (".json", ".txt"), ("xgboost", "lightgbm")
_LONGEST_CARD = 1 << 20


def listed(metadata: Mapping[str, str], key: str) -> tuple[str, ...]:
    """Names that an entry lists as JSON; none where it does not."""
    content = stored(metadata, key)
    if not isinstance(content, list):
        return ()
    return tuple(quoted(name, _LONGEST_NAME) for name in content)


def stored(metadata: Mapping[str, str], key: str) -> Any:
    """The value of an entry in JSON; None where there is none."""
    try:
        return json.loads(metadata.get(key, "null"))
    except (ValueError, RecursionError):
        return None


def training_sigma(scheme: Mapping[str, Any] | None) -> float | None:
    """The level of a training scheme's Gaussian part."""
    sigma = (scheme or {}).get("sigma")
    return float(sigma) if isinstance(sigma, (int, float)) else None


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


def taught_scheme(model: ModelIdentity) -> Scheme | None:
    """The scheme whose noise the model saw in training; None where that is not known.

    A file may state what no scheme here has: that is not known either.
    """
    try:
        if model.training_scheme is not None:
            return parse_scheme(model.training_scheme)
        if model.training_sigma is not None and model.kind in Gaussian.inputs:
            return checked(Gaussian, sigma=model.training_sigma)
    except UserError:
        return None
    return None


def proposed_scheme(model: ModelIdentity) -> Scheme:
    """What to smooth a newly opened model with.

    That which a shipped model was made for, at the level of noise it was trained with; else as it
    was trained; else the first that fits it.
    """
    if (shown := _made_for(model)) is not None:
        return shown
    if model.architecture == STUMPS_ARCHITECTURE:
        return taught_scheme(model) or schemes.Stumps()
    fitting = (scheme for scheme in schemes.SCHEMES if model.kind in scheme.inputs)
    return taught_scheme(model) or next(fitting, Gaussian)()


def _made_for(model: ModelIdentity) -> Scheme | None:
    """What a shipped model's card says that it is there for; None where that is its own noise.

    A network for turned images is trained with Gaussian noise, on which rotations rest too.
    """
    path = {shipped.name: shipped.path for shipped in catalogue()}.get(model.source)
    key = _card(path.with_suffix(".json")).get("made_for") if path is not None else None
    if key is None or model.training_sigma is None:
        return None
    return checked(schemes.scheme_class(key), sigma=model.training_sigma)


def common_noise(models: Sequence[str]) -> Scheme | None:
    """The noise that every member of an ensemble says it was trained with; None where they differ.

    Args:
        models: as for :func:`own_noise`, one or several.
    """
    own = [own_noise(model) for model in models]
    return own[0] if own and all(each == own[0] for each in own) else None


def own_noise(spec: str) -> Scheme | None:
    """The scheme of a shipped model or a safetensors file of ours; None where it does not say.

    Only a default for flags that were not given: what runs is stated in the evidence.
    """
    path = {shipped.name: shipped.path for shipped in catalogue()}.get(spec, Path(spec))
    try:
        if path.suffix in _TREES and path.is_file() and kind_of(str(path)) in _TREE_KINDS:
            return schemes.Stumps()
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
