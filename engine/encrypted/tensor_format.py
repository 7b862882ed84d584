"""The form of TenSEAL's tensors on the wire, read before TenSEAL itself reads one.

Its own reader ends the process where a tensor holds no ciphertexts. The message is a protocol
buffer: 1 the shape, packed; 2 each ciphertext, in SEAL's format; 3 the scale; 4 the samples.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from math import prod

_SEAL = b"\x5e\xa1"
_VARINT, _DOUBLE, _BYTES = 0, 1, 2
_LONGEST = 10
_MOST_CIPHERTEXTS = 1 << 20


class Misshapen(ValueError):
    """It is no tensor of ciphertexts."""


class Tensor:
    """What a message says of itself; its ciphertexts are left to SEAL.

    Raises:
        Misshapen: it is no such message.
    """

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0
        self.shape: tuple[int, ...] = ()
        self.ciphertexts = self.rows = 0
        self.scale = 0.0
        while self._at < len(data):
            self._field()
        if not self._whole():
            raise Misshapen

    def _whole(self) -> bool:
        """Whether it has as many ciphertexts as its shape says, of some samples."""
        sized = bool(self.shape) and self.ciphertexts == prod(self.shape) > 0
        return sized and self.rows > 0 and self.scale > 0

    def is_for(self, shape: Sequence[int]) -> bool:
        """Whether it has this shape."""
        return self.shape == tuple(shape)

    def _field(self) -> None:
        tag = self._varint()
        if tag == 1 << 3 | _BYTES:
            self.shape = self._packed(self._varint())
        elif tag == 2 << 3 | _BYTES and self.ciphertexts < _MOST_CIPHERTEXTS:
            if not self._bytes(self._varint()).startswith(_SEAL):
                raise Misshapen
            self.ciphertexts += 1
        elif tag == 3 << 3 | _DOUBLE:
            (self.scale,) = struct.unpack("<d", self._bytes(8))
        elif tag == 4 << 3 | _VARINT:
            self.rows = self._varint()
        else:
            raise Misshapen

    def _packed(self, size: int) -> tuple[int, ...]:
        found, end = list[int](), self._at + size
        while self._at < end and len(found) < _LONGEST:
            found.append(self._varint())
        if self._at != end:
            raise Misshapen
        return tuple(found)

    def _bytes(self, size: int) -> bytes:
        """The first bytes of a stretch, all of which must be there."""
        if self._at + size > len(self._data):
            raise Misshapen
        found = self._data[self._at : self._at + min(size, 8)]
        self._at += size
        return found

    def _varint(self) -> int:
        value = 0
        for place in range(_LONGEST):
            if self._at >= len(self._data):
                break
            byte = self._data[self._at]
            self._at += 1
            value |= (byte & 127) << 7 * place
            if byte < 128:
                return value
        raise Misshapen
