"""What settings can come to at best, so that hopeless ones are seen before a run."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from engine.bounds import bound_method
from engine.core.records import ProbabilityBounds, Votes
from engine.evidence.settings import Counting
from engine.planning.records import Prospect, Requirement
from engine.regions import Perturbation, Region
from engine.regions.base import counted
from engine.schemes import Scheme
from engine.schemes.threshold import threshold

TINY = 1e-9
"""Stands for a strength that is not 0, however small."""


def prospect(settings: Counting) -> Prospect:
    """What the smallest changes need, and what votes that all agree would certify.

    Once per setting: a scheme may make its tables here.
    """
    scheme, best, bounds = settings.scheme, unanimous(settings), ceiling(settings)
    return Prospect(
        scheme=scheme,
        n=settings.n,
        best=best,
        ceiling=None if bounds is None else bounds.p_lower,
        at_rest=_at_rest(scheme, best),
        needs=tuple(
            Requirement(
                perturbation=text_of(change),
                in_words=in_words(best, change),
                p_lower=needed,
                reachable=best is not None and best.contains(change),
            )
            for change, needed in smallest(scheme)
        ),
    )


def _at_rest(scheme: Scheme, best: Region | None) -> Requirement | None:
    counted_terms = [name for name, term in scheme.terms.items() if term.whole]
    if not counted_terms:
        return None
    nothing = {name: term.neutral for name, term in scheme.terms.items()}
    one = len(counted_terms) == 1
    return Requirement(
        perturbation="",
        in_words=counted(0, unit_of(best, counted_terms[0])) if one else "no change",
        p_lower=scheme.required_probability(nothing),
        reachable=best is not None,
    )


def unanimous(settings: Counting) -> Region | None:
    """What the settings certify if all n votes are for one class; None for nothing."""
    return settings.scheme.utmost(_agreed(settings))


def ceiling(settings: Counting) -> ProbabilityBounds | None:
    """The bounds of n votes that all agree; None where the noise is enumerated."""
    if settings.scheme.counted is not None:
        return None
    return _agreed(settings)


def _agreed(settings: Counting) -> ProbabilityBounds:
    votes, method = Votes(counts=(settings.n, 0)).supposed(0), bound_method(settings.bound)
    return method.at(votes, top=0, alpha=settings.alpha, n_plan=settings.n)


def smallest(scheme: Scheme) -> Iterator[tuple[Perturbation, float]]:
    """The smallest changes that need anything, and the p_lower they need.

    As few counted terms as possible are 1 and the others 0, with a strength next to nothing: one
    word, or one addition in one node. Where nothing is counted there are none: any change, however
    small, needs p_lower above one half, or the threshold tau.
    """
    counted = [name for name, term in scheme.terms.items() if term.whole]
    found: list[set[str]] = []
    for size in range(1, len(counted) + 1):
        for terms in combinations(counted, size):
            if any(known <= set(terms) for known in found):
                continue
            change = {
                name: float(name in terms) if term.whole else TINY
                for name, term in scheme.terms.items()
            }
            needed = scheme.required_probability(change)
            if needed > threshold(scheme):  # less than that the unchanged input needs too
                found.append(set(terms))
                yield change, needed


def unit_of(region: Region | None, term: str) -> str:
    """What a counted term counts, in the plural: ``fields`` for the words of a table."""
    return term if region is None else region.unit_of(term)


def in_words(region: Region | None, change: Perturbation) -> str:
    """The terms that are counted, for people: ``1 addition and 1 node``."""
    named = [(value, unit_of(region, term)) for term, value in change.items() if value >= 1]
    return " and ".join(counted(int(value), unit) for value, unit in named)


def text_of(change: Perturbation) -> str:
    """The terms that are counted: ``entities=1``."""
    return ",".join(f"{term}={value:g}" for term, value in change.items() if value >= 1)
