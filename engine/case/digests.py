"""What is digested in a case file, and what makes two runs 'the same'."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from engine.core.records import InputIdentity, ModelIdentity, Votes
from engine.evidence.settings import RunSettings
from engine.evidence.vote_chain import chain_facts, chain_start

_HOW = ("batch", "device")
"""Settings that decide how fast the votes come, not which come."""
_TRIES = ("seed", "n0", "n", "target_radius", "target", *_HOW)
"""Whoever changes these alone tries the same thing again."""


def digest(*parts: Any) -> str:
    """SHA-256 over the canonical JSON of some parts.

    A damaged row may hold bytes in the place of a text: its digest is that of no text.
    """
    text = json.dumps(
        parts, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=_no_text
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _no_text(part: bytes) -> dict[str, str]:
    return {"bytes": part.hex()}


def subject(
    model: ModelIdentity, image: InputIdentity, settings: RunSettings, procedure: str = "certify"
) -> str:
    """The same for all runs that try the same claim again: 'run k of m' counts within it."""
    tried = _without(_without_idle(settings), _TRIES)
    return digest("subject v1", procedure, _function(model), image.pixels_sha256, tried)


def _without_idle(settings: RunSettings) -> RunSettings:
    """Whoever changes a field that decides nothing tries the same claim again."""
    scheme = settings.scheme
    usual = {name: type(scheme).model_fields[name].default for name in scheme.idle()}
    return settings.model_copy(update={"scheme": scheme.model_copy(update=usual)})


def same_run(model: ModelIdentity, image: InputIdentity, settings: RunSettings) -> str:
    """The same for runs that count the very same votes to the same end."""
    return digest("run v1", _function(model), image.pixels_sha256, _without(settings, _HOW))


def start_hash(
    model: ModelIdentity,
    image: InputIdentity,
    settings: RunSettings,
    *,
    key: str,
    selection: Votes,
) -> str:
    """The hash before the first block of a CERTIFY run (``ChainRecord.start``)."""
    facts = chain_facts(
        settings,
        model_sha256=model.sha256,
        pixels_sha256=image.pixels_sha256,
        key=0,
        selection=selection,
    )
    # The key as it stands in the file: a damaged one is no number, and must not pass for one.
    return chain_start({**facts, "key": key})


def progress_digest(run_id: str, selection: str, n: int, head: str) -> str:
    """Over the row that says how far a run is."""
    return digest("progress v1", run_id, selection, n, head)


def run_digest(row: Mapping[str, Any] | Sequence[Any]) -> str:
    """Over a run's configuration: its own row, its model's and its input's."""
    return digest("configuration v1", list(row.values()) if isinstance(row, Mapping) else list(row))


def _function(model: ModelIdentity) -> list[Any]:
    """What decides which function the base classifier is."""
    return [
        model.sha256,
        model.architecture,
        model.normalization,
        list(model.input_shape),
        list(model.class_names),
    ]


def _without(settings: RunSettings, names: tuple[str, ...]) -> dict[str, Any]:
    return settings.model_dump(mode="json", exclude=set(names))
