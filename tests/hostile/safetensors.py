"""Safetensors files whose header lies."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from tests.hostile.bytes import NUMBERS, mutated

_DTYPES = ("F64", "F32", "F16", "BF16", "I64", "U8", "BOOL", "F8_E4M3", "F4", "C64", "X", "", 3)
_TEXTS = ("", "a", "conv1.weight", "vit_h_14", "cifar_resnet1202", "1e400", "\u0000", "x" * 5000)
_RAW = (
    "[" * 100_000,
    "{" * 5,
    '{"a":' * 50_000,
    "1" * 5000,
    "1e400",
    "-1",
    "null",
    "\u2028",
    '"a"',
)


def lying(data: bytes, random: Random) -> bytes:
    """A safetensors file with a header edited or replaced, its length stated rightly or not."""
    size = int.from_bytes(data[:8], "little")
    header, body = json.loads(data[8 : 8 + size]), data[8 + size :]
    for _ in range(random.choice((1, 1, 2, 5))):
        header = _edited(header, random)
    text = json.dumps(header)
    if random.random() < 0.15:
        place = random.randrange(len(text))
        text = text[:place] + random.choice(_RAW) + text[place + random.choice((0, 1, 20)) :]
    encoded = text.encode()
    length = len(encoded) if random.random() < 0.9 else random.choice(NUMBERS)
    whole = length.to_bytes(8, "little") + encoded + body
    return mutated(whole, random) if random.random() < 0.2 else whole


def _edited(header: dict[str, Any], random: Random) -> dict[str, Any]:
    header = json.loads(json.dumps(header))
    name = random.choice(list(header) or ["x"])
    kind = random.randrange(7)
    if kind == 0:
        header.pop(name, None)
    elif kind == 1:
        header[random.choice(_TEXTS)] = header.get(name)
    elif kind == 2:
        texts = (*_TEXTS, "cifar10", "half", "0.25", "9" * 400)
        key = random.choice(("architecture", "normalization", "training_sigma", "x"))
        header["__metadata__"] = random.choice(({key: random.choice(texts)}, {key: 1}, 7, []))
    elif kind == 3:
        header[name] = random.choice((None, [], {}, 1, {"dtype": "F32"}, [[]] * 50))
    elif isinstance(header.get(name), dict):
        _lie(header[name], random)
    return header


def _lie(entry: dict[str, Any], random: Random) -> None:
    number = random.choice((*NUMBERS, -1, 0.5, 10**30, 10**9, None, "4"))
    what = random.randrange(4)
    if what == 0:
        entry["dtype"] = random.choice(_DTYPES)
    elif what == 1:
        known = entry.get("shape")
        shape = list(known) if isinstance(known, list) and known else [1]
        shape[random.randrange(len(shape))] = number
        zero = random.random() < 0.5
        entry["shape"] = random.choice((shape, [*shape, 0], [number, 0], [1] * 500, []))
        if zero and 0 in entry["shape"]:
            entry["data_offsets"] = [0, 0]
    elif what == 2:
        known = entry.get("data_offsets")
        offsets = list(known) if isinstance(known, list) else [0, 0]
        offsets[random.randrange(2)] = number
        entry["data_offsets"] = offsets
    else:
        entry[random.choice(("dtype", "shape", "data_offsets", "extra"))] = number
