from fractions import Fraction

import numpy as np
import pytest

from engine.certificates.dssn import (
    GRID,
    cells,
    certified_steps,
    grid_radius,
    grid_required,
    levels,
    template,
)

LAMBDAS = (0.1, 0.2, 0.25, 0.3, 0.45, 0.5, 0.75, 1.2)


@pytest.mark.parametrize("lam", LAMBDAS)
def test_one_grid_step_changes_one_vote_at_most(lam):
    """Every grey level, every sample, every offset the template may start from."""
    width = levels(lam)
    values = np.arange(GRID + 1)
    seen = cells(values[:, None], np.arange(width)[None, :], width)
    changed = (seen[1:] != seen[:-1]).sum(axis=1)
    assert changed.max() == 1


@pytest.mark.parametrize("lam", LAMBDAS)
def test_cells_are_the_middles_between_cuts(lam):
    width = levels(lam)
    rng = np.random.default_rng(0)
    for value, offset in zip(rng.integers(0, 256, 40), rng.integers(0, width, 40), strict=True):
        cuts = [Fraction(2 * (int(offset) + k * width) + 1, 2) for k in range(-600, 600)]
        low = max(Fraction(0), max(cut for cut in cuts if cut < value))
        high = min(Fraction(GRID), min(cut for cut in cuts if cut > value))
        found = cells(np.array([value]), np.array([offset]), width)[0]
        assert Fraction(int(found), 4) == (low + high) / 2


def test_samples_as_published():
    """Pixels 0, 128, 255 with the offsets 172, 47, 117; values after formula (x~) of the paper."""
    for width, offsets, expected in [
        (382, (172, 47, 117), (0.3382352888584137, 0.593137264251709, 0.7303921580314636)),
        (127, (44, 47, 117), (0.08725490421056747, 0.43529409170150757, 0.9794117212295532)),
    ]:
        found = cells(np.array([0, 128, 255]), np.array(offsets), width) / (4 * GRID)
        assert found == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("counts", "top", "steps"),
    [
        ((300, 82, 0), 0, 109),
        ((191, 190, 1), 0, 0),
        ((190, 192, 0), 1, 0),
        ((200, 100, 82), 0, 50),
        ((0, 382, 0), 1, 190),
        ((187, 195, 0), 1, 3),
        ((186, 196, 0), 1, 4),
    ],
)
def test_published_radii(counts, top, steps):
    assert certified_steps(counts[top], rival(counts, top)) == steps


def rival(counts: tuple[int, ...], top: int) -> int:
    """Most votes of another class, one more where it comes before."""
    return max(n + (b < top) for b, n in enumerate(counts) if b != top)


def smoothed(counts: tuple[int, ...]) -> int:
    return counts.index(max(counts))


def test_the_radius_is_the_largest_that_no_change_of_votes_beats():
    """All ways to move k votes from the top class to one other."""
    for counts in [(9, 3, 1), (4, 9, 2), (5, 5, 2), (3, 4, 4), (0, 1, 0), (6, 2, 5)]:
        top = smoothed(counts)
        steps = certified_steps(counts[top], rival(counts, top))
        for k in range(counts[top] + 1):
            kept = all(
                smoothed(tuple(n - k * (c == top) + k * (c == b) for c, n in enumerate(counts)))
                == top
                for b in range(3)
                if b != top
            )
            assert kept == (k <= steps)


def test_a_class_that_is_not_ahead_has_no_radius():
    assert certified_steps(3, 9) == certified_steps(5, 6) == -1
    assert certified_steps(5, 5) == 0


def test_the_template_is_fixed_and_spread():
    first = template(3072, 127)
    assert first[:4].tolist() == template(4, 127).tolist()
    assert first.min() == 0 and first.max() == 126
    assert np.bincount(first, minlength=127).max() < 60


def test_levels_cut_off():
    assert [levels(lam) for lam in (0.25, 0.5, 0.75)] == [127, 255, 382]


def test_radius_from_shares():
    """lambda (p_A - p_B), rounded down; its inverse against one half."""
    assert grid_radius(0.9, 0.1, 255) == pytest.approx(0.4, abs=1e-11)
    assert grid_radius(0.9, 0.1, 255) < 0.4
    assert grid_radius(0.6, 0.1, 510) == pytest.approx(0.5, abs=1e-11)
    assert grid_required(0.4, 255) == pytest.approx(0.9, abs=1e-11)
    assert grid_required(0.0, 255) == 0.5
    assert grid_required(0.6, 255) > 1
