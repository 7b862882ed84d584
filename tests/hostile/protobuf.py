"""ONNX files whose fields lie: numbers, names, sizes, missing and repeated parts, deep nesting."""

from __future__ import annotations

import contextlib
from random import Random
from typing import NamedTuple

from tests.hostile.bytes import NUMBERS, mutated
from tests.hostile.onnx import field

_NAMES = (
    *(
        "",
        "x",
        "y",
        "w",
        "flat",
        "one",
        "shape",
        "n",
        "\xff",
        "../w.bin",
        "location",
        "com.microsoft",
    ),
    *("Identity", "Reshape", "Expand", "Tile", "Pad", "Slice", "Gather", "ConstantOfShape", "Loop"),
    *("Scan", "If", "Resize", "TopK", "Conv", "ConvTranspose", "MaxPool", "Gemm", "MatMul", "LSTM"),
    *(
        "Split",
        "Concat",
        "Transpose",
        "Range",
        "OneHot",
        "NonZero",
        "ScatterND",
        "GatherND",
        "Einsum",
    ),
    *("CumSum", "Unique", "Compress", "DepthToSpace", "RoiAlign", "NonMaxSuppression", "Upsample"),
    *("SequenceConstruct", "SequenceAt", "StringNormalizer", "TfIdfVectorizer", "QLinearConv"),
    *("BatchNormalization", "InstanceNormalization", "LRN", "GRU", "RNN", "Dropout", "Constant"),
    *("FusedConv", "Attention", "QAttention", "EmbedLayerNormalization", "DFT", "GridSample"),
    *(
        "RandomNormal",
        "Multinomial",
        "Bernoulli",
        "EyeLike",
        "MaxUnpool",
        "ReverseSequence",
        "STFT",
    ),
)


class Field(NamedTuple):
    """One field of a message, where it begins and ends, and the path of messages around it."""

    number: int
    wire: int
    begin: int
    body: int
    end: int
    around: tuple[int, ...]


def fields(data: bytes, begin: int, end: int, around: tuple[int, ...] = ()) -> list[Field]:
    """All fields, those of messages inside included; bytes that parse as a message are one."""
    found: list[Field] = []
    place = begin
    while place < end:
        start = place
        tag, place = _varint(data, place, end)
        wire, body = tag & 7, place
        if wire == 0:
            _, place = _varint(data, place, end)
        elif wire == 2:
            size, body = _varint(data, place, end)
            place = body + size
        else:
            place += {1: 8, 5: 4}.get(wire, 1 << 60)
        if place > end or not 0 < tag >> 3 < 100:
            raise ValueError("no message")
        here = Field(tag >> 3, wire, start, body, place, around)
        found.append(here)
        if wire == 2 and body < place:
            with contextlib.suppress(ValueError, IndexError):
                found += fields(data, body, place, (*around, start))
    return found


def _varint(data: bytes, place: int, end: int) -> tuple[int, int]:
    value = shift = 0
    while place < end and shift < 70:
        byte = data[place]
        place += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, place
    raise ValueError("no number")


def lying(data: bytes, random: Random) -> bytes:
    """The message with one to four fields changed; sizes around them stay right mostly."""
    for _ in range(random.choice((1, 1, 2, 4))):
        try:
            known = fields(data, 0, len(data))
        except (ValueError, IndexError):
            return mutated(data, random)
        data = _changed(data, random.choice(known), known, random)
    return mutated(data, random) if random.random() < 0.1 else data


def _changed(data: bytes, victim: Field, known: list[Field], random: Random) -> bytes:
    kind = random.randrange(5)
    whole = data[victim.begin : victim.end]
    if kind == 0:
        new = b""
    elif kind == 1:
        new = whole * random.choice((2, 3, 50))
    elif kind == 2:
        other = random.choice(known)
        new = data[other.begin : other.end]
    elif victim.wire == 0:
        new = field(victim.number, random.choice((*NUMBERS, random.randrange(64))) % 2**64)
    elif victim.wire == 2 and kind == 3:
        new = field(victim.number, random.choice(_NAMES).encode("latin-1"))
    elif victim.wire == 2:
        body = data[victim.body : victim.end]
        deep = random.random() < 0.1
        new = _nested(whole, 200) if deep else field(victim.number, mutated(body, random))
    else:
        new = whole
    return _put(data, victim, new)


def _nested(whole: bytes, depth: int) -> bytes:
    for number in [1, 5, 6] * (depth // 3):
        whole = field(number, whole)
    return whole


def _put(data: bytes, victim: Field, new: bytes) -> bytes:
    """``new`` in the victim's place, and every length around it made right again."""
    begin, end = victim.begin, victim.end
    for outer in reversed(victim.around):
        tag, body = _varint(data, outer, len(data))
        size, body = _varint(data, body, len(data))
        inside = data[body:begin] + new + data[end : body + size]
        begin, end, new = outer, body + size, field(tag >> 3, inside)
    return data[:begin] + new + data[end:]
