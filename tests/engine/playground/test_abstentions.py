from __future__ import annotations

import pytest

from engine.playground.abstentions import REMEDIES, abstention
from engine.playground.run import Run, exact_at


@pytest.mark.parametrize("cause", REMEDIES)
def test_each_cause_is_the_true_one(cause):
    """Judged by quadrature: what the class's probability is, and whether the guess is the top."""
    shown = abstention(cause)
    done = Run(shown.plane, shown.plan, shown.at, shown.number).finish()
    exact = exact_at(shown.plane, shown.plan, shown.at)
    assert done.abstention is not None and done.abstention.reason == cause
    majority = max(exact.probabilities) > 0.5
    right = done.selection.top == exact.top
    assert {"wrong-guess": majority and not right, "below-half": not majority}.get(
        cause, majority and right
    )
    assert shown.remedy == REMEDIES[cause]
