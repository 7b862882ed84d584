"""Rotations: processor time and forward passes of a range, beside the published fixed anchors.

``python -m bench --parts rotation`` certifies some images under every rotation of at most
``DEGREES`` and counts the noisy samples. The published method (Li et al., CCS 2021) asks every one
of ``FIXED`` anchors, in batches of ``BATCH`` samples, until Clopper-Pearson at alpha / (FIXED + 1)
allows the distance to what lies around the anchor. What it takes is measured at ``ASKED`` of them,
evenly spread, and scaled up; the distance is ours, which is the shorter, and the votes that choose
the class are left out, so that its count comes out too small rather than too large.
"""

from __future__ import annotations

import statistics
import time
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from rich.console import Console

from engine.bounds.clopper_pearson import lower
from engine.core.generators import result_of
from engine.evidence.evidence import Evidence
from engine.evidence.settings import Execution, SweepSettings
from engine.inputs import load_input
from engine.inputs.base import FittedInput
from engine.models import fitted, load_model
from engine.models.base import Classifier
from engine.models.request import ModelRequest
from engine.procedures.beginning import begin
from engine.regions.sweep import Sweep
from engine.schemes import Rotation
from engine.transforms import ROTATION, travel, warped

DEGREES, ALPHA, N = 30.0, 0.001, 10_000
FIXED, BATCH, MOST = 10_000, 400, 100_000
ASKED = 40
IMAGES = {
    "demo:digits-rotation": ("digits16:17", "digits16:52", "digits16:0"),
    "demo:cifar10-rotation": ("cifar10:1", "cifar10:3", "cifar10:5"),
}
"""Digits, 16 by 16, of classes of their own; of CIFAR-10 those whose class leads clearly."""


@dataclass(frozen=True)
class Cost:
    """What a range of one image took.

    Attributes:
        model, image: which.
        lower, upper: degrees that are certified; 0 and 0 for none.
        anchors: that were asked.
        samples: forward passes, those that choose the class included.
        seconds: of processor time, in all threads.
        fixed_samples: of the published method, scaled up from the anchors that were tried.
        fixed_certified: of these anchors, the share that it certifies.
    """

    model: str
    image: str
    lower: float
    upper: float
    anchors: int
    samples: int
    seconds: float
    fixed_samples: int
    fixed_certified: float

    @property
    def times(self) -> float:
        """How many times fewer samples."""
        return self.fixed_samples / self.samples


def scheme_of(classifier: Classifier) -> Rotation:
    """Under the noise that the model was trained with."""
    sigma = classifier.identity.training_sigma
    assert sigma is not None
    return Rotation(sigma=sigma, degrees=DEGREES)


def measure() -> list[Cost]:
    """Every image, on one thread."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return [
            _cost(load_model(ModelRequest(name)), name, image)
            for name, images in IMAGES.items()
            for image in images
        ]
    finally:
        torch.set_num_threads(threads)


def _cost(classifier: Classifier, name: str, image: str) -> Cost:
    scheme, given = scheme_of(classifier), fitted(classifier, load_input(image))
    settings = SweepSettings(scheme=scheme, n0=100, n=N, alpha=ALPHA, seed=3)
    began = time.process_time()
    found: Evidence = result_of(
        begin(classifier, given, settings, execution=Execution(device="cpu"))
    )
    seconds = time.process_time() - began
    region = found.region if isinstance(found.region, Sweep) else None
    samples, share = fixed(classifier, given, scheme, found.predicted_class)
    return Cost(
        model=name,
        image=image,
        lower=region.lower if region else 0.0,
        upper=region.upper if region else 0.0,
        anchors=len(found.anchors),
        samples=found.votes.first.n + found.votes.fresh.n,
        seconds=seconds,
        fixed_samples=samples,
        fixed_certified=share,
    )


def fixed(
    classifier: Classifier, given: FittedInput, scheme: Rotation, top: int | None
) -> tuple[int, float]:
    """Samples of the published method at all its anchors, about, and the share it certifies.

    Args:
        classifier: prepared.
        given: the image.
        scheme: the range and the noise.
        top: the class; None takes no samples.
    """
    if top is None:
        return 0, 0.0
    image, width = given.arrays[0], 2 * scheme.reach / FIXED
    generator = torch.Generator().manual_seed(0)
    counts, certified = [], 0
    for place in np.linspace(0, FIXED - 1, ASKED).round():
        low = -scheme.reach + width * float(place)
        needed = scheme.p_needed(travel(image, ROTATION, low, low + width))
        x = torch.from_numpy(warped(image, ROTATION, low + width / 2).astype(np.float32))
        k = n = 0
        while n < MOST:
            noise = torch.randn(BATCH, *x.shape, generator=generator)
            with torch.inference_mode():
                k += int((classifier.classify(x + scheme.sigma * noise) == top).sum())
            n += BATCH
            if lower(k, n, ALPHA / (FIXED + 1)) > needed:
                certified += 1
                break
        counts.append(n)
    return round(statistics.mean(counts) * FIXED), certified / ASKED


def as_rows(costs: list[Cost]) -> list[dict[str, Any]]:
    """For the file."""
    return [{**asdict(cost), "times": cost.times} for cost in costs]


def show(costs: list[Cost], console: Console) -> None:
    """A sentence for each image."""
    for cost in costs:
        console.print(
            f"{cost.model}, {cost.image}: rotations from {cost.lower:+.1f} to {cost.upper:+.1f} "
            f"degrees, {cost.anchors:,} anchors, {cost.samples:,} samples, {cost.seconds:.1f} s of "
            f"processor time; {FIXED:,} fixed anchors take about {cost.fixed_samples:,} samples "
            f"({100 * cost.fixed_certified:.0f} % of those tried are certified), "
            f"{cost.times:.0f} times as many"
        )
