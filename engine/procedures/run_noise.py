"""Which noise a run uses: its key, its mode, and what the mode costs the claim."""

from __future__ import annotations

import torch

from engine.core.records import ProbabilityBounds
from engine.evidence.evidence import NoiseRecord
from engine.evidence.settings import RunSettings
from engine.noise.discrete_gaussian import ExactNoiseStream
from engine.noise.discrete_gaussian_law import weakened
from engine.noise.gaussian import NoiseSource, NoiseStream, Stream
from engine.noise.law import NoiseLaw
from engine.noise.records import SelfTest
from engine.procedures.noise_record import noise_record
from engine.procedures.noise_self_test import check_noise


class Randomness:
    """The noise of one run.

    Args:
        settings: of the run.
        key: 64-bit key.
        elements: numbers in one input.
        device: where noise is drawn.
        tests: of laws and devices that were tested before; a new one is entered.

    Building it tests the noise, unless its law was tested on this device before.

    Raises:
        UserError: exact noise was asked of a scheme that has none, or the generator fails its test.
    """

    def __init__(
        self,
        settings: RunSettings,
        *,
        key: int,
        elements: int,
        device: torch.device,
        tests: dict[tuple[NoiseLaw, str], SelfTest] | None = None,
    ) -> None:
        self.settings = settings
        self.key = key
        self.device = device
        self.elements = elements
        self.law = settings.scheme.drawn(settings.noise)
        self.total_variation = self.law.total_variation(elements)
        self.self_test = self._check({} if tests is None else tests)

    def source(self, stream: Stream, key: int | None = None) -> NoiseSource:
        """The noise of one stream, of the run's key or another one."""
        return noise_source(self.law, self.key if key is None else key, stream, self.device)

    def weakened(self, bounds: ProbabilityBounds) -> ProbabilityBounds:
        """Bounds on the exact law's probabilities, from bounds on the drawn law's."""
        return weakened(bounds, self.total_variation)

    def record(self) -> NoiseRecord:
        """What the evidence says about the noise."""
        facts = noise_record(self.settings, key=self.key, elements=self.elements)
        return facts.model_copy(update={"self_test": self.self_test})

    def tested(self, key: int | None = None) -> SelfTest:
        """The test of the law, on a stream of its own, with the run's key or another one.

        Raises:
            UserError: the noise fails it.
        """
        stream = Stream.SELF_TEST
        source = self.source(stream, self.key if key is None else key)
        found = check_noise(source, self.law, stream=stream, device=self.device)
        return found if key is None else found.model_copy(update={"key": f"{key:016x}"})

    def _check(self, tests: dict[tuple[NoiseLaw, str], SelfTest]) -> SelfTest | None:
        """The test of this run or of one before it; None where nothing is drawn."""
        if self.law.arithmetic == "enumerated":
            return None
        place = (self.law, str(self.device))
        if place not in tests:
            mine = self.tested()
            tests[place] = mine.model_copy(update={"key": f"{self.key:016x}"})
            return mine
        return tests[place]


def noise_source(law: NoiseLaw, key: int, stream: Stream, device: torch.device) -> NoiseSource:
    """The noise of one stream, as a law draws it."""
    kind = ExactNoiseStream if law.arithmetic == "exact grid" else NoiseStream
    return kind(key, int(stream), device)
