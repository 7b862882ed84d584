"""From what an oracle says to what is true: the transfer of a bound through audited errors.

A generative model's answers are turned into classes by an oracle O, which errs. The certificate of
the composite (oracle after model) needs no assumption about it. A statement about the true class O*
needs a bound on the oracle's errors at the clean input's noise. With truth p = P(O* = A) and
observed q = P(O = A),

    q = p (1 - e0) + (1 - p) e1,    e1 = P(O = A | O* != A),    e0 = P(O != A | O* = A),

so q <= p + (1 - p) e1 whatever e0 is, and p >= (q - e1) / (1 - e1). That the observed share bounds
the true one from below, as is sometimes said, holds for symmetric errors alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from engine.bounds import clopper_pearson


def true_lower(q_lower: float, false_accept: float) -> float:
    """Lower bound on P(O* = A) from a lower bound on P(O = A); rounded down.

    Args:
        q_lower: of the composite, in [0, 1].
        false_accept: upper bound on e1; 1 leaves nothing.
    """
    if false_accept >= 1.0 or q_lower <= false_accept:
        return 0.0
    return _down((q_lower - false_accept) / (1.0 - false_accept))


def observed_needed(p_required: float, false_accept: float) -> float:
    """What q_lower must reach so that :func:`true_lower` reaches ``p_required``: p + e1 (1 - p)."""
    return p_required + false_accept * (1.0 - p_required)


@dataclass(frozen=True)
class Audit:
    """Answers drawn under the clean input's noise and labelled by a person, for one class A.

    They must be a random draw of the answers, not those that somebody picked. They may be among the
    votes: the chances of error add up whether or not the two bounds are independent.

    Attributes:
        accepted_true: the oracle said A and the person agreed.
        accepted_false: the oracle said A, the person something else.
        rejected_true: the oracle said something else, the person A.
        rejected_false: neither said A.
    """

    accepted_true: int
    accepted_false: int
    rejected_true: int
    rejected_false: int

    @property
    def labelled(self) -> int:
        """All answers the person looked at."""
        return self.accepted_true + self.accepted_false + self.rejected_true + self.rejected_false

    def false_accept(self, alpha: float) -> float:
        """Clopper-Pearson upper bound on e1; 1 where no answer was truly something else."""
        return _error(self.accepted_false, self.accepted_false + self.rejected_false, alpha)


@dataclass(frozen=True)
class Transfer:
    """A claim about the true class.

    Attributes:
        p_lower: lower bound on P(O* = A).
        q_lower: lower bound on P(O = A), with chance ``alpha_votes`` of being wrong.
        false_accept: upper bound on e1, with chance ``alpha_audit`` of being wrong.
        alpha_votes, alpha_audit: the two chances.
    """

    p_lower: float
    q_lower: float
    false_accept: float
    alpha_votes: float
    alpha_audit: float

    @property
    def alpha(self) -> float:
        """Chance that the claim is wrong: the two together."""
        return self.alpha_votes + self.alpha_audit


def transfer(q_lower: float, audit: Audit, *, alpha_votes: float, alpha_audit: float) -> Transfer:
    """The claim about the true class, from the votes' bound and an audit."""
    false_accept = audit.false_accept(alpha_audit)
    return Transfer(
        p_lower=true_lower(q_lower, false_accept),
        q_lower=q_lower,
        false_accept=false_accept,
        alpha_votes=alpha_votes,
        alpha_audit=alpha_audit,
    )


def _error(errors: int, answers: int, alpha: float) -> float:
    return clopper_pearson.upper(errors, answers, alpha) if answers else 1.0


def _down(value: float) -> float:
    """Below the exact quotient or difference of its terms, whichever way they were rounded."""
    return math.nextafter(value - 1e-15, -1.0)
