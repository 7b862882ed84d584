"""The bench runs; its figures are not checked here."""

from __future__ import annotations

import io

import pytest
import torch
from rich.console import Console

from bench.noise import as_rows, measure, show


@pytest.mark.thorough
def test_costs_come_with_their_spread() -> None:
    costs = measure(("fp32",), torch.device("cpu"), rounds=2, seconds=0.01)
    (cost,) = costs
    assert 0 < cost.ratio.least <= cost.ratio.median <= cost.ratio.most
    assert 0 < cost.share.median < 1.5  # a busy machine may draw slower by itself than in the run
    out = io.StringIO()
    show(costs, Console(file=out, width=120))
    assert "CIFAR ResNet-20" in out.getvalue() and "fp32" in out.getvalue()
    assert as_rows(costs)[0]["exact"]["median"] > 0
