"""What it costs to ask a base classifier again: the check's share of a whole run."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import torch
from rich.console import Console
from rich.table import Table

from bench.noise import Spread, spread, words
from bench.samplers import our_sampler
from bench.subjects import SUBJECTS, Subject
from engine.noise.gaussian import Stream
from engine.sampling.function_check import FunctionCheck

VOTES = ((10_000, 100_000), (10_000,))
"""Of the runs of the smallest network, and of the next."""


@dataclass(frozen=True)
class CheckCost:
    """The check in runs of one length.

    Attributes:
        subject, precision: the network and its arithmetic.
        votes: of a run.
        share: of its time that the check takes.
        answers: samples that were asked about again, the median run's.
    """

    subject: str
    precision: str
    votes: int
    share: Spread
    answers: int


def measure(precisions: tuple[str, ...], device: torch.device, *, rounds: int) -> list[CheckCost]:
    """Costs for the two smaller networks, where a run is short and the check weighs most."""
    return [
        _cost(subject, precision, votes, device, rounds)
        for subject, lengths in zip(SUBJECTS, VOTES, strict=False)
        for precision in precisions
        for votes in lengths
    ]


def _cost(
    subject: Subject, precision: str, votes: int, device: torch.device, rounds: int
) -> CheckCost:
    found = [_run(subject, precision, votes, device) for _ in range(rounds)]
    answers = sorted(count for _, count in found)[len(found) // 2]
    return CheckCost(
        subject.title, precision, votes, spread([share for share, _ in found]), answers
    )


def _run(subject: Subject, precision: str, votes: int, device: torch.device) -> tuple[float, int]:
    """The check's share of one run, and how many answers it compared."""
    sampler = our_sampler(subject, precision, device)
    timed = _Timed(sampler.check)
    sampler.check.planned = votes
    began = time.perf_counter()
    for _ in sampler.votes(Stream.ESTIMATION, votes):
        pass
    whole = time.perf_counter() - began
    return timed.seconds / whole, sampler.check.record().answers


class _Timed:
    """Measures the looks of a check."""

    def __init__(self, check: FunctionCheck) -> None:
        self.seconds = 0.0
        look = check.look

        def timed(*given: Any, **more: Any) -> None:
            began = time.perf_counter()
            look(*given, **more)
            self.seconds += time.perf_counter() - began

        check.look = timed  # type: ignore[method-assign]


def show(costs: list[CheckCost], console: Console) -> None:
    """A row per network, precision and length."""
    table = Table(title="What asking again costs")
    for heading in ("network", "precision", "votes", "asked again", "of a run"):
        table.add_column(
            heading, justify="left" if heading in ("network", "precision") else "right"
        )
    for cost in costs:
        table.add_row(
            cost.subject,
            cost.precision,
            f"{cost.votes:,}",
            f"{cost.answers:,}",
            words(cost.share, 100, " %"),
        )
    console.print(table)
