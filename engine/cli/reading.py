"""Whether a vote is certified, or where a model's numbers stay."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from engine.cli.flags import RUN, flag
from engine.core.errors import UserError


def epsilon_flag() -> inspect.Parameter:
    """Median smoothing instead of a vote."""
    return flag(
        "epsilon",
        "For keypoints, boxes and numbers: where the median of each stays under every change of at "
        "most this size, e.g. its l2 norm, instead of whether all stay within a tolerance.",
        RUN,
        float | None,
        metavar="X",
    )


def measures(values: Mapping[str, Any]) -> bool:
    """Whether intervals are asked for.

    Raises:
        UserError: flags beside --epsilon mean nothing there.
    """
    if values.get("epsilon") is None:
        return False
    idle = {
        "tolerance": "--tolerance",
        "threshold": "--threshold",
        "n0": "--n0",
        "target": "--target",
        "target_radius": "--target-radius",
        "at": "--at",
        "oracle_labels": "--oracle-labels",
    }
    given = [name for key, name in idle.items() if values.get(key) not in (None, "", [], ())]
    if given:
        raise UserError(
            f"{given[0]} means nothing beside --epsilon, which asks for intervals of medians and "
            "not for a vote; leave one of them out."
        )
    return True
