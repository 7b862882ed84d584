import pytest

from engine.schemes.semantic import against_half


def test_one_sided_bounds_are_taken_as_they_are_and_two_sided_ones_meet_in_the_middle(bounds):
    assert against_half(bounds(0.9)) == 1 - 0.9
    assert against_half(bounds(0.9, 0.3)) == 1 - 0.9
    both = against_half(bounds(0.6, 0.2))
    assert 0.3 <= both == pytest.approx(0.3)
    assert against_half(bounds(0.4, 0.3)) < 0.5


def test_bounds_that_do_not_tell_the_class_from_others_certify_nothing(bounds):
    for pair in ((0.5, 0.5), (0.4, 0.4), (0.3, 0.7), (0.5, 0.9)):
        assert against_half(bounds(*pair)) >= 0.5
