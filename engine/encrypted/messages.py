"""Messages between two processes: four bytes that name the protocol, a kind, a length, the bytes.

A length is read before any of its bytes, and refused where it is above what the reader expects. The
contents are JSON that is checked, or ciphertexts and keys that TenSEAL's own reader checks; nothing
is unpickled.
"""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Mapping
from contextlib import suppress
from enum import IntEnum

from engine.core.errors import UserError, quoted

MAGIC = b"CSE1"
_HEAD = struct.Struct(">4sBQ")
_CHUNK = 1 << 20
SMALL = 1 << 20
"""Most bytes of a message in JSON."""
_SLOWEST = 1 << 15
"""Bytes a second; a message that comes more slowly, its connection's time-out aside, is left."""


class Kind(IntEnum):
    """What a message is."""

    HELLO = 1
    MODEL = 2
    KEYS = 3
    READY = 4
    SAMPLES = 5
    ANSWER = 6
    REFUSAL = 7


class Broken(UserError):
    """What came is no message of this protocol, or not all of it."""


class Closed(Broken):
    """The other side closed the connection between two messages."""


Limits = Mapping[Kind, int]
"""The kinds of message that may come now, and their most bytes."""


def send(connection: socket.socket, kind: Kind, data: bytes = b"") -> None:
    """Send one message.

    Raises:
        OSError: the connection is lost, or nothing was taken for as long as its time-out.
    """
    connection.sendall(_HEAD.pack(MAGIC, kind, len(data)))
    content = memoryview(data)
    for start in range(0, len(data), _CHUNK):  # the time-out is of one call: a slow wire is none
        connection.sendall(content[start : start + _CHUNK])


def receive(connection: socket.socket, limits: Limits) -> tuple[Kind, bytes]:
    """The next message.

    Raises:
        Broken: it is none, of a kind that is not due, longer than it may be, or cut off.
        TimeoutError: nothing came for as long as the connection's time-out, or what came was slow.
        OSError: the connection is lost.
    """
    head = _exactly(connection, _HEAD.size, first=True)
    magic, kind, length = _HEAD.unpack(head)
    if magic != MAGIC or kind not in {int(each) for each in limits}:
        raise Broken("what came is no message of this protocol")
    most = limits[Kind(kind)]
    if length > most:
        raise Broken(f"a message of {length:,} bytes came where {most:,} are the most")
    return Kind(kind), _exactly(connection, length)


def refusal(sentence: str) -> bytes:
    """The content of a refusal."""
    return json.dumps({"sentence": sentence}).encode()


def refused(data: bytes) -> str:
    """The sentence of a refusal, as one line of bounded length."""
    with suppress(ValueError, RecursionError):
        content = json.loads(data)
        if isinstance(content, dict):
            return quoted(content.get("sentence", ""), 400)
    return "it gave no reason"


def _exactly(connection: socket.socket, size: int, *, first: bool = False) -> bytes:
    """So many bytes, read in pieces: memory is taken as they come."""
    parts, left = list[bytes](), size
    patience = connection.gettimeout()
    until = None if patience is None else time.monotonic() + patience + size / _SLOWEST
    while left:
        if until is not None and time.monotonic() > until:
            raise TimeoutError
        part = connection.recv(min(left, _CHUNK))
        if not part:
            if first and left == size:
                raise Closed("the connection was closed")
            raise Broken("a message was cut off")
        parts.append(part)
        left -= len(part)
    return b"".join(parts)
