"""A tiny table, end to end."""

from __future__ import annotations

import threading

import pytest
import torch

from engine.core.errors import UserError
from engine.core.generators import result_of
from engine.models.architectures.keypoint_cnn import KeypointCNN
from engine.pruning.lab import Pruning, prune
from engine.pruning.records import TUNED, UNPRUNED, PrunedRow, PruningSettings

SETTINGS = PruningSettings(
    methods=("usn", "random"),
    seeds=2,
    cuts=1,
    steps=2,
    last_steps=2,
    images=1,
    cells=4,
    examples=64,
    tested=20,
)


def test_a_table_has_a_row_for_every_score_and_seed_and_hands_its_networks_over() -> None:
    seen: list[Pruning] = []
    kept: list[tuple[PrunedRow, KeypointCNN]] = []
    table = result_of(
        prune("demo:aircraft", SETTINGS, keep=lambda row, net: kept.append((row, net))),
        seen.append,
    )
    named = [(row.method, row.seed) for row in table.rows]
    assert named == [
        *((UNPRUNED, 0), (TUNED, 0), ("usn", 0), ("random", 0)),
        *((TUNED, 1), ("usn", 1), ("random", 1)),
    ]
    assert [row for row, _ in kept] == list(table.rows)
    assert table.rows[0].accuracy >= 0.9 and table.rows[0].weights == 14_915
    assert {row.weights for row in table.rows if row.cuts} == {6_571}
    assert all(sum(one.kept for one in cut) == 52 for row in table.rows for cut in row.cuts)
    shares = [now.share for now in seen]
    assert shares == sorted(shares) and shares[-1] == 1.0 and seen[-1].rows == seen[-1].total == 7
    assert torch.get_num_threads() == threads_before


threads_before = torch.get_num_threads()


def test_without_a_model_each_seed_trains_its_own_and_a_stop_keeps_what_is_done() -> None:
    stop = threading.Event()

    def seen(now: Pruning) -> None:
        if now.rows == 1:
            stop.set()

    table = result_of(prune("", SETTINGS, stop=stop), seen)
    assert [(row.method, row.seed) for row in table.rows] == [(UNPRUNED, 0)]
    assert table.rows[0].accuracy < 0.9  # four steps from random weights
    with pytest.raises(UserError, match="the lab prunes detectors"):
        result_of(prune("demo:digits-0.25", SETTINGS))
