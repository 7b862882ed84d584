"""A noise law that is counted whole: nothing is drawn, so no words of chance belong in its report.

All samples are counted twice: the first count names the class, the second bounds it, and a model
that answers one image in two ways is noticed because the two differ.
"""

from __future__ import annotations

from engine.evidence.evidence import Evidence
from engine.report.content import Fact
from engine.report.numbers import count, lower, upper


def samples_counted(evidence: Evidence) -> int | None:
    """How many samples the noise law has, where a run counts them all; None where it samples."""
    settings = evidence.settings
    return settings.n if settings.kind == "exact" else None


def shares(evidence: Evidence) -> tuple[Fact, ...]:
    """The exact shares that take the place of bounds."""
    bounds = evidence.bounds
    if bounds is None:
        return ()
    sense = "" if bounds.valid else " (no claim)"
    return (
        Fact("p of the class", lower(bounds.p_lower), f"its share, rounded down{sense}"),
        Fact("p of others", upper(bounds.p_upper), f"largest share, ties counted{sense}"),
    )


def key_facts(evidence: Evidence, samples: int) -> tuple[Fact, ...]:
    """How much was counted, in the place of alpha, n, n0 and the bound."""
    return (
        Fact("noise samples", count(samples), "all that the noise law has"),
        Fact("counted", *_counts(evidence)),
        Fact("confidence", "none needed", "nothing is drawn at random"),
    )


def _counts(evidence: Evidence) -> tuple[str, str]:
    votes = evidence.votes
    if not evidence.complete:
        return "not to the end", "nothing is claimed before"
    first = (votes.selection, votes.selection_failures)
    if first == (votes.estimation, votes.estimation_failures):
        return "all, twice", "both counts agree"
    return "all, twice", "the counts differ: the model is not a function"


def decision(samples: int) -> tuple[str, ...]:
    """The decision rule: the counts decide."""
    return (
        f"The noise law has {count(samples)} samples, and all of them were to be counted, twice. "
        "The first count names the class; the certified region follows from the second. If the two "
        "counts differ, the model is not a function of its input, and nothing is claimed.",
        "Nothing is sampled, so the rule has no chance of error and no confidence level; it rests "
        "on the model answering every image as it did when it was counted. Certified numbers are "
        "rounded down, upper bounds up.",
    )


def repetition() -> str:
    """What a second run has in common with this one."""
    return (
        "There is no seed: every run counts the same samples, in the same order, whatever the "
        "batch size."
    )


def check(evidence: Evidence) -> tuple[str, ...]:
    """How a reader gets from the counts to the region."""
    votes = evidence.votes
    counts = ", ".join(
        f"'{name}' {count(votes.estimation[index])}"
        for index, name in enumerate(evidence.model.class_names)
        if votes.estimation[index]
    )
    if evidence.bounds is None or not evidence.bounds.valid:
        return (f"The counts ({counts or 'none'}) support no claim; the abstention says why.",)
    return (f"Put the counts ({counts or 'none'}) into the theorem named under Method.",)
