"""What a network keeps is found wherever it is."""

from __future__ import annotations

import itertools
import logging
import random
from collections import Counter, deque
from functools import partial
from types import SimpleNamespace
from typing import Any, ClassVar

import numpy as np
import pytest
import torch
from torch import nn

from engine.models.memory_of import memory_of

COUNTED = Counter[str]()


class Holding(nn.Module):
    """Holds something, and does something with it when it is asked."""

    shared: ClassVar[list[int]] = []

    def __init__(self, held: Any, use: Any) -> None:
        super().__init__()
        self.linear = nn.Linear(2, 2)
        self.register_buffer("rows", torch.arange(4.0))
        self.held, self.use = held, use

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.use(self)
        return self.linear(x)

    def count(self) -> None:
        """Counts in a name of its file."""
        COUNTED["calls"] += 1


def added(network: Holding) -> None:
    network.held += 1


def rebound(network: Holding) -> None:
    network.held = network.held + 1


def rolled(network: Holding) -> None:
    network.rows = network.rows.roll(1)


def written(network: Holding) -> None:
    network.linear.weight.data[0, 0] += 1


def appended(network: Holding) -> None:
    network.held.append(1)


def in_a_field(network: Holding) -> None:
    network.held.calls += 1


def in_a_dictionary(network: Holding) -> None:
    network.held["calls"] += 1


def of_the_class(network: Holding) -> None:
    Holding.shared.append(1)


def of_the_file(network: Holding) -> None:
    network.count()


def drawn(network: Holding) -> None:
    network.held.random()


def drawn_by_torch(network: Holding) -> None:
    torch.rand(1, generator=network.held)


def taken(network: Holding) -> None:
    next(network.held)


def in_numpy(network: Holding) -> None:
    network.held[0] += 1


def called(network: Holding) -> None:
    network.held()


def closed_over() -> Any:
    calls = 0

    def ask() -> None:
        nonlocal calls
        calls += 1

    return ask


KEPT = [
    (0, added),
    (torch.zeros(1), added),
    (torch.zeros(1), rebound),
    (None, rolled),
    (None, written),
    ([], appended),
    (deque(), appended),
    (SimpleNamespace(calls=0), in_a_field),
    ({"calls": 0}, in_a_dictionary),
    (None, of_the_class),
    (None, of_the_file),
    (random.Random(0), drawn),
    (torch.Generator(), drawn_by_torch),
    (itertools.count(), taken),
    (np.zeros(2), in_numpy),
    (closed_over(), called),
    (partial(closed_over()), called),
]


@pytest.mark.parametrize(("held", "use"), KEPT, ids=[use.__name__ for _, use in KEPT])
def test_what_is_kept_is_found(held: Any, use: Any) -> None:
    network, x = Holding(held, use), torch.ones(1, 2)
    with torch.inference_mode():
        network(x)
        before = memory_of(network)
        assert memory_of(network) == before
        network(x)
    assert memory_of(network) != before


def test_what_is_the_same_as_before_is_no_memory() -> None:
    def last(network: Holding) -> None:
        network.held = torch.ones(1)

    network = Holding(float("nan"), last)
    network(torch.ones(1, 2))
    before = memory_of(network)
    network(torch.ones(1, 2))
    assert memory_of(network) == before


def test_what_others_use_too_is_not_looked_into() -> None:
    network = Holding(logging.getLogger("of a network"), added)
    before = memory_of(network)
    logging.getLogger("of a network").setLevel(logging.ERROR)
    assert memory_of(network) == before


def test_a_network_that_holds_itself_is_looked_through_once() -> None:
    network = Holding([], appended)
    network.held.append([network])
    assert memory_of(network)
