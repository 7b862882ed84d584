from __future__ import annotations

import hashlib

from engine.noise.streams import Stream, noise_key


def test_a_key_is_the_head_of_a_digest_of_its_parts() -> None:
    digest = hashlib.sha256(b"certiscope noise v1\n7\nfloat\nm\np").digest()
    assert noise_key(7, "float", "m", "p") == int.from_bytes(digest[:8], "little")


def test_streams_never_share_a_counter() -> None:
    assert len({int(stream) for stream in Stream}) == len(Stream)
