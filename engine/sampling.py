"""The hot loop: draw noisy copies, classify, count. Everything stays on the device.

One buffer, filled in place; one synchronisation per snapshot, not per batch. Which votes come
depends on (key, stream, index) alone; batch size and timing decide only when.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import torch

from engine.errors import UserError
from engine.models.base import Classifier
from engine.noise import NoiseStream, Stream
from engine.records import Votes
from engine.schemes import Scheme

SNAPSHOT_SECONDS = 0.05
BATCH_SECONDS = 0.06
"""A batch takes at most about this long, so that a stop is obeyed at once."""
_MAX_BATCH = 16384
_MAX_BATCH_BYTES = 256 << 20


class Sampler:
    """Draws and counts votes of one model at one input under one scheme.

    Args:
        classifier: already prepared for ``device``.
        x: the input, (C, H, W), float32.
        scheme: the noise law.
        key: of the noise (``engine.noise.noise_key``).
        device: where the model runs and the noise is drawn.
        batch: samples per batch; 0 measures a good size.
        stop: when set, the current stream ends after the batch at hand.
    """

    def __init__(
        self,
        classifier: Classifier,
        x: torch.Tensor,
        scheme: Scheme,
        *,
        key: int,
        device: torch.device,
        batch: int = 0,
        stop: threading.Event | None = None,
    ) -> None:
        self.classifier = classifier
        self.scheme = scheme
        self.key = key
        self.device = device
        self.batch = batch
        self.warnings: list[str] = []
        self._stop = stop or threading.Event()
        self._x = x.to(device)
        self._classes = len(classifier.identity.class_names)
        self._buffer = torch.empty(0, device=device)
        self._batch_seconds = BATCH_SECONDS

    def calibrate(self, planned: int) -> None:
        """Try the model once and, where no batch size was given, find a fast one.

        Doubles the batch while that makes a sample at least 5 % cheaper and a batch stays short.
        The samples come from a stream of their own and are not counted.

        Raises:
            UserError: the model fails on this input.
        """
        size = min(self.batch or 8, planned)
        seconds = self._trial(size)
        while not self.batch and 2 * size <= self._largest(planned):
            if self._stop.is_set() or 2 * seconds > BATCH_SECONDS:
                break
            doubled = self._trial(2 * size)
            if doubled > BATCH_SECONDS or doubled / 2 > 0.95 * seconds and seconds > 0.01:
                break
            size, seconds = 2 * size, doubled
        self.batch, self._batch_seconds = size, max(seconds, 1e-6)

    def votes(self, stream: Stream, total: int) -> Iterator[Votes]:
        """Count samples 0..total-1 of ``stream``, yielding the counts so far now and then.

        The last value holds every sample that was counted: all ``total`` unless stopped.
        """
        noise = NoiseStream(self.key, int(stream), self.device)
        counts = torch.zeros(self._classes + 1, dtype=torch.int64, device=self.device)
        done = 0
        while done < total and not self._stop.is_set():
            began = time.perf_counter()
            for _ in range(max(1, round(SNAPSHOT_SECONDS / self._batch_seconds))):
                if done >= total or self._stop.is_set():
                    break
                done += self._count(noise, done, min(self.batch, total - done), counts)
            yield _to_votes(counts)
            self._adapt(began)

    def _count(self, noise: NoiseStream, start: int, size: int, counts: torch.Tensor) -> int:
        """Count samples start..start+size-1; after a lack of memory, only the first half."""
        try:
            classes = self._classify(noise, start, size)
        except torch.OutOfMemoryError:
            if size == 1:
                raise UserError(
                    f"The device {self.device} has too little memory for a single sample; "
                    "choose --device cpu."
                ) from None
            self._halve(size)
            return self._count(noise, start, self.batch, counts)
        except RuntimeError as error:
            # Redrawing what crashed would condition on "did not crash" and bias p_A upwards.
            self._warn(f"Some batches failed and count against every class ({_first_line(error)}).")
            classes = torch.full((size,), -1, dtype=torch.int64, device=self.device)
        counts.scatter_add_(0, classes + 1, torch.ones_like(classes))
        return size

    def _classify(self, noise: NoiseStream, start: int, size: int) -> torch.Tensor:
        if self._buffer.shape[0] < size:
            self._buffer = torch.empty((size, *self._x.shape), device=self.device)
        batch = self._buffer[:size]
        with torch.inference_mode():
            self.scheme.noisy(self._x, noise, start, batch)
            return self.classifier.classify(batch)

    def _trial(self, size: int) -> float:
        """Seconds for a batch of this size, second of two tries."""
        noise = NoiseStream(self.key, int(Stream.CALIBRATION), self.device)
        counts = torch.zeros(self._classes + 1, dtype=torch.int64, device=self.device)
        seconds = 0.0
        try:
            for _ in range(2):
                began = time.perf_counter()
                classes = self._classify(noise, 0, size)
                counts.scatter_add_(0, classes + 1, torch.ones_like(classes)).sum().item()
                seconds = time.perf_counter() - began
        except torch.OutOfMemoryError:
            self._halve(2 * size)
            return float("inf")
        except (RuntimeError, ValueError, IndexError) as error:
            raise UserError(
                f"The model fails on this input ({_first_line(error)}); "
                "check its architecture and input size."
            ) from error
        return seconds

    def _largest(self, planned: int) -> int:
        bytes_each = 4 * max(1, self._x.numel())
        return max(1, min(_MAX_BATCH, _MAX_BATCH_BYTES // bytes_each, planned))

    def _halve(self, size: int) -> None:
        self._buffer = torch.empty(0, device=self.device)
        if self.device.type == "cuda":
            torch.cuda.empty_cache()
        self.batch = max(1, size // 2)
        self._warn(f"The device ran short of memory; went on with batches of {self.batch}.")

    def _adapt(self, began: float) -> None:
        """Follow the machine's speed, so that snapshots keep coming at their pace."""
        batches = max(1, round(SNAPSHOT_SECONDS / self._batch_seconds))
        seconds = (time.perf_counter() - began) / batches
        self._batch_seconds = max(1e-6, 0.5 * self._batch_seconds + 0.5 * seconds)

    def _warn(self, sentence: str) -> None:
        if sentence not in self.warnings:
            self.warnings.append(sentence)


def _to_votes(counts: torch.Tensor) -> Votes:
    listed = counts.tolist()
    return Votes.from_sequence(listed[1:], failures=listed[0])


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:160]
