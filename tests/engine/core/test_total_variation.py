from fractions import Fraction

from engine.core.total_variation import subset_total_variation, total_variation


def test_a_bernoulli_draw_is_off_by_less_than_one_step():
    """floor(p 2^63) of 2^63 integers are below the threshold."""
    for p in (0.1, 1 / 3, 0.81):
        drawn = Fraction(int(p * 2.0**63), 2**63)
        assert abs(drawn - Fraction(p)) <= Fraction(total_variation(1))


def test_symbols_are_off_by_less_than_one_step_each():
    """floor(u high / 2^63): each symbol holds floor or ceil of 2^63 / high integers."""
    for high in (3, 255, 441):
        share = Fraction(2**63 // high, 2**63)
        distance = high * abs(Fraction(1, high) - share)
        assert distance <= Fraction(total_variation(1, high))
    assert total_variation(10, 4) == 40 * 2.0**-63


def test_two_keys_of_a_subset_are_rarely_equal():
    pairs = Fraction(64 * 63, 2) / 2**63
    assert pairs <= Fraction(subset_total_variation(64))
