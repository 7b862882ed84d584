from __future__ import annotations

import pytest

from gui.playground.steps import STEPS, step_of


def test_every_step_carries_one_sentence_and_a_key_of_its_own():
    assert len({step.key for step in STEPS}) == len({step.shortcut for step in STEPS}) == len(STEPS)
    for step in STEPS:
        assert step.sentence.endswith(".") and step.sentence.count(". ") == 0
        assert len(step.sentence) < 170
        assert step_of(step.key) is step
    with pytest.raises(KeyError):
        step_of("questions")
