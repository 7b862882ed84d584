from __future__ import annotations

import pytest

from engine.evidence.cost import Cost, duration


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.0, "about 1 s"),
        (12.2, "about 13 s"),
        (61, "about 2 min"),
        (3600, "about 1 h 0 min"),
        (7199, "about 2 h 0 min"),
        (90_000, "about 1 d 1 h"),
    ],
)
def test_durations_round_up(seconds, words):
    assert duration(seconds) == words


def test_a_cost_in_words():
    cost = Cost(samples=1100, seconds_each=10.9)
    assert cost.seconds == pytest.approx(11_990)
    assert cost.in_words() == "about 3 h 20 min (1,100 samples at 10.9 s)"


def test_the_cells_of_a_map_are_at_most_so_many():
    cost = Cost(samples=512, seconds_each=0.2, things="cells")
    assert cost.in_words() == "at most about 2 min (512 cells at 0.2 s)"
