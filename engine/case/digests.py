"""What is digested in a case file, and what makes two runs 'the same'."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from engine.core.records import InputIdentity, ModelIdentity, Votes
from engine.evidence.settings import RunSettings, hashed, task_of
from engine.evidence.vote_chain import chain_facts, chain_starts


def digest(*parts: Any) -> str:
    """SHA-256 over the canonical JSON of some parts.

    A damaged row may hold bytes in the place of a text: its digest is that of no text.
    """
    text = _CANONICAL.encode(parts)
    return hashlib.sha256(text.encode()).hexdigest()


def _no_text(part: bytes) -> dict[str, str]:
    return {"bytes": part.hex()}


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=_no_text)


def subject(model: ModelIdentity, image: InputIdentity, settings: RunSettings) -> str:
    """The same for all runs that try the same claim again: 'run k of m' counts within it.

    Another seed, n0, n or target tries the same thing again; a field that decides nothing beside
    the others makes no new one. The names are those that the first case files had.
    """
    scheme = settings.scheme
    usual = {name: type(scheme).model_fields[name].default for name in scheme.idle()}
    found = hashed(settings)
    tried = {
        "alpha": found.alpha,
        "bound": settings.bound or "live",
        "noise": found.noise,
        "precision": settings.precision,
        "scheme": scheme.model_copy(update=usual).model_dump(mode="json"),
    }
    return digest("subject v1", task_of(settings), model.function, image.pixels_sha256, tried)


def same_input(one: InputIdentity, other: InputIdentity) -> bool:
    """Whether what a result says of its input is true of another, wherever its file lies now.

    The same pixels may come from another file, with another label or fitting: their votes are the
    same, and what is said of them is not.
    """
    return one.model_copy(update={"source": ""}) == other.model_copy(update={"source": ""})


def same_run(model: ModelIdentity, image: InputIdentity, settings: RunSettings) -> str:
    """The same for runs that count the very same votes to the same end."""
    facts = settings.model_dump(mode="json", exclude={"seed_origin"})
    return digest("run v1", model.function, image.pixels_sha256, facts)


def start_hashes(
    model: ModelIdentity,
    image: InputIdentity,
    settings: RunSettings,
    *,
    key: str,
    selection: Votes,
) -> tuple[str, str]:
    """The hash before the first block of a run (``ChainRecord.start``), and of older programs."""
    facts = chain_facts(
        settings,
        model=model,
        pixels_sha256=image.pixels_sha256,
        key=0,
        selection=selection,
    )
    # The key as it stands in the file: a damaged one is not a number, and must not pass for one.
    return chain_starts({**facts, "key": key})


def progress_digest(run_id: str, selection: str, n: int, head: str, asked_again: str) -> str:
    """Over the row that says how far a run is; rows without the last column are older."""
    more = (asked_again,) if asked_again else ()
    return digest("progress v1", run_id, selection, n, head, *more)


def run_digest(row: Mapping[str, Any] | Sequence[Any]) -> str:
    """Over a run's configuration: its own row, its model's and its input's."""
    return digest("configuration v1", list(row.values()) if isinstance(row, Mapping) else list(row))
