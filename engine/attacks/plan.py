"""How hard to attack, and what is not attacked at all. No torch."""

from __future__ import annotations

from pydantic import Field

from engine import schemes
from engine.attacks.measure import KNOWN
from engine.core.records import Record
from engine.core.scores import SOFT
from engine.evidence.attack import AttackRecord
from engine.evidence.evidence import Evidence
from engine.schemes import Scheme


class AttackPlan(Record):
    """How hard to attack.

    Attributes:
        samples: votes of each look of the search.
        n: votes of each run of PREDICT that is to confirm a change.
        alpha: chance that any of these confirms wrongly.
    """

    samples: int = Field(default=1000, ge=100, le=1_000_000)
    n: int = Field(default=10_000, ge=100, le=10**9)
    alpha: float = Field(default=0.001, gt=0, lt=1)

    def answered(self, attack: AttackRecord | None) -> bool:
        """Whether an attack was made by this plan, so that another would come to the same."""
        if attack is None or attack.outcome == "not tried":
            return False
        if attack.counted or attack.computed:  # whatever the plan
            return True
        return (attack.samples, attack.n, attack.alpha) == (self.samples, self.n, self.alpha)


def refusal(evidence: Evidence) -> str:
    """Why this run is not attacked, in a sentence; empty if it is."""
    scheme = evidence.settings.scheme
    if evidence.procedure != "certify" or evidence.predicted_class is None:
        return "Nothing is certified here, so that there is nothing to hold an attack against."
    if scheme.mapped:
        return (
            f"No attack is built for {scheme.key}: its map marks the changes at which the network "
            "gives another answer itself, the middles of violated cells."
        )
    if isinstance(scheme, schemes.TranslationBlack):
        return (
            f"No attack is built for {scheme.key}: its certificate has tried every shift itself, "
            "and is about the model alone, not about votes."
        )
    if evidence.model.generation is not None:
        return "No attack is built for generative models."
    if evidence.settings.bound == SOFT:
        return (
            "No attack is built for a soft claim: PREDICT, which confirms attacks, tests votes, "
            "and the claim is about mean scores."
        )
    if evidence.settings.kind not in ("certify", "exact", "sweep"):
        return f"No attack is built for {scheme.key}: its claim is made of many inputs' votes."
    other = [term for term in scheme.terms if term not in KNOWN]
    if other and not transforms(scheme):
        return f"No attack is built for {scheme.key}: nothing measures its {', '.join(other)}."
    return ""


def transforms(scheme: Scheme) -> bool:
    """Whether parameters alone say what becomes of an input."""
    return type(scheme).transformed is not Scheme.transformed
