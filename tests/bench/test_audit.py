"""The set that is measured; its figures are not checked here."""

from bench.audit import certified
from bench.subjects import SUBJECTS


def test_a_set_of_different_inputs_is_certified() -> None:
    assert certified(SUBJECTS[0], "fp32", 3, 100) > 0
