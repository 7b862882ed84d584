from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from engine.evidence.observations import ClassVotes, Exact, Observations, OrderStatistics

EACH: list[Observations] = [
    ClassVotes(selection=(9, 1), estimation=(90, 8), estimation_failures=2, guess=0),
    Exact(selection=(200, 55), estimation=(200, 55), guess=0),
    OrderStatistics(n=4, failures=1, ranks=(1, 3), values=((1.0, 2.0),)),
]


def test_the_kind_alone_says_which_record_it_is() -> None:
    reader: TypeAdapter[Observations] = TypeAdapter(Observations)
    for one in EACH:
        assert reader.validate_json(one.model_dump_json()) == one
    assert len({one.kind for one in EACH}) == 3
    with pytest.raises(ValidationError):
        reader.validate_python({"kind": "heard", "n": 3})
    with pytest.raises(ValidationError):
        reader.validate_python({**EACH[0].model_dump(), "kind": "order statistics"})


@pytest.mark.parametrize(
    ("change", "clause"),
    [
        ({"failures": 5}, "ranks are not those"),
        ({"ranks": (1, 4)}, "ranks are not those"),
        ({"ranks": (3, 1)}, "ranks are not those"),
        ({"ranks": (1,)}, "not every output has a value"),
        ({"values": ((2.0, 1.0),)}, "values fall"),
    ],
)
def test_order_statistics_that_cannot_be_are_told(change: dict[str, object], clause: str) -> None:
    assert EACH[2].contradictions() == []  # type: ignore[union-attr]
    (said, *_) = EACH[2].model_copy(update=change).contradictions()  # type: ignore[union-attr]
    assert clause in said
