from __future__ import annotations

import threading

import pytest
import torch
from torch import nn

from engine.models.growth import GrowthError, bounded


def test_a_network_that_its_file_can_fill_is_built():
    with bounded(4 * 100 * 100):
        network = nn.Sequential(nn.Linear(100, 100), nn.BatchNorm1d(100))
    assert network(torch.zeros(2, 100)).shape == (2, 100)


def test_a_layer_larger_than_the_file_stops_the_building():
    refused = pytest.raises(GrowthError, match="more than 1,000,000,000,000 numbers")
    with torch.device("meta"), refused, bounded(10_000):
        nn.Linear(10**6, 10**6)


def test_more_parts_than_any_network_has_stop_the_building():
    layers, empty = nn.ModuleList(), nn.Identity()
    with pytest.raises(GrowthError, match="20,001 parts"), bounded(10**9):
        for _ in range(10**6):
            layers.append(empty)


def test_it_ends_with_the_block_and_counts_this_thread_alone():
    with pytest.raises(KeyError), bounded(10):
        raise KeyError
    with bounded(10):
        other = threading.Thread(target=nn.Linear, args=(2000, 2000))
        other.start()
        other.join()
    nn.Linear(2000, 2000)
