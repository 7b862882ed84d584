"""What the answers of a median-smoothing run amount to: intervals and a statement. No torch.

The procedure ends in these facts, and a verifier works them out again from the recorded ranks.
"""

from __future__ import annotations

from typing import Any

from engine.bounds import bound_method
from engine.certificates.median import Ends, interval_ends, middle, needed, rounded_up
from engine.core.outputs import OutputInterval, Outputs
from engine.core.records import InputIdentity
from engine.core.rounding import confidence_percent, exact
from engine.evidence import statement
from engine.evidence.observations import OrderStatistics
from engine.evidence.settings import MeasureSettings
from engine.evidence.subject import subject
from engine.procedures.noise_record import distance
from engine.regions import Abstention
from engine.schemes.base import NO_FACTS, Facts

_LADDER = 100
"""Values that are kept of each output beside the ends and the middle, evenly spaced by rank."""
_MOST_NAMED = 24


class MedianRule:
    """Which answers bound the medians, under the settings of one run.

    Args:
        settings: of the run.
        outputs: of the model.
        elements: numbers in its input, for what exact noise costs.
        facts: of the input.
    """

    def __init__(
        self, settings: MeasureSettings, outputs: Outputs, elements: int, facts: Facts = NO_FACTS
    ) -> None:
        self.settings, self.outputs = settings, outputs
        required = settings.scheme.required_probability(settings.change, facts)
        self.q = rounded_up(required, distance(settings, elements))
        """What the probability of an event must exceed to stay above one half."""

    def ends(self, answered: int, n: int) -> Ends | None:
        """Ranks of the ends; None where n does not reach, or may not be stopped at."""
        if not bound_method(self.settings.bound).extendable and n != self.settings.n:
            return None
        return interval_ends(answered, n, **self._given)

    def ranks(self, answered: int, n: int) -> set[int]:
        """Those that the intervals need."""
        return {*(self.ends(answered, n) or ()), *(middle(answered, n) or ())}

    def kept(self, answered: int, n: int) -> set[int]:
        """Those that are recorded: a ladder of them too, which shows how the answers lie."""
        ladder = {max(1, -(-answered * step // _LADDER)) for step in range(_LADDER + 1)}
        return self.ranks(answered, n) | (ladder if answered else set())

    def intervals(self, observed: OrderStatistics) -> tuple[OutputInterval, ...]:
        """Where every median stays.

        Raises:
            IndexError: a rank that they need was not kept.
        """
        ends = self.ends(observed.answered, observed.n)
        centre = middle(observed.answered, observed.n)
        found = []
        for output, name in enumerate(self.outputs.labels):
            between = None
            if centre is not None:
                between = sum(observed.at(rank, output) for rank in centre) / 2
            low, high = (None, None) if ends is None else (observed.at(r, output) for r in ends)
            found.append(OutputInterval(name=name, lower=low, median=between, upper=high))
        return tuple(found)

    @property
    def needed(self) -> int:
        """The least n that reaches, if every sample has an answer; 0 where none does."""
        return needed(**self._given)

    @property
    def _given(self) -> dict[str, Any]:
        return {
            "outputs": len(self.outputs.labels),
            "q": self.q,
            "alpha": self.settings.alpha,
            "bound": self.settings.bound,
        }


def median_facts(
    rule: MedianRule, observed: OrderStatistics, given: InputIdentity
) -> dict[str, Any]:
    """The fields of evidence that follow from the answers, complete or stopped.

    Args:
        rule: of the run.
        observed: its answers.
        given: the input, and how it was fitted to the model.
    """
    settings = rule.settings
    intervals = rule.intervals(observed) if observed.n else ()
    certified = any(one.bounded for one in intervals)
    abstention = None if certified else _abstention(rule, observed)
    said = (
        statement.abstained(abstention)
        if abstention is not None
        else _claim(rule, observed, intervals, given)
    )
    return {
        "outcome": "certified" if certified else "abstained",
        "complete": observed.n == settings.n,
        "predicted_class": None,
        "class_name": None,
        "abstention": abstention,
        "statement": said,
        "intervals": intervals,
    }


def _claim(
    rule: MedianRule,
    observed: OrderStatistics,
    intervals: tuple[OutputInterval, ...],
    given: InputIdentity,
) -> str:
    settings, scheme = rule.settings, rule.settings.scheme
    (term,) = scheme.terms.values()
    unit = f" ({term.unit})" if term.unit else ""
    shown = ", ".join(one.in_words() for one in intervals[:_MOST_NAMED])
    if len(intervals) > _MOST_NAMED:
        shown += f", and {len(intervals) - _MOST_NAMED:,} more in the table"
    words = (
        f"With confidence {confidence_percent(settings.alpha)} %, for every change of this "
        f"{subject(scheme, given)} whose {term.meaning.removesuffix(' of the change')} is at most "
        f"{exact(settings.epsilon)}{unit}, the median under the noise of each of the model's "
        f"outputs stays within its interval: {shown}"
    )
    words += f" ({rule.outputs.unit})." if rule.outputs.unit else "."
    parts = [words]
    if settings.law.arithmetic == "exact grid":
        parts.append(statement.exact_grid())
    if observed.n < settings.n:
        parts.append(statement.partial(observed.n, settings.n, valid=True))
    return " ".join(parts)


def _abstention(rule: MedianRule, observed: OrderStatistics) -> Abstention:
    settings, n = rule.settings, observed.n
    if not n:
        return Abstention(reason="no-votes", sentence="the run ended before its first answer.")
    if not bound_method(settings.bound).extendable and n != settings.n:
        return Abstention(
            reason="stopped-early",
            sentence=f"the bound {settings.bound} holds at n = {settings.n:,} alone, and the run "
            f"ended after {n:,}.",
        )
    least = rule.needed
    if not least:
        return Abstention(
            reason="out-of-reach",
            sentence=f"changes of size {exact(settings.epsilon)} are so large under this noise "
            "that no number of samples bounds a median; choose a smaller epsilon, or more noise.",
        )
    if observed.failures and least <= n:
        return Abstention(
            reason="below-half",
            sentence=f"{observed.failures:,} of {n:,} answers were not finite, and could have been "
            "anything: look at the model's weights and normalisation.",
        )
    return Abstention(
        reason="too-few-samples",
        sentence=f"with n = {n:,} no interval has an end; epsilon {exact(settings.epsilon)} and "
        f"alpha {exact(settings.alpha)} need at least {least:,} samples.",
        n_needed=least,
    )
