"""What no recount shows: numbers that come out otherwise when they are drawn again."""

from __future__ import annotations

import pytest

from engine.core.outputs import Outputs
from engine.evidence.evidence import Evidence
from engine.evidence.observations import OrderStatistics
from engine.verify.medians import check_numbers
from tests.factories import make_evidence

STATED = OrderStatistics(n=10, ranks=(1, 10), values=((1.0, 5.0),))


@pytest.fixture
def evidence() -> Evidence:
    found = make_evidence()
    outputs = Outputs(kind="numbers", names=("age",))
    model = found.model.model_copy(update={"outputs": outputs})
    return found.model_copy(update={"observations": STATED, "model": model})


def test_the_same_numbers_hold_up_to_rounding(evidence: Evidence) -> None:
    again = STATED.model_copy(update={"values": ((1.00001, 5.0),)})
    assert check_numbers(evidence, again, whole=True).verdict == "holds"
    assert check_numbers(evidence, again, whole=False).verdict == "cannot be checked"


@pytest.mark.parametrize("change", [{"values": ((1.1, 5.0),)}, {"failures": 1}, {"n": 9}])
def test_other_numbers_do_not_hold(evidence: Evidence, change: dict[str, object]) -> None:
    again = STATED.model_copy(update=change)
    assert check_numbers(evidence, again, whole=True).verdict == "does not hold"
