"""Exact methods: no claim rests on what was drawn, so no words of chance belong in their reports.

A noise law that is counted whole is counted twice: the first count names the class, the second
bounds it, and a model that answers one image in two ways is noticed because the two differ. Where
the probability is computed from the model itself, votes are drawn beside it, once.
"""

from __future__ import annotations

from engine.evidence.evidence import Evidence
from engine.evidence.run_view import RunView
from engine.report.content import Fact
from engine.report.numbers import count, lower, upper


def samples_counted(evidence: RunView) -> int | None:
    """How many samples an exact method counts; None where a claim rests on samples."""
    settings = evidence.settings
    return settings.n if settings.kind == "exact" else None


def is_computed(evidence: RunView) -> bool:
    """Whether the probability was computed from the model."""
    return evidence.settings.scheme.computed


def is_map(evidence: RunView) -> bool:
    """Whether the model's network was bounded over cells of parameters."""
    return evidence.settings.scheme.mapped


def grows(evidence: RunView) -> bool:
    """Whether something is to be seen over n: bounds, or votes that come to what was computed.

    The cells of a map are bounded one by one, and the images beside it bound nothing.
    """
    return not is_map(evidence) and (is_computed(evidence) or not samples_counted(evidence))


def shares(evidence: Evidence) -> tuple[Fact, ...]:
    """The exact shares that take the place of bounds."""
    bounds = evidence.bounds
    if bounds is None:
        return ()
    sense = "" if bounds.valid else " (no claim)"
    if is_map(evidence):
        note = "share of the box, rounded down"
        return (Fact("certified share", lower(bounds.p_lower), note),)
    if is_computed(evidence):
        return (
            Fact("p of the class", lower(bounds.p_lower), f"computed, rounded down{sense}"),
            Fact("p of others", upper(bounds.p_upper), f"computed, rounded up{sense}"),
        )
    return (
        Fact("p of the class", lower(bounds.p_lower), f"its share, rounded down{sense}"),
        Fact("p of others", upper(bounds.p_upper), f"largest share, ties counted{sense}"),
    )


def key_facts(evidence: Evidence, samples: int) -> tuple[Fact, ...]:
    """How much was counted, in the place of alpha, n, n0 and the bound."""
    if is_computed(evidence):
        return (
            *_rounding(evidence),
            Fact(
                "images beside" if is_map(evidence) else "votes beside",
                count(evidence.bounds.n if evidence.bounds else 0),
                "no claim rests on them",
            ),
            Fact("confidence", "none needed", "the claim does not rest on anything drawn"),
        )
    return (
        Fact("noise samples", count(samples), "all that the noise law has"),
        Fact("counted", *_counts(evidence)),
        Fact("confidence", "none needed", "nothing is drawn at random"),
    )


def _rounding(evidence: Evidence) -> tuple[Fact, ...]:
    """How far apart the bounds on a computed probability lie, because of its lattice."""
    known = evidence.settings.scheme.known(evidence.facts)
    if known is None or is_map(evidence):
        return ()
    said = "between the bounds on p of others, by rounding sums to a lattice"
    return (Fact("cost of rounding", upper(known.outside - known.least), said),)


def _counts(evidence: Evidence) -> tuple[str, str]:
    votes = evidence.votes
    if not evidence.complete:
        return "not to the end", "nothing is claimed before"
    first = (votes.selection, votes.selection_failures)
    if first == (votes.estimation, votes.estimation_failures):
        return "all, twice", "both counts agree"
    return "all, twice", "the counts differ: the model is not a function"


def decision(evidence: Evidence, samples: int) -> tuple[str, ...]:
    """The decision rule: the counts decide, or what was computed."""
    if is_map(evidence):
        return (
            "Over each cell every number of the network lies between two affine functions of the "
            "two parameters, worked out layer by layer in float64 and rounded outwards. A cell is "
            "certified if these leave no other answer for any change in it. Otherwise it is "
            "halved, as long as the number of cells lasts; it is violated if the network gives "
            "another answer at its middle. Nothing is sampled for the claim: it has no chance of "
            "error and no confidence level.",
            f"Beside it {count(samples)} images under random changes of the box are given to the "
            "model as it runs. If their share could not come from the certified cells (chance "
            "1e-9), nothing is claimed.",
        )
    if is_computed(evidence):
        return (
            f"{evidence.settings.scheme.rule_in_words()} Nothing is sampled for the claim: it has "
            "no chance of error and no confidence level. Certified numbers are rounded down.",
            f"Beside it {count(samples)} noisy inputs are classified. If their share could not "
            "come from the computed probability (chance 1e-9), nothing is claimed.",
        )
    return (
        f"The noise law has {count(samples)} samples, and all of them were to be counted, twice. "
        "The first count names the class; the certified region follows from the second. If the two "
        "counts differ, the model is not a function of its input, and nothing is claimed.",
        "Nothing is sampled, so the rule has no chance of error and no confidence level; it rests "
        "on the model answering every image as it did when it was counted. Certified numbers are "
        "rounded down, upper bounds up.",
    )


def repetition(evidence: Evidence) -> str:
    """What a second run has in common with this one."""
    if is_computed(evidence):
        beside = "images" if is_map(evidence) else "votes"
        return (
            f"There is no seed: every run computes the same, and draws the same {beside} beside it."
        )
    return (
        "There is no seed: every run counts the same samples, in the same order, whatever the "
        "batch size."
    )


def check(evidence: Evidence) -> tuple[str, ...]:
    """How a reader gets from the counts, or from what was computed, to the region."""
    if is_map(evidence):
        return (
            "certiscope verify, with the files of model and input at hand, bounds every certified "
            "cell again and asks the network at the middle of every violated one.",
        )
    if is_computed(evidence):
        return (
            "certiscope verify, with the files of model and input at hand, computes the "
            "probability again; put it into the theorem named under Method.",
        )
    votes = evidence.votes
    counts = ", ".join(
        f"'{name}' {count(votes.estimation[index])}"
        for index, name in enumerate(evidence.model.class_names)
        if votes.estimation[index]
    )
    if evidence.bounds is None or not evidence.bounds.valid:
        return (f"The counts ({counts or 'none'}) support no claim; the abstention says why.",)
    return (f"Put the counts ({counts or 'none'}) into the theorem named under Method.",)
