"""Cuts: how many stay, which, and that a stop leaves nothing half done."""

from __future__ import annotations

import threading

import torch

from engine.core.generators import result_of
from engine.models.architectures.keypoint_cnn import KeypointCNN
from engine.pruning.channels import HIDDEN, widths
from engine.pruning.progressive import best, goals, pruned, steps_of
from engine.pruning.records import PruningSettings
from engine.training.aircraft import Part

SETTINGS = PruningSettings(cuts=2, steps=2, last_steps=3, keep=0.6)


def test_goals_fall_by_like_shares_and_leave_one() -> None:
    assert goals(16, PruningSettings(keep=0.5, cuts=3)) == [13, 10, 8]
    assert goals(3, PruningSettings(keep=0.05, cuts=1)) == [1]


def test_the_highest_stay_in_their_order_and_of_equal_ones_the_first() -> None:
    scores = torch.tensor([2.0, 5.0, 1.0, 5.0, 2.0])
    assert best(scores, 3).tolist() == [0, 1, 3]


def test_the_lowest_of_each_layer_go_and_the_same_seed_gives_the_same(
    small: KeypointCNN, drawn: Part
) -> None:
    runs = [pruned(small, drawn, "magnitude", 4, SETTINGS, threading.Event()) for _ in range(2)]
    steps: list[int] = []
    first, again = result_of(runs[0], steps.append), result_of(runs[1])
    assert first is not None and again is not None
    assert steps == list(range(1, steps_of(SETTINGS) + 1)) == [1, 2, 3, 4, 5, 6, 7]
    assert widths(first.network) == {"conv1": 2, "conv2": 4, "conv3": 3}
    for cut in first.cuts:
        for name in HIDDEN:
            scores = {one.score: one.kept for one in cut if one.layer == name}
            gone = [score for score, kept in scores.items() if not kept]
            stay = [score for score, kept in scores.items() if kept]
            assert max(gone, default=min(stay)) <= min(stay)
    assert first.cuts == again.cuts
    weights = zip(first.network.parameters(), again.network.parameters(), strict=True)
    assert all(torch.equal(a, b) for a, b in weights)
    assert widths(small) == {"conv1": 4, "conv2": 6, "conv3": 5}


def test_a_stop_ends_it_without_a_network(small: KeypointCNN, drawn: Part) -> None:
    stop = threading.Event()
    run = pruned(small, drawn, "random", 0, SETTINGS, stop)
    assert next(run) == 1
    stop.set()
    assert result_of(run) is None
