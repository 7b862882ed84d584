"""Who draws from which counters, and with which key. No torch: a verifier derives the key again."""

from __future__ import annotations

import hashlib
from enum import IntEnum

GENERATOR = "philox4x32-10/box-muller-f32"
INTEGER_GENERATOR = "philox4x32-10/integers-63bit"
ENUMERATION = "none: every sample of a finite law is counted once"
KEY_MATERIAL = "seed, noise mode, model sha256, pixels sha256, scheme"
"""What a run's key is made of, in words."""


class Stream(IntEnum):
    """Who draws from which counters. Selection and estimation must be independent."""

    SELECTION = 1
    ESTIMATION = 2
    PREVIEW = 3
    SLICE_AXES = 4
    SLICE_VOTES = 5
    CALIBRATION = 6
    SELF_TEST = 7
    ATTACK = 8


def noise_key(seed: int, *parts: str) -> int:
    """64-bit key from the seed and what is certified.

    The first 8 bytes of SHA-256 over the parts: one seed gives independent noise for every model,
    input and scheme, so that statements over many inputs stay independent.
    """
    material = "\n".join(["certiscope noise v1", str(seed), *parts])
    return int.from_bytes(hashlib.sha256(material.encode()).digest()[:8], "little")
