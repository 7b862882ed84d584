"""What the published fixed anchors take, where that is known."""

from __future__ import annotations

import numpy as np

from bench.rotation import BATCH, FIXED, MOST, Cost, fixed
from engine.schemes import Rotation
from tests.engine.procedures.test_sweep import IMAGE, Along, given

SCHEME = Rotation(sigma=0.3, degrees=30)


def test_a_sure_class_takes_one_batch_at_each_anchor_and_one_that_is_lost_all_votes() -> None:
    sure = Along(np.zeros(IMAGE.shape), -1.0)
    assert fixed(sure, given(), SCHEME, 0) == (FIXED * BATCH, 1.0)
    assert fixed(sure, given(), SCHEME, 1) == (FIXED * MOST, 0.0)
    assert fixed(sure, given(), SCHEME, None) == (0, 0.0)


def test_times_are_of_samples() -> None:
    cost = Cost("m", "i", -30.0, 30.0, 128, 5_000, 1.0, 4_000_000, 1.0)
    assert cost.times == 800
