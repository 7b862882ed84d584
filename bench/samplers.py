"""Our sampler, the reference loop and ART, timed in turns on the same network and input."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

import torch

from bench.reference import reference_votes
from bench.subjects import SIGMA, Subject
from engine.noise.discrete_gaussian import ExactNoiseStream
from engine.noise.gaussian import NoiseStream, Stream
from engine.sampling.sampler import Sampler
from engine.schemes import Gaussian

Votes = Callable[[int], object]
"""Draws and counts that many votes."""

REFERENCE, ART = "reference loop", "ART certify"


@dataclass(frozen=True)
class Ratio:
    """How many times faster than ``other`` ours is, over several rounds."""

    subject: str
    precision: str
    other: str
    ours_per_second: float
    other_per_second: float
    median: float
    least: float
    most: float


def our_sampler(
    subject: Subject,
    precision: str,
    device: torch.device,
    *,
    batch: int = 0,
    source: type[NoiseStream | ExactNoiseStream] = NoiseStream,
) -> Sampler:
    """Certiscope's sampler, its batch size measured."""
    classifier = subject.ours()
    classifier.prepare(device, precision)
    sampler = Sampler(
        classifier,
        subject.input(),
        Gaussian(sigma=SIGMA).noise(),
        noise=lambda stream: source(1, int(stream), device),
        device=device,
        batch=batch,
    )
    sampler.calibrate(100_000)
    return sampler


def ours(subject: Subject, precision: str, device: torch.device) -> Votes:
    """Its votes; the batch size is measured before the clock starts."""
    sampler = our_sampler(subject, precision, device)

    def votes(n: int) -> object:
        *_, last = sampler.votes(Stream.ESTIMATION, n)
        return last

    return votes


def reference(subject: Subject, device: torch.device) -> Votes:
    """The reference loop in float32."""
    model, x = subject.theirs().to(device), subject.input().to(device)
    return lambda n: reference_votes(
        model, x, sigma=SIGMA, n=n, batch=subject.batch, classes=subject.classes
    )


def art(subject: Subject, device: torch.device) -> Votes | None:
    """ART's certify, one vote for its selection; None where ART is not installed."""
    try:
        from art.estimators.certification.randomized_smoothing import PyTorchRandomizedSmoothing
    except ImportError:
        return None
    x = subject.input()
    smoothed = PyTorchRandomizedSmoothing(
        model=subject.theirs(),
        loss=torch.nn.CrossEntropyLoss(),
        input_shape=tuple(x.shape),
        nb_classes=subject.classes,
        device_type="gpu" if device.type == "cuda" else "cpu",
        sample_size=1,
        scale=SIGMA,
    )
    pixels = x.numpy()[None]
    return lambda n: smoothed.certify(pixels, n=n, batch_size=subject.batch)


def compare(
    subject: Subject,
    precisions: tuple[str, ...],
    device: torch.device,
    *,
    rounds: int,
    seconds: float,
) -> list[Ratio]:
    """Ratios of every precision to every other implementation.

    In each round all contenders take their turn, so that a machine that slows down slows all of
    them; a ratio is taken within a round.
    """
    contenders: dict[str, Votes] = {p: ours(subject, p, device) for p in precisions}
    contenders[REFERENCE] = reference(subject, device)
    adversarial = art(subject, device)
    if adversarial is not None:
        contenders[ART] = adversarial
    # ART holds all n noisy inputs in float64 at once: a quarter of a GiB of them is enough
    most = 2**28 // (8 * subject.input().numel())
    sizes = {name: planned(votes, seconds, most) for name, votes in contenders.items()}
    rates: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, votes in contenders.items():
            rates[name].append(rate(votes, sizes[name]))
    others = [name for name in (REFERENCE, ART) if name in contenders]
    return [_ratio(subject, p, other, rates) for p in precisions for other in others]


def rate(votes: Votes, n: int) -> float:
    """Votes per second over ``n`` of them."""
    began = time.perf_counter()
    votes(n)
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return n / (time.perf_counter() - began)


def planned(votes: Votes, seconds: float, most: int) -> int:
    """Votes that take about ``seconds``, at most ``most``."""
    n = 16
    rate(votes, n)  # the first call pays for what later ones do not
    while (speed := rate(votes, n)) * seconds > 4 * n and n < most:
        n *= 4
    return max(16, min(most, int(speed * seconds)))


def _ratio(subject: Subject, precision: str, other: str, rates: dict[str, list[float]]) -> Ratio:
    ratios = [mine / his for mine, his in zip(rates[precision], rates[other], strict=True)]
    return Ratio(
        subject=subject.title,
        precision=precision,
        other=other,
        ours_per_second=statistics.median(rates[precision]),
        other_per_second=statistics.median(rates[other]),
        median=statistics.median(ratios),
        least=min(ratios),
        most=max(ratios),
    )


def as_rows(ratios: list[Ratio]) -> list[dict[str, object]]:
    """For JSON."""
    return [asdict(ratio) for ratio in ratios]
