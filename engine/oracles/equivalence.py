"""Whether an answer says the same as one reference answer, fixed before the first sample."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from engine.core.errors import UserError
from engine.core.records import OracleIdentity
from engine.oracles.base import LONGEST_ANSWER, UNPARSEABLE, Oracle

KEY = "equivalence"
CLASSES = ("same as the reference", "different", UNPARSEABLE)
_ARTICLES = frozenset({"a", "an", "the"})
_LONGEST_REFERENCE = 4000


class Similarity(Protocol):
    """How alike two answers are."""

    @property
    def facts(self) -> Mapping[str, Any]:
        """What decides it, for the oracle's rules."""

    def prepare(self, device: str) -> None:
        """Get ready to compare there."""

    def between(self, reference: str, answers: Sequence[str]) -> list[float]:
        """A number for each answer, at most 1, larger for more alike."""


class TokenOverlap:
    """F1 of the words that two answers share, without case, punctuation and articles."""

    facts: Mapping[str, Any] = {"measure": "tokens"}

    def prepare(self, device: str) -> None:
        """Nothing to do: words are counted on the host."""

    def between(self, reference: str, answers: Sequence[str]) -> list[float]:
        """Harmonic mean of the shares of either answer's words that the other one has."""
        ours = words(reference)
        return [_f1(ours, words(answer)) for answer in answers]


class EquivalenceOracle(Oracle):
    """Same, different, or unparseable where there are no words at all.

    Args:
        similarity: how alike two answers are.
        threshold: from this on they count as the same.
        reference: the answer to compare with; empty until :meth:`with_reference` gives the model's
            own answer to the clean input.
        source: the file of the description.
    """

    def __init__(
        self,
        similarity: Similarity,
        *,
        threshold: float,
        reference: str,
        source: str,
        identity: OracleIdentity | None = None,
    ) -> None:
        self._similarity = similarity
        self._threshold = threshold
        self.reference = reference
        against = "a given answer" if reference else "the model's answer to the clean input"
        measure = similarity.facts["measure"]
        # An identity is fixed before the input is known; its reference is a rule, not a text.
        self.identity = identity or OracleIdentity(
            key=KEY,
            source=source,
            summary=f"says the same as {against} ({measure}, at least {threshold:g})",
            class_names=CLASSES,
            rules={
                "oracle": KEY,
                **similarity.facts,
                "threshold": threshold,
                "reference": reference or None,
            },
        )

    @property
    def needs_reference(self) -> bool:
        """Whether no reference is fixed yet."""
        return not self.reference

    def with_reference(self, answer: str) -> Oracle:
        """This oracle with a reference.

        Raises:
            UserError: the answer has no words, or there is a reference already.
        """
        if not self.needs_reference:
            return self
        if not words(answer):
            raise UserError(
                "The model's answer to the clean input has no words, so that nothing can be "
                "compared with it; give the oracle a reference."
            )
        return EquivalenceOracle(
            self._similarity,
            threshold=self._threshold,
            reference=answer,
            source=self.identity.source,
            identity=self.identity,
        )

    def prepare(self, device: str) -> None:
        """Get the comparison ready."""
        self._similarity.prepare(device)

    def classify(self, answers: Sequence[str]) -> list[int]:
        """0 same, 1 different, 2 no words."""
        texts = [answer[:LONGEST_ANSWER] for answer in answers]
        alike = self._similarity.between(self.reference, texts)
        return [
            2 if not words(text) else int(not value >= self._threshold)
            for text, value in zip(texts, alike, strict=True)
        ]


def from_description(content: Mapping[str, Any], source: str) -> EquivalenceOracle:
    """The oracle of ``{"oracle": "equivalence", "measure": "tokens", "threshold": 0.7}``.

    ``reference`` fixes the answer to compare with; ``"measure": "embedding"`` takes a sentence
    model, ``"model": FOLDER``.

    Raises:
        UserError: no such description.
    """
    threshold = content.get("threshold", 0.7)
    number = isinstance(threshold, (int, float)) and not isinstance(threshold, bool)
    if not number or not 0 < threshold <= 1:
        raise UserError(f"{source}: the threshold must be a number above 0 and at most 1.")
    reference = str(content.get("reference") or "")
    if len(reference) > _LONGEST_REFERENCE or (reference and not words(reference)):
        raise UserError(
            f"{source}: the reference must have words, and at most {_LONGEST_REFERENCE:,} "
            "characters."
        )
    return EquivalenceOracle(
        _similarity(content, source),
        threshold=float(threshold),
        reference=reference,
        source=source,
    )


def words(text: str) -> list[str]:
    """The words of an answer, without case, punctuation and articles."""
    return [word for word in re.findall(r"\w+", text.casefold()) if word not in _ARTICLES]


def _similarity(content: Mapping[str, Any], source: str) -> Similarity:
    measure = content.get("measure", "tokens")
    if measure == "tokens":
        return TokenOverlap()
    if measure == "embedding":
        from engine.oracles.classifier import Embedding

        return Embedding.of(content, source)
    raise UserError(f"{source}: the measure must be tokens or embedding (it was '{measure}').")


def _f1(ours: list[str], theirs: list[str]) -> float:
    if not ours or not theirs:
        return 0.0
    shared = sum((Counter(ours) & Counter(theirs)).values())
    return 2 * shared / (len(ours) + len(theirs))
