"""An attack on a row of a table, for the eye: replace greedily what hurts most, move the numbers.

It illustrates what an attacker may do; it proves nothing and is no bound on what attacks reach.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from engine.explain.directions import random_direction, slope
from engine.figures import FieldStep, RowAttack
from engine.models.base import Classifier

Row = tuple[torch.Tensor, torch.Tensor]
"""Standardised numbers (F,) and codes (G,)."""

_GREEDY = 4
"""Fields that are chosen one after the other; the rest follow by what they did last."""
_MOST = 1024
"""Changed rows that are tried in each round."""
_STEP = 0.5
"""Standard deviations by which numbers are moved to see what that does."""


def find_row_attack(
    classifier: Classifier, x: Row, *, arities: Sequence[int], top: int, key: int
) -> RowAttack:
    """How to change a row so that the lead of ``top`` without noise falls.

    Args:
        classifier: prepared, and bound to the row.
        x: the row.
        arities: number of values of each field.
        top: the class that is certified.
        key: of the random choices, where a field has more values than there is time for.
    """
    direction, how = _direction(classifier, x, top, key)
    return RowAttack(
        steps=_steps(classifier, x, arities, top, key),
        direction=tuple((direction / direction.norm().clamp(min=1e-12)).double().tolist()),
        how=f"greedy: the fields with the largest effect first; the numbers: {how}",
    )


def _steps(
    classifier: Classifier, x: Row, arities: Sequence[int], top: int, key: int
) -> tuple[FieldStep, ...]:
    drawn, codes = np.random.default_rng(key), x[1].clone()
    open_fields, taken = list(range(len(arities))), list[FieldStep]()
    while open_fields:
        best = _best(classifier, (x[0], codes), open_fields, arities, top, drawn)
        if len(taken) == _GREEDY:
            return (*taken, *best)
        taken.append(best[0])
        codes[best[0].field] = best[0].code
        open_fields.remove(best[0].field)
    return tuple(taken)


def _best(
    classifier: Classifier,
    x: Row,
    fields: Sequence[int],
    arities: Sequence[int],
    top: int,
    drawn: np.random.Generator,
) -> list[FieldStep]:
    """For each field the value that leaves the smallest lead; the smallest leads first."""
    each = max(1, _MOST // len(fields))
    tried = [
        FieldStep(field=field, code=(int(x[1][field]) + int(shift)) % arities[field])
        for field in fields
        for shift in 1 + drawn.permutation(arities[field] - 1)[:each]
    ]
    codes = x[1].repeat(len(tried), 1)
    for row, step in enumerate(tried):
        codes[row, step.field] = step.code
    lead = leads(classifier, (x[0].expand(len(tried), -1), codes), top).tolist()
    ranked = sorted(zip(lead, range(len(tried)), strict=True))
    first: dict[int, FieldStep] = {}
    for _, place in ranked:
        first.setdefault(tried[place].field, tried[place])
    return list(first.values())


def leads(classifier: Classifier, batch: Row, top: int) -> torch.Tensor:
    """(B,) by how much the score of ``top`` leads; infinite where scores are not finite."""
    with torch.inference_mode():
        scores = classifier.scores(batch).double()
    others = torch.cat([scores[:, :top], scores[:, top + 1 :]], dim=1).max(dim=1).values
    return torch.nan_to_num(scores[:, top] - others, nan=torch.inf)


def _direction(classifier: Classifier, x: Row, top: int, key: int) -> tuple[torch.Tensor, str]:
    if classifier.differentiable:
        found = slope(classifier, x, top)
        if found is not None:
            return found, "down the gradient"
    steps = _STEP * torch.eye(len(x[0]), device=x[0].device)
    rows = torch.cat([x[0] + steps, x[0] - steps])
    lead = leads(classifier, (rows, x[1].expand(len(rows), -1)), top)
    up, down = lead.split(len(x[0]))
    found = torch.nan_to_num(down - up, posinf=0.0, neginf=0.0).float()
    if found.norm() > 0:
        return found, f"down the slope seen over {_STEP:g} standard deviations either way"
    return random_direction(x[0].shape, key, 0, x[0].device), "in a random direction"
