"""Float noise against exact noise on the lattice attack: four runs of CERTIFY (needs torch)."""

from __future__ import annotations

import threading
from collections.abc import Generator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.core.rounding import round_down, round_up

Noise = Literal["float", "exact"]
N, SIGMA = 5_000, 0.5
_LIT, _DIMMED = "lit", "dimmed"


@dataclass(frozen=True)
class LatticeSide:
    """What CERTIFY says of both images under one kind of noise.

    Attributes:
        noise: ``float`` or ``exact``.
        predictions: of the lit and of the dimmed image; empty where it abstains.
        radii: certified, 0 for none.
        distance: l2 distance of the images.
    """

    noise: Noise
    predictions: tuple[str, str]
    radii: tuple[float, float]
    distance: float

    @property
    def false(self) -> bool:
        """Whether the claims contradict each other: balls that meet, with different predictions."""
        first, second = self.predictions
        return first != second and min(self.radii) > 0 and sum(self.radii) > self.distance

    def in_words(self) -> str:
        """The outcome in a sentence."""
        said = [
            f"'{name}' is certified as '{prediction}' with R = {round_down(radius, 3)}"
            if radius
            else f"'{name}' is not certified"
            for name, prediction, radius in zip(
                (_LIT, _DIMMED), self.predictions, self.radii, strict=True
            )
        ]
        apart = f"they are {round_up(self.distance, 3)} apart"
        verdict = "one of these claims is false" if self.false else "no contradiction"
        return f"{'; '.join(said)}; {apart}: {verdict}."


def lattice_sides(stop: threading.Event) -> Generator[LatticeSide, None, tuple[LatticeSide, ...]]:
    """Certify both images of the attack under float noise, then under exact noise.

    The attack is a classifier that reads from the last bits of x + e whether x was lit (Voracek &
    Hein, ICLR 2023). sigma 0.5, n = 5,000, alpha 0.001. Ends early, with what there is, if
    ``stop`` is set.
    """
    from engine.evidence.settings import CertifySettings  # deferred: all of this loads torch
    from engine.inputs import fit, load_input
    from engine.models import ModelRequest, load_model
    from engine.procedures.certify import certify
    from engine.schemes import Gaussian

    model = load_model(ModelRequest("demo:lattice-attack"))
    fitted = [fit(load_input(f"lattice:{name}"), model.identity) for name in (_LIT, _DIMMED)]
    lit, dimmed = (np.asarray(one.pixels, dtype=np.float64) for one in fitted)
    found: list[LatticeSide] = []
    for noise in ("float", "exact"):
        settings = CertifySettings(n=N, scheme=Gaussian(sigma=SIGMA), noise=noise, seed=1)
        results = []
        for one in fitted:
            run = certify(model, one, settings, stop=stop)
            while True:
                try:
                    next(run)
                except StopIteration as end:
                    results.append(end.value)
                    break
        if stop.is_set():
            break
        found.append(
            LatticeSide(
                noise,
                (results[0].class_name or "", results[1].class_name or ""),
                (results[0].radius or 0.0, results[1].radius or 0.0),
                float(np.linalg.norm(lit - dimmed)),
            )
        )
        yield found[-1]
    return tuple(found)
