from __future__ import annotations

import hashlib

from engine.settings import RunSettings
from engine.streams import Stream, noise_key, run_key


def test_a_key_is_the_head_of_a_digest_of_its_parts() -> None:
    digest = hashlib.sha256(b"certiscope noise v1\n7\nfloat\nm\np").digest()
    assert noise_key(7, "float", "m", "p") == int.from_bytes(digest[:8], "little")


def test_a_runs_key_depends_on_what_is_certified_and_on_the_seed() -> None:
    def key(model: str = "m", pixels: str = "p", **changes: object) -> int:
        settings = RunSettings(**changes)  # type: ignore[arg-type]
        return run_key(settings, model_sha256=model, pixels_sha256=pixels)

    different = {
        key(),
        key(model="n"),
        key(pixels="q"),
        key(seed=1),
        key(noise="exact"),
        key(scheme={"key": "gaussian", "sigma": 0.5}),
    }
    assert len(different) == 6
    assert key() == key(n=7, batch=3, alpha=0.5)


def test_streams_never_share_a_counter() -> None:
    assert len({int(stream) for stream in Stream}) == len(Stream)
