"""Tries: how often the same claim was attempted. Whoever may choose among tries errs more often.

Tries are counted over model, input and attacker. The model is the digest of its weights (of an
ensemble those of its members, in whatever order and by whatever rule they are asked), the input
that of the values it takes, and the attacker the terms of a perturbation with their norms and
units: l2 balls under any sigma are tries against one attacker. Another bound, alpha, n, seed,
precision or name of the same thing is another try, or the same one; never another claim.

A run that is extended under an anytime bound, or repeated on its own noise, is the same try.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from sys import intern
from typing import Any

from engine.core.records import InputIdentity, ModelIdentity
from engine.evidence.evidence import Evidence, TriesKnownTo
from engine.evidence.settings import RunSettings
from engine.regions import Term

_KNOWN: dict[TriesKnownTo, str] = {
    "case": "known to this case",
    "session": "known to this session",
}
_FORMER = {"session": "known to this session; no case was kept"}
"""As files say it that were written before every window kept its session."""


def claim_of(model: ModelIdentity, image: InputIdentity, settings: RunSettings) -> list[Any]:
    """What is tried: the same for all tries of one claim, as values of JSON."""
    terms: dict[str, Term] = (
        {} if settings.kind == "predict" else dict(settings.scheme.stated_terms())
    )
    attacker = [[name, term.meaning, term.unit] for name, term in sorted(terms.items())]
    return [_same_model(model), image.pixels_sha256, attacker]


def _same_model(model: ModelIdentity) -> Any:
    """What is the same of all tries with one model: its digest, or those of an ensemble's members.

    Whoever asks the same members in another order, one of them twice, or by another rule tries
    again; so does whoever moves a diffusion model before them to another time step.
    """
    members = [str(one.rules.get("sha256", "")) for one in model.parts if one.role == "member"]
    rule = model.part("rule")
    if not members or rule is None:
        return model.sha256
    first = rule.rules.get("consensus")
    lead = members[:first] if isinstance(first, int) and 0 < first < len(members) else members
    asked = lead if len(set(lead)) == 1 else members  # one that is asked twice agrees with itself
    known = [*sorted(set(asked)), *(one.sha256 for one in model.parts if one.role == "denoiser")]
    return known if len(known) > 1 else known[0]


def stream_of(model: ModelIdentity, settings: RunSettings) -> list[Any]:
    """Which try of its claim a run is: votes of one stream under one bound, as values of JSON.

    The n of an anytime bound does not matter; that of any other bound does.
    """
    from engine.bounds import bound_method  # loads scipy

    aside = {"seed_origin"}
    if settings.bound and bound_method(settings.bound).extendable:
        aside |= {"n", "target"}
    return [
        settings.model_dump(mode="json", exclude=aside),
        model.architecture,
        model.normalization,
        model.encoding,
        list(model.class_names),
        *([model.sha256] if model.part("member") else []),  # whose key depends on its spelling
    ]


class Ledger:
    """The tries that somebody knows of, in the order in which they began."""

    def __init__(self) -> None:
        self._streams: dict[str, list[str]] = defaultdict(list)
        self._lock = threading.Lock()

    def enter(self, claim: Any, stream: Any) -> None:
        """A run begins."""
        with self._lock:
            streams, text = self._streams[repr(claim)], intern(repr(stream))
            if text not in streams:
                streams.append(text)

    def place(self, claim: Any, stream: Any) -> tuple[int, int]:
        """Which try of its claim a run is that was entered, from 1, and how many are known."""
        streams = self._streams[repr(claim)]
        return streams.index(repr(stream)) + 1, len(streams)


SESSION = Ledger()
"""What this process began: a window, a program, or one command."""


def tries_in_words(evidence: Evidence) -> str:
    """``Try 2 of 3 known to this case.``; empty where no tries were counted, or none matters."""
    if not evidence.tries_known_to or evidence.settings.kind == "exact":
        return ""
    known = _KNOWN[evidence.tries_known_to]
    return f"Try {evidence.run_number} of {evidence.runs_counted} {known}."


def with_tries(evidence: Evidence, number: int, of: int, known_to: TriesKnownTo) -> Evidence:
    """The evidence as try ``number`` of ``of``, which its statement says."""
    claim = claim_alone(evidence) or ""
    counts = {"run_number": number, "runs_counted": of, "tries_known_to": known_to}
    found = evidence.model_copy(update=counts)
    statement = " ".join(filter(None, (claim, tries_in_words(found))))
    return found.model_copy(update={"statement": statement})


def claim_alone(evidence: Evidence) -> str | None:
    """The statement without which try it is; None if it does not end with that where it should."""
    said = tries_in_words(evidence)
    if not said:
        return evidence.statement
    known = _KNOWN[evidence.tries_known_to]
    former = said.replace(known, _FORMER.get(evidence.tries_known_to, known))
    for words in (said, former):
        if evidence.statement.endswith(words):
            return evidence.statement.removesuffix(words).rstrip()
    return None
