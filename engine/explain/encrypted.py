"""One image under encryption, as both sides see it: to look at, no vote is counted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.inputs.base import FittedInput
from engine.models.encrypted import EncryptedClassifier

SIDE = 64
"""Bytes of a ciphertext that are drawn, in a square."""
_WRITTEN = 32


@dataclass(frozen=True)
class Ciphertext:
    """Some bytes of what crossed the wire.

    Attributes:
        size: bytes in all.
        picture: (1, SIDE, SIDE) grey values of bytes from its middle, in [0, 1].
        hexadecimal: the first of these.
    """

    size: int
    picture: npt.NDArray[np.float32]
    hexadecimal: str

    @classmethod
    def of(cls, data: bytes) -> Ciphertext:
        """What is drawn of some bytes."""
        middle = len(data) // 2
        some = data[middle : middle + SIDE * SIDE].ljust(SIDE * SIDE, b"\0")
        grey = (np.frombuffer(some, dtype=np.uint8) / 255).astype(np.float32)
        return cls(len(data), grey.reshape(1, SIDE, SIDE), some[:_WRITTEN].hex(" "))


@dataclass(frozen=True)
class Sight:
    """What each side has of one image.

    Attributes:
        image: (C, H, W), which the client holds.
        sent, received: ciphertexts, all that the server sees and gives.
        numbers: what the client reads: a score for each class, or a comparison of every two.
        names: of these numbers.
    """

    image: npt.NDArray[np.float32]
    sent: Ciphertext
    received: Ciphertext
    numbers: tuple[float, ...]
    names: tuple[str, ...]


def look(classifier: EncryptedClassifier, fitted: FittedInput) -> Sight:
    """Send the image without noise, and look at what crosses the wire.

    Raises:
        UserError: the server does not answer.
    """
    image = np.asarray(fitted.arrays[0], dtype=np.float32)
    exchange = classifier.client.exchange(image.reshape(1, -1).astype(np.float64))
    classes = classifier.identity.class_names
    pairs = [f"{a} before {b}" for at, a in enumerate(classes) for b in classes[at + 1 :]]
    scored = classifier.client.terms.answer == "scores"
    return Sight(
        image=image,
        sent=Ciphertext.of(exchange.sent),
        received=Ciphertext.of(exchange.received),
        numbers=tuple(float(number) for number in exchange.numbers[0]),
        names=classes if scored else tuple(pairs),
    )
