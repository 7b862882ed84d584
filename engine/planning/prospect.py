"""What settings can come to at best, so that hopeless ones are seen before a run."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from engine.bounds import bound_method
from engine.planning.records import Prospect, Requirement
from engine.records import Votes
from engine.regions import Perturbation, Region
from engine.schemes import Scheme
from engine.settings import RunSettings

TRIVIAL = 0.5
"""A change that needs no more than this needs nothing."""
TINY = 1e-9
"""Stands for a strength that is not 0, however small."""


def prospect(settings: RunSettings) -> Prospect:
    """What the smallest changes need, and what votes that all agree would certify.

    Once per setting: a scheme may make its tables here.
    """
    scheme, best = settings.scheme, unanimous(settings)
    return Prospect(
        scheme=scheme,
        n=settings.n,
        best=best,
        needs=tuple(
            Requirement(
                perturbation=text_of(change),
                p_lower=needed,
                reachable=best is not None and best.contains(change),
            )
            for change, needed in smallest(scheme)
        ),
    )


def unanimous(settings: RunSettings) -> Region | None:
    """What the settings certify if all n votes are for one class; None for nothing."""
    scheme, votes = settings.scheme, Votes(counts=(settings.n, 0))
    if scheme.samples() is not None:
        return scheme.region_of_counts(votes, 0)
    method = bound_method(settings.bound)
    return scheme.region(method.at(votes, top=0, alpha=settings.alpha, n_plan=settings.n))


def smallest(scheme: Scheme) -> Iterator[tuple[Perturbation, float]]:
    """The smallest changes that need anything, and the p_lower they need.

    As few counted terms as possible are 1 and the others 0, with a strength next to nothing: one
    word, or one addition in one node. Where nothing is counted there are none: any change, however
    small, needs p_lower above one half.
    """
    counted = [term for term in scheme.terms if term in scheme.counts]
    found: list[set[str]] = []
    for size in range(1, len(counted) + 1):
        for terms in combinations(counted, size):
            if any(known <= set(terms) for known in found):
                continue
            change = {
                term: float(term in terms) if term in scheme.counts else TINY
                for term in scheme.terms
            }
            needed = scheme.required_probability(change)
            if needed > TRIVIAL:
                found.append(set(terms))
                yield change, needed


def text_of(change: Perturbation) -> str:
    """The terms that are counted: ``entities=1``."""
    return ",".join(f"{term}={value:g}" for term, value in change.items() if value >= 1)
