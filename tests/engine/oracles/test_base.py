from __future__ import annotations

from tests.sayings import keyword_oracle


def test_an_oracle_without_a_reference_needs_none():
    oracle = keyword_oracle()
    assert not oracle.needs_reference
    assert oracle.with_reference("anything") is oracle
