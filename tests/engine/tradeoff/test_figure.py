from engine.tradeoff.figure import axis_end, tradeoff_figure
from tests.engine.tradeoff.test_records import ONE


def test_axes_end_a_little_above_the_largest_certified_norm():
    figure = tradeoff_figure(ONE, most=4)
    assert figure.entities == (1, 2, 3, 4)
    assert 0.9 * 1.2 < figure.epsilons[-1] < 1.6
    assert figure.inputs == (1, 1)


def test_shares_follow_the_records():
    figure = tradeoff_figure(ONE, most=4)
    gaussian = figure.shares[0]
    assert all(row == gaussian[0] for row in gaussian)  # the norm alone counts
    assert [share for share in figure.shares[1][3] if share] == []  # four pixels are too many
    assert figure.reaches[1] == (figure.epsilons[-1],) * 3 + (None,)


def test_an_axis_without_any_certificate():
    assert axis_end([[None, None]]) == 1.0
