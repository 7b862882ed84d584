"""Words or fields to replace, what hurts most first, and which way to move what stands beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from engine.core.batches import Batch, parts
from engine.explain.directions import random_direction, slope
from engine.explain.presenter import Ready
from engine.figures.examples import Arrays
from engine.inputs.base import Array
from engine.models.base import Classifier
from engine.regions.region import Budget

_GREEDY = 4
"""Places that are chosen one after the other; the rest follow by what they did last."""
_BATCH = 256
_STEP = 0.5
"""How far single numbers are moved to see what that does, in standard deviations."""

Steps = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Substitutions:
    """How codes are replaced and numbers beside them moved, for any count and strength.

    Attributes:
        arrays: the input: codes (L,), after numbers or pixels where there are some.
        steps: (place, code), those to take first leading.
        direction: of l2 norm 1, how the numbers are moved; None for codes alone.
    """

    arrays: Arrays
    steps: Steps
    direction: Array | None = None

    def change(self, budget: Budget) -> Arrays | None:
        """The first steps taken and the numbers moved; None for a count beside additions.

        Additions put something in the place of code 0, deletions code 0 in the place of others.
        """
        taken = self.steps[: budget.things or 0]
        if budget.additions is not None or budget.deletions is not None:
            if budget.things is not None:
                return None
            added = [step for step in self.steps if step[1]][: budget.additions or 0]
            gone = [step for step in self.steps if not step[1]][: budget.deletions or 0]
            taken = (*added, *gone)
        codes = self.arrays[-1].copy()
        for place, code in taken:
            codes[place] = code
        if self.direction is None:
            return (codes,)
        return ((self.arrays[0] + budget.strength * self.direction).astype(np.float32), codes)


def substitutions(
    ready: Ready,
    arrays: Arrays,
    arities: Sequence[int],
    *,
    top: int,
    tries: int,
    words: tuple[str, str],
) -> tuple[Substitutions, str]:
    """An attack on the lead of ``top`` without noise, and how it was found.

    Args:
        ready: the model.
        arrays: the input.
        arities: number of codes at each place.
        top: the class to attack.
        tries: changed inputs to try; too few, and codes are drawn at random.
        words: what the codes and what the numbers are called.
    """
    steps, greedy = find_steps(
        ready.classifier, ready.x, arities, top=top, key=ready.key, tries=tries
    )
    how = f"greedy: the {words[0]} with the largest effect first"
    how = how if greedy else f"{words[0]} at random"
    if len(arrays) == 1:
        return Substitutions(arrays, steps), how
    direction, way = find_direction(ready.classifier, ready.x, top, ready.key)
    unit = direction / direction.norm().clamp(min=1e-12)
    return (
        Substitutions(arrays, steps, unit.double().cpu().numpy()),
        f"{how}; the {words[1]}: {way}",
    )


def find_steps(
    classifier: Classifier, x: Batch, arities: Sequence[int], *, top: int, key: int, tries: int
) -> tuple[Steps, bool]:
    """Codes to replace by how much each lowers the lead of ``top``; False if they are random."""
    codes, drawn = parts(x)[-1].clone(), np.random.default_rng(key)
    places = [place for place, arity in enumerate(arities) if arity > 1]
    rounds = min(_GREEDY, len(places))
    each = tries // max(1, rounds * len(places))
    if not each:
        chosen = [(place, _others(codes, arities, place, drawn)[0]) for place in places]
        return tuple(chosen[i] for i in drawn.permutation(len(chosen))), False
    taken: list[tuple[int, int]] = []
    best: list[tuple[int, int]] = []
    for _ in range(rounds):
        tried = [
            (place, code)
            for place in places
            for code in _others(codes, arities, place, drawn)[:each]
        ]
        best = _ranked(tried, _leads_after(classifier, x, codes, tried, top))
        taken.append(best[0])
        codes[best[0][0]] = best[0][1]
        places.remove(best[0][0])
    return (*taken, *best[1:]), True


def _others(
    codes: torch.Tensor, arities: Sequence[int], place: int, drawn: np.random.Generator
) -> list[int]:
    """The codes that may replace the one at ``place``, in random order."""
    arity = arities[place]
    shifts = 1 + drawn.permutation(arity - 1)
    found: list[int] = ((int(codes[place]) + shifts) % arity).tolist()
    return found


def _ranked(tried: Sequence[tuple[int, int]], leads: torch.Tensor) -> list[tuple[int, int]]:
    """For each place the code that leaves the smallest lead; the smallest leads first."""
    first: dict[int, tuple[int, int]] = {}
    for i in leads.argsort(stable=True).tolist():
        first.setdefault(tried[i][0], tried[i])
    return list(first.values())


def _leads_after(
    classifier: Classifier,
    x: Batch,
    codes: torch.Tensor,
    tried: Sequence[tuple[int, int]],
    top: int,
) -> torch.Tensor:
    """The lead of ``top`` after each substitution."""
    found = []
    for some in torch.tensor(tried, device=codes.device).split(_BATCH):
        changed = codes.repeat(len(some), 1)
        changed[torch.arange(len(some), device=codes.device), some[:, 0]] = some[:, 1]
        found.append(leads(classifier, with_codes(x, changed), top))
    return torch.cat(found)


def with_codes(x: Batch, codes: torch.Tensor) -> Batch:
    """A batch of one input with other codes (B, L)."""
    if isinstance(x, torch.Tensor):
        return codes
    return (*(part.expand(len(codes), *part.shape) for part in x[:-1]), codes)


def leads(classifier: Classifier, batch: Batch, top: int) -> torch.Tensor:
    """(B,) by how much the score of ``top`` leads; infinite where scores are not finite."""
    with torch.inference_mode():
        scores = classifier.scores(batch).double()
    others = torch.cat([scores[:, :top], scores[:, top + 1 :]], dim=1).max(dim=1).values
    return torch.nan_to_num(scores[:, top] - others, nan=torch.inf)


def find_direction(
    classifier: Classifier, x: Batch, top: int, key: int
) -> tuple[torch.Tensor, str]:
    """How to move the first part so that the lead of ``top`` falls, and how that was found."""
    numbers, *rest = parts(x)
    found = slope(classifier, (numbers, *rest), top) if classifier.differentiable else None
    if found is not None:
        return found, "down the gradient"
    if numbers.ndim == 1:  # few enough to look at one by one
        steps = _STEP * torch.eye(len(numbers), device=numbers.device)
        rows = torch.cat([numbers + steps, numbers - steps])
        lead = leads(classifier, (rows, *(part.expand(len(rows), -1) for part in rest)), top)
        up, down = lead.split(len(numbers))
        found = torch.nan_to_num(down - up, posinf=0.0, neginf=0.0).float()
        if found.norm() > 0:
            return found, f"down the slope seen over {_STEP:g} standard deviations either way"
    return random_direction(numbers.shape, key, 0, numbers.device), "in a random direction"
