"""Bytes as a careless disk or a hostile hand leaves them."""

from __future__ import annotations

import re
from random import Random

NUMBERS = (
    0,
    1,
    2,
    127,
    128,
    255,
    2**15,
    2**16,
    2**31 - 1,
    2**31,
    2**32 - 1,
    2**62,
    2**63,
    2**64 - 1,
)
"""Numbers at which programs that read files have been wrong."""


def mutated(data: bytes, random: Random) -> bytes:
    """``data`` after one to four random changes."""
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        data = random.choice(CHANGES)(data, random)
    return data


def truncated(data: bytes, random: Random) -> bytes:
    """Its beginning."""
    return data[: random.randrange(len(data) + 1)]


def flipped(data: bytes, random: Random) -> bytes:
    """With some bits the other way, mostly near the beginning, where formats keep their sizes."""
    changed = bytearray(data)
    for _ in range(random.choice((1, 3, 20)) if data else 0):
        reach = random.choice((64, 1024, len(data)))
        changed[random.randrange(min(reach, len(data)))] ^= 1 << random.randrange(8)
    return bytes(changed)


def numbered(data: bytes, random: Random) -> bytes:
    """With a number written over some bytes."""
    size = random.choice((1, 2, 4, 8))
    number = (random.choice(NUMBERS) % 2 ** (8 * size)).to_bytes(size, "little")
    place = random.randrange(len(data) + 1)
    return data[:place] + number + data[place + size :]


def repeated(data: bytes, random: Random) -> bytes:
    """With a stretch doubled, removed or moved."""
    begin = random.randrange(len(data) + 1)
    end = min(len(data), begin + random.choice((1, 8, 100, 5000)))
    place = random.randrange(len(data) + 1)
    rest = random.choice((data, data[:begin] + data[end:]))
    return rest[:place] + random.choice((data[begin:end], b"")) + rest[place:]


CHANGES = (truncated, flipped, numbered, repeated)


VALUES = (
    "null",
    "true",
    "-1",
    "0",
    "1e308",
    "1e-320",
    "18446744073709551616",
    '""',
    '"x"',
    "[]",
    "{}",
)
"""Values of JSON at which programs that read it have been wrong."""


def retyped(data: bytes, random: Random) -> bytes:
    """JSON that still is, with one to three of its numbers or texts replaced by other values."""
    text = data.decode()
    for _ in range(random.choice((1, 1, 2, 3))):
        places = list(re.finditer(r'(?<=: )("[^"\n]*"|-?[\d.e+-]+|true|false|null)', text))
        found = random.choice(places)
        text = text[: found.start()] + random.choice(VALUES) + text[found.end() :]
    return text.encode()
