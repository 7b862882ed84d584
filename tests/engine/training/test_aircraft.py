"""Cells against the places that were drawn, light against its ranges, the tolerance by hand."""

from __future__ import annotations

import torch

from engine.demos.data.aircraft import SIDE, aircraft
from engine.models.architectures.keypoint_cnn import CELLS
from engine.training.aircraft import GAIN, SHIFT, batches, near, part, relit


def test_a_cell_holds_the_place_that_was_drawn():
    _, cells = part(range(5))
    for number in range(5):
        for (x, y), cell in zip(aircraft(number).places(), cells[number].tolist(), strict=True):
            row, column = divmod(cell, CELLS)
            size = SIDE / CELLS
            assert column * size <= x < (column + 1) * size
            assert row * size <= y < (row + 1) * size


def test_light_stays_in_its_ranges_and_every_image_comes_once():
    grey = torch.full((2000, 1, 1, 2), 0.5)
    grey[..., 1] = 0.25
    lit = relit(grey, torch.Generator().manual_seed(0))
    gain = 4 * (lit[..., 0] - lit[..., 1])
    shift = lit[..., 0] - 0.5 * gain
    assert float((gain - 1).abs().max()) <= GAIN + 1e-6 and float(shift.abs().max()) <= SHIFT + 1e-6
    assert float(gain.min()) < 1 - 0.9 * GAIN and float(shift.max()) > 0.9 * SHIFT
    cells = torch.arange(7)
    data = (torch.zeros(7, 1, 4, 4), cells)
    seen = [c for _, c in batches(data, 3, torch.Generator().manual_seed(1))]
    assert [len(c) for c in seen] == [3, 3, 1] and sorted(torch.cat(seen).tolist()) == list(
        range(7)
    )


def test_near_is_at_most_one_cell_across_and_down():
    cells = torch.tensor([[9], [9], [9], [7]])
    found = torch.tensor([[0], [18], [11], [8]])  # corner, corner, two across, the next row's begin
    assert near(found, cells).tolist() == [True, True, False, False]
