"""A scheme with the facts of an input asks and answers as the scheme does with these."""

from __future__ import annotations

import numpy as np

from engine.schemes.of_input import OfInput
from engine.schemes.stumps_fields import StumpsFields
from tests.engine.schemes.test_stumps_fields import MODEL, ROW


def test_it_is_the_scheme_at_that_input(bounds) -> None:
    scheme = StumpsFields(sigma=0.4)
    facts = scheme.compute(ROW, MODEL)
    one, again = OfInput.of(scheme, facts), OfInput.of(scheme, dict(reversed(facts.items())))
    assert one == again and hash(one) == hash(again)
    assert one.terms == scheme.terms
    assert one.utmost(bounds(0.5)) == scheme.region(bounds(0.5), facts)
    changes = [{"fields": 1.0, "radius": radius} for radius in (0.0, 0.1, 0.5)]
    found = one.required_probabilities(changes)
    assert found == [scheme.required_probability(change, facts) for change in changes]
    assert found == sorted(found)
    assert one.transformed(np.zeros((1, 1, 1)), changes[0]) is None
