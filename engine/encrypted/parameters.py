"""Parameters of CKKS: which are secure, what fits into them, and what they cost.

Everything is checked and estimated before a key is made or a byte is sent.
"""

from __future__ import annotations

from math import log2
from typing import Annotated, Literal

from pydantic import Field

from engine.core.errors import UserError
from engine.core.records import Record

SECURITY = 128
"""Bits of security against classical attacks; there is no way to ask for less."""
MOST_BITS = {1024: 27, 2048: 54, 4096: 109, 8192: 218, 16384: 438, 32768: 881}
"""Ring size to the largest modulus, in bits, that is secure with ternary secrets: Albrecht et al.,
Homomorphic Encryption Standard, 2018, table 1 (128 bits, classical)."""
MOST_PRIME = 60
"""Bits of one prime of the chain (SEAL's word)."""
ERROR_DEVIATION = 3.2
"""Standard deviation of one coefficient of fresh noise (the same standard)."""

Bits = Annotated[int, Field(ge=20, le=MOST_PRIME)]
Answer = Literal["scores", "bits"]
"""What the server sends back: encrypted scores that the client compares, or encrypted comparisons
of every two classes."""


class Parameters(Record):
    """One choice of CKKS parameters.

    Attributes:
        ring: degree of the polynomials, a power of 2; half as many votes fit into a ciphertext.
        primes: bits of the primes of the modulus; the last is for switching keys alone.
        scale: bits by which a number is enlarged before it is rounded.
    """

    ring: int
    primes: tuple[Bits, ...] = Field(min_length=2, max_length=32)
    scale: int = Field(ge=10, le=MOST_PRIME)

    @property
    def slots(self) -> int:
        """Votes in one ciphertext."""
        return self.ring // 2

    @property
    def bits(self) -> int:
        """Of the whole modulus."""
        return sum(self.primes)

    @property
    def usable(self) -> int:
        """Bits of the modulus of a fresh ciphertext."""
        return sum(self.primes[:-1])

    @property
    def ciphertext_bytes(self) -> int:
        """Of a fresh ciphertext: two polynomials, each with a word per coefficient and prime."""
        return 16 * self.ring * (len(self.primes) - 1)

    @property
    def key_bytes(self) -> int:
        """Of the keys for multiplying: a pair of polynomials over all primes for each prime."""
        return 16 * self.ring * len(self.primes) * (len(self.primes) - 1)

    def check(self) -> None:
        """Refuse what is not secure at 128 bits.

        Raises:
            UserError: naming the table's limit.
        """
        most = MOST_BITS.get(self.ring)
        if most is None:
            rings = ", ".join(f"{ring:,}" for ring in MOST_BITS)
            raise UserError(
                f"A ring of {self.ring:,} is none of the Homomorphic Encryption Standard's "
                f"({rings})."
            )
        if self.bits > most:
            raise UserError(
                f"A modulus of {self.bits} bits is not secure at {SECURITY} bits with a ring of "
                f"{self.ring:,}: the Homomorphic Encryption Standard allows {most}."
            )

    def in_words(self) -> str:
        """``ring 8,192, modulus 218 of 218 bits (128-bit security), scale 2^30``."""
        most = MOST_BITS.get(self.ring, 0)
        return (
            f"ring {self.ring:,}, modulus {self.bits} of {most} bits ({SECURITY}-bit security), "
            f"scale 2^{self.scale}"
        )


class Estimate(Record):
    """What a run under some parameters takes, before anything is sent.

    Attributes:
        depth: multiplications one after another.
        budget: bits of the modulus that are left at the end, above the numbers and their sign.
        batches: ciphertexts' worth of votes, those beside the counted ones included.
        sent, received: bytes of a batch.
        memory: bytes that client and server hold together at most, both programs included.
        seconds: of all batches, client and server on two cores of one machine.
    """

    depth: int
    budget: float
    batches: int
    sent: int
    received: int
    memory: int
    seconds: float

    def in_words(self) -> str:
        """One sentence."""
        size = f"{self.sent * self.batches / 1e6:,.0f} MB to send"
        return (
            f"Depth {self.depth}, {self.budget:.0f} bits of noise budget left; "
            f"{self.batches:,} batches, {size}, about {self.memory / 2**30:.1f} GiB of memory and "
            f"{self.seconds:,.0f} s on two cores."
        )


_SUMMING = Parameters(ring=4096, primes=(37, 36, 36), scale=30)
_SQUARING = Parameters(ring=8192, primes=(53, 53, 52, 60), scale=30)
COMPARING = Parameters(ring=32768, primes=(60, *(44,) * 17, 60), scale=44)
_STEPS = 4
"""Multiplications one after another of a polynomial of degree 9."""
_ENCRYPT, _MULTIPLY, _ROTATE = 2.6e-7, 1.25e-8, 1.5e-7
"""Seconds per coefficient and prime to encrypt and pass on, to multiply by a number and add, and to
multiply two ciphertexts, on two cores; fitted to runs of the shipped model."""
_COPIES, _KEY_COPIES = 13, 14
"""How often the ciphertexts of a batch, and the keys, stand in memory at most: in client and
server, as numbers, as written bytes and on the wire; fitted to the peaks of both processes."""
PROGRAMS = 1 << 30
"""Bytes that client and server hold without any ciphertext, torch above all; measured on Linux."""
ASIDE = 15
"""Batches beside the counted ones, at most: a trial, the class's votes, what is asked again, the
clean image."""


def comparisons(levels: int) -> int:
    """Steep polynomials before the flat one that the levels allow after ``levels`` of a model."""
    return (len(COMPARING.primes) - 2 - levels) // _STEPS - 1


def choose(answer: Answer, *, hidden: bool) -> Parameters:
    """The parameters for a network with or without a hidden layer, and for what it answers."""
    if answer == "bits":
        return COMPARING
    return _SQUARING if hidden else _SUMMING


def budget(parameters: Parameters, answer: Answer, *, hidden: bool, largest: float) -> float:
    """Bits of the modulus that are left above the largest number and its sign.

    Scores are never rescaled: their scale is that of the samples and of each layer's weights,
    2^(2 s), and 2^(5 s) behind a square. Comparisons end on the first prime.
    """
    size = max(0.0, log2(largest)) + 1
    if answer == "bits":
        return parameters.primes[0] - parameters.scale - size
    return parameters.usable - (5 if hidden else 2) * parameters.scale - size


def estimate(
    parameters: Parameters,
    answer: Answer,
    *,
    features: int,
    hidden: int,
    classes: int,
    votes: int,
    largest: float,
) -> Estimate:
    """What a run takes.

    Args:
        parameters: of the run.
        answer: scores or comparisons.
        features: ciphertexts of one batch.
        hidden: units of the square layer; 0 for none.
        classes: that are told apart.
        votes: to count, both phases together.
        largest: number in a slot of the answer.
    """
    pairs = classes * (classes - 1) // 2 if answer == "bits" else classes
    words = parameters.ring * (len(parameters.primes) - 1)
    products = (features * hidden + hidden * pairs) if hidden else features * pairs
    depth = 3 if hidden else 1
    each = _ENCRYPT * features * words + _MULTIPLY * products * words + _ROTATE * hidden * words
    if answer == "bits":
        many = comparisons(depth) + 1
        depth += many * _STEPS
        each += many * 16 * _ROTATE * pairs * words + 4 * _MULTIPLY * products * words
    batches = -(-votes // parameters.slots) + ASIDE
    held = (features + hidden + pairs) * parameters.ciphertext_bytes
    return Estimate(
        depth=depth,
        budget=budget(parameters, answer, hidden=hidden > 0, largest=largest),
        batches=batches,
        sent=features * parameters.ciphertext_bytes,
        received=pairs * parameters.ciphertext_bytes,
        memory=_COPIES * held + _KEY_COPIES * parameters.key_bytes + PROGRAMS,
        seconds=each * batches,
    )
