"""Fields of protocol buffers, against a writer of the tests' own."""

from __future__ import annotations

import struct

import pytest

from engine.models.protobuf import attribute, fields, first, messages, varint, varints
from tests.hostile.onnx import attribute as written
from tests.hostile.onnx import field


def test_fields_come_as_they_were_written() -> None:
    data = field(1, 300) + field(2, "name") + field(1, 7) + b"\x1d" + struct.pack("<f", 0.5)
    assert list(fields(data)) == [(1, 300), (2, b"name"), (1, 7), (3, 0.5)]
    assert first(data, 2) == b"name" and list(messages(data, 1)) == [300, 7]


def test_attributes_of_a_node() -> None:
    inner = first(written("pads", [1, 0, 300]), 5)
    assert attribute(inner) == ("pads", [1, 0, 300])
    packed = field(1, "strides") + field(8, b"\x01\xac\x02")
    assert attribute(packed) == ("strides", [1, 300])
    assert attribute(field(1, "value") + field(5, b"tensor")) == ("value", [b"tensor"])


def test_negative_and_broken_numbers() -> None:
    minus = b"\xff" * 9 + b"\x01"
    assert varint(minus, 0) == (-1, 10) and list(varints(b"\x05" + minus)) == [5, -1]
    with pytest.raises(ValueError, match="number"):
        varint(b"\xff" * 11, 0)
    with pytest.raises(ValueError, match="length"):
        list(fields(b"\x0a\x7f"))
    with pytest.raises(ValueError, match="wire type"):
        list(fields(b"\x0b"))
