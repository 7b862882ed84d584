"""Protocol buffers of ONNX files, read field by field: data, not run. No torch."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any


def attribute(data: bytes) -> tuple[str, list[Any]]:
    """Of an ONNX node: its name and its values, one of any kind (a tensor as bytes), or a list."""
    name, values = "", []
    for field, value in fields(data):
        if field == 1:
            name = value.decode()
        elif field in (2, 3, 4, 5, 9):
            values.append(value)
        elif field == 7:
            packed = isinstance(value, bytes)
            values += [one for (one,) in struct.iter_unpack("<f", value)] if packed else [value]
        elif field == 8:
            values += list(varints(value)) if isinstance(value, bytes) else [value]
    return name, values


def first(data: bytes, field: int) -> bytes:
    """The first message of a field.

    Raises:
        StopIteration: there is none.
    """
    found: bytes = next(messages(data, field))
    return found


def messages(data: bytes, field: int) -> Iterator[Any]:
    """All values of a field."""
    return (value for number, value in fields(data) if number == field)


def fields(data: bytes) -> Iterator[tuple[int, Any]]:
    """Field numbers and values: integers, float32 numbers, and bytes of whatever else."""
    place = 0
    while place < len(data):
        tag, place = varint(data, place)
        field, wire = tag >> 3, tag & 7
        if wire == 0:
            value, place = varint(data, place)
            yield field, value
        elif wire == 2:
            size, place = varint(data, place)
            if size < 0 or place + size > len(data):
                raise ValueError("length")
            yield field, data[place : place + size]
            place += size
        elif wire in (1, 5):
            size = 8 if wire == 1 else 4
            (number,) = struct.unpack("<d" if wire == 1 else "<f", data[place : place + size])
            yield field, number
            place += size
        else:
            raise ValueError("wire type")


def varint(data: bytes, place: int) -> tuple[int, int]:
    """A number, and the place after it.

    Raises:
        ValueError: it is longer than a number of 64 bits.
    """
    value = shift = 0
    while shift < 70:
        byte = data[place]
        value |= (byte & 127) << shift
        place, shift = place + 1, shift + 7
        if byte < 128:
            return value - (1 << 64) if value >> 63 else value, place
    raise ValueError("number")


def varints(data: bytes) -> Iterator[int]:
    """Numbers that are packed one behind the other."""
    place = 0
    while place < len(data):
        value, place = varint(data, place)
        yield value
