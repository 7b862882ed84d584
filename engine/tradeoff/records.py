"""Who is compared, and what came of it."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, SerializeAsAny

from engine.evidence import Evidence
from engine.records import Record
from engine.regions import Region
from engine.schemes import Scheme
from engine.settings import read_scheme
from engine.tradeoff.attacker import Attacker, attack_of


class Contender(Record):
    """A smoothed classifier: a base model and the noise it was trained for.

    Attributes:
        model: how the base model is named, e.g. ``demo:digits-0.25``.
        name: for people.
        scheme: the smoothing.
    """

    model: str
    name: str
    scheme: Annotated[SerializeAsAny[Scheme], BeforeValidator(read_scheme)]


class Outcome(Record):
    """What one contender could say of one input.

    Attributes:
        input: as it was named.
        label: its class, as the model counts; None where it is not known.
        predicted_class: the certified class; None when abstaining.
        class_name: its name.
        region: what is certified.
    """

    input: str
    label: int | None
    predicted_class: int | None
    class_name: str | None
    region: Region | None

    @classmethod
    def of(cls, evidence: Evidence) -> Outcome:
        """From a run's evidence."""
        return cls(
            input=evidence.input.source,
            label=evidence.input.label,
            predicted_class=evidence.predicted_class,
            class_name=evidence.class_name,
            region=evidence.region,
        )

    @property
    def correct(self) -> bool:
        """Whether the certified class is the label; where there is none, any certified class."""
        certified = self.predicted_class is not None
        return certified and self.label in (None, self.predicted_class)


class TradeOff(Record):
    """Contenders on the same inputs.

    Attributes:
        contenders: who was compared.
        outcomes: for each contender, for each input.
        inputs: how many inputs there are in all; fewer outcomes so far than that mean that the
            comparison goes on, or was stopped.
        n0, n, alpha, seed: of every run; alpha is for each statement by itself.
    """

    contenders: tuple[Contender, ...]
    outcomes: tuple[tuple[Outcome, ...], ...]
    inputs: int
    n0: int
    n: int
    alpha: float
    seed: int

    def clean_accuracy(self, contender: int) -> float | None:
        """Share of a contender's inputs that it answers, and answers correctly."""
        found = self.outcomes[contender]
        return sum(one.correct for one in found) / len(found) if found else None

    def certified(self, contender: int, attacker: Attacker) -> float | None:
        """Share of inputs that are correct and certified against ``attacker``; None before any."""
        found = self.outcomes[contender]
        attack = attack_of(self.contenders[contender].scheme, attacker)
        if not found or attack is None:
            return None
        hits = sum(
            one.correct and one.region is not None and one.region.contains(attack) for one in found
        )
        return hits / len(found)

    def winners(self, attacker: Attacker) -> list[int]:
        """The contenders with the highest certified accuracy, none if nobody certifies anything."""
        shares = [self.certified(i, attacker) or 0.0 for i in range(len(self.contenders))]
        best = max(shares, default=0.0)
        return [i for i, share in enumerate(shares) if share == best] if best > 0 else []

    def reach(self, contender: int, *, most: int) -> list[float | None]:
        """For one input: the l2 norm certified for 1, 2, ... ``most`` pixels.

        None where nothing is, infinity where any strength is (a scheme that counts pixels alone).
        """
        outcome = next(iter(self.outcomes[contender]), None)
        scheme = self.contenders[contender].scheme
        return [_reach(scheme, outcome, entities) for entities in range(1, most + 1)]


def _reach(scheme: Scheme, outcome: Outcome | None, entities: int) -> float | None:
    if outcome is None or outcome.region is None:
        return None

    def holds(epsilon: float) -> bool:
        attack = scheme.covering(entities=entities, epsilon=epsilon)
        return attack is not None and outcome.region is not None and outcome.region.contains(attack)

    if holds(_ANY):
        return float("inf")
    if not holds(_LEAST):
        return None
    low, high = _LEAST, _ANY  # holds(low), not holds(high)
    for _ in range(200):
        middle = (low + high) / 2
        if not low < middle < high:
            break
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


_LEAST, _ANY = 1e-9, 1e6
"""Norms below the first count as nothing, and no picture changes by the second."""
