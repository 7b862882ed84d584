"""The noise key of a run. No torch: a verifier derives it again."""

from __future__ import annotations

from engine.evidence.settings import RunSettings, hashed
from engine.noise.streams import noise_key


def run_key(settings: RunSettings, *, model_sha256: str, pixels_sha256: str) -> int:
    """The noise key of a run: from its seed and everything that is certified."""
    found = hashed(settings)
    return noise_key(
        found.seed,
        found.noise,
        model_sha256,
        pixels_sha256,
        settings.scheme.model_dump_json(),
    )
