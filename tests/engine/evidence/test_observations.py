from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from engine.evidence.observations import ClassVotes, Exact, Observations, OrderStatistics

EACH: list[Observations] = [
    ClassVotes(selection=(9, 1), estimation=(90, 8), estimation_failures=2, guess=0),
    Exact(selection=(200, 55), estimation=(200, 55), guess=0),
    OrderStatistics(n=4, failures=1, least=((1.0, 2.0),), greatest=((3.0, 2.0),)),
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
