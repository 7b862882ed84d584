"""What noise costs: each generator by itself, and exact noise's share of a whole run."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import torch
from rich.console import Console
from rich.table import Table

from bench.samplers import our_sampler, planned, rate
from bench.subjects import SIGMA, SUBJECTS, Subject
from engine.noise.discrete_gaussian import ExactNoiseStream
from engine.noise.gaussian import NoiseSource, NoiseStream, Stream

NETWORK = SUBJECTS[1]
"""The run whose share is measured: a fast network on small images, where noise weighs most."""
_DRAWS = 5


@dataclass(frozen=True)
class Spread:
    """A number over several rounds."""

    median: float
    least: float
    most: float


@dataclass(frozen=True)
class NoiseCost:
    """Noise of one run.

    Attributes:
        subject, precision: the network and its arithmetic.
        batch: samples drawn at a time.
        fast, exact: nanoseconds per number.
        ratio: exact over fast, each taken within a round.
        share: of the run's time that exact noise takes.
        per_second: votes per second with exact noise.
    """

    subject: str
    precision: str
    batch: int
    fast: Spread
    exact: Spread
    ratio: Spread
    share: Spread
    per_second: float


def measure(
    precisions: tuple[str, ...], device: torch.device, *, rounds: int, seconds: float
) -> list[NoiseCost]:
    """Costs in each precision; the clock of every round runs over both generators and the run."""
    return [_cost(NETWORK, p, device, rounds=rounds, seconds=seconds) for p in precisions]


def _cost(
    subject: Subject, precision: str, device: torch.device, *, rounds: int, seconds: float
) -> NoiseCost:
    sampler = our_sampler(subject, precision, device, source=ExactNoiseStream)
    x = subject.input().to(device)
    out = torch.empty((sampler.batch, *x.shape), device=device)

    def votes(n: int) -> object:
        *_, last = sampler.votes(Stream.ESTIMATION, n)
        return last

    n = planned(votes, seconds, 10**9)
    fast, exact = NoiseStream(1, 2, device), ExactNoiseStream(1, 2, device)
    found = [
        (_drawing(fast, out, x), _drawing(exact, out, x), rate(votes, n)) for _ in range(rounds)
    ]
    numbers = x.numel()
    return NoiseCost(
        subject=subject.title,
        precision=precision,
        batch=sampler.batch,
        fast=spread([1e9 * f / numbers for f, _, _ in found]),
        exact=spread([1e9 * e / numbers for _, e, _ in found]),
        ratio=spread([e / f for f, e, _ in found]),
        share=spread([e * r for _, e, r in found]),
        per_second=statistics.median(r for *_, r in found),
    )


def _drawing(source: NoiseSource, out: torch.Tensor, x: torch.Tensor) -> float:
    """Seconds for the noise of one sample, the best of a few batches."""
    return min(_timed(lambda: _draw(source, out, x)) for _ in range(_DRAWS)) / len(out)


def _draw(source: NoiseSource, out: torch.Tensor, x: torch.Tensor) -> None:
    source.gaussian_(out, x, sigma=SIGMA, start=0)
    if out.is_cuda:
        torch.cuda.synchronize()


def _timed(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def spread(values: list[float]) -> Spread:
    """Median, least and most."""
    return Spread(statistics.median(values), min(values), max(values))


def show(costs: list[NoiseCost], console: Console) -> None:
    """A row per precision."""
    table = Table(title="What noise costs")
    headings = ("network", "precision", "batch", "fast, ns", "exact, ns", "exact/fast", "of a run")
    for heading in headings:
        table.add_column(heading, justify="left" if heading in headings[:2] else "right")
    for cost in costs:
        table.add_row(
            cost.subject,
            cost.precision,
            f"{cost.batch:,}",
            f"{cost.fast.median:.2f}",
            f"{cost.exact.median:.2f}",
            words(cost.ratio, 1, "x"),
            words(cost.share, 100, " %"),
        )
    console.print(table)


def words(spread: Spread, scale: float, unit: str) -> str:
    """The median, with the ends in brackets."""
    low, high = f"{scale * spread.least:.1f}", f"{scale * spread.most:.1f}"
    return f"{scale * spread.median:.1f}{unit} ({low} to {high})"


def as_rows(costs: list[NoiseCost]) -> list[dict[str, Any]]:
    """For JSON."""
    return [asdict(cost) for cost in costs]
