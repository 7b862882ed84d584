"""The client: holds image, noise, keys and answer; sends ciphertexts and keys for multiplying."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple, TypeVar

import numpy as np
from pydantic import ValidationError

from engine.core.errors import Unreachable, UserError
from engine.core.records import Record
from engine.encrypted.address import Address
from engine.encrypted.ciphers import Keys
from engine.encrypted.messages import (
    SMALL,
    Broken,
    Kind,
    Limits,
    receive,
    refused,
    send,
)
from engine.encrypted.quadratic import Matrix
from engine.encrypted.terms import PROTOCOL, Announcement, Terms

CONNECTING, ANSWERING = 5.0, 30.0
"""Seconds for a connection, and for an answer beside ten times what it is estimated to take."""
_SLACK = 1 << 20
T = TypeVar("T")


class Traffic(Record):
    """What went over the wire.

    Attributes:
        batches: of samples.
        sent, received: bytes.
    """

    batches: int = 0
    sent: int = 0
    received: int = 0


class Exchange(NamedTuple):
    """A batch on the wire: ciphertexts to the server, ciphertexts back, what they decrypt to."""

    sent: bytes
    received: bytes
    numbers: Matrix


class Client:
    """One client of a server; it connects when it is asked, and again where it was left.

    Args:
        address: of the server.
        patience: seconds for an answer; None for ten times the estimate and :data:`ANSWERING`.

    Raises:
        Unreachable: the server does not answer, or not in this protocol.
        UserError: what it offers is not secure, or not what is asked for.
    """

    _connection: socket.socket | None = None

    def __init__(self, address: Address, patience: float | None = None) -> None:
        self.address = address
        self.traffic = Traffic()
        self._patience = patience
        self._keys: Keys | None = None
        self.announced: Announcement = self._asked(lambda: self._greet(self._connect()))
        self.close()
        self.terms: Terms = self.announced.chosen(address.answer)

    @property
    def slots(self) -> int:
        """Samples in one batch."""
        return self.terms.parameters.slots

    def answers(self, x: Matrix) -> Matrix:
        """Decrypted numbers (B, columns) for samples (B, d).

        A row whose norm is above the limit is not sent, and has no finite number.

        Args:
            x: any number of rows; they are sent by batches of :attr:`slots`.

        Raises:
            Unreachable: the server does not answer, or with what is no answer.
        """
        starts = range(0, len(x), self.slots)
        return np.concatenate([self.exchange(x[at : at + self.slots]).numbers for at in starts])

    def exchange(self, x: Matrix) -> Exchange:
        """One batch as it crosses the wire: at most :attr:`slots` rows.

        Raises:
            Unreachable: as :meth:`answers`.
        """
        if self._keys is None:
            self._keys = Keys(self.terms.parameters, self.terms.answer)
        keys, columns = self._keys, self.terms.columns
        outside = ~(np.sum(x**2, axis=1) + 1 <= self.terms.limit**2)
        data = keys.encrypted(np.where(outside[:, None], 0.0, x))
        lost = self._connection is None
        try:
            answer = self._exchange(data)
        except _Left:
            if lost:
                raise
            answer = self._exchange(data)  # it may have left an idle client
        found = self._asked(lambda: keys.decrypted(answer, len(x), columns))
        found[outside] = np.nan
        traffic = self.traffic
        self.traffic = Traffic(
            batches=traffic.batches + 1,
            sent=traffic.sent + len(data),
            received=traffic.received + len(answer),
        )
        return Exchange(data, answer, found)

    def close(self) -> None:
        """Leave the server; keys are kept for the next time."""
        if self._connection is not None:
            with suppress(OSError):
                self._connection.close()
            self._connection = None

    def __del__(self) -> None:
        self.close()

    def _exchange(self, data: bytes) -> bytes:
        if self._connection is None:
            self._asked(self._open)
        parameters = self.terms.parameters
        most = self.terms.columns * (parameters.ciphertext_bytes + 4096) + _SLACK

        def exchange() -> bytes:
            connection = self._connection
            assert connection is not None
            send(connection, Kind.SAMPLES, data)
            return _due(connection, {Kind.ANSWER: most})

        return self._asked(exchange)

    def _open(self) -> None:
        """Connect, and hand over the keys for multiplying."""
        connection = self._connect()
        announced = self._greet(connection)
        if announced != self.announced:
            raise Unreachable(
                f"The server at {self.address.place} announces another model than before; "
                "open it again."
            )
        assert self._keys is not None
        which = [terms.answer for terms in announced.terms].index(self.terms.answer)
        connection.settimeout(self._answering())  # reading keys takes a server about as long
        send(connection, Kind.KEYS, bytes([which]) + self._keys.for_server())
        _due(connection, {Kind.READY: 0})

    def _answering(self) -> float:
        if self._patience is not None:
            return self._patience
        parameters = self.terms.parameters
        one = self.terms.estimate(parameters.slots)
        return ANSWERING + 10 * one.seconds / one.batches

    def _connect(self) -> socket.socket:
        tls = self.address.tls()
        place = (self.address.host, self.address.port)
        connection = socket.create_connection(place, timeout=self._patience or CONNECTING)
        self._connection = connection
        if tls is not None:
            connection = tls.wrap_socket(connection, server_hostname=self.address.host)
            self._connection = connection
        connection.settimeout(self._patience or ANSWERING)
        return connection

    def _greet(self, connection: socket.socket) -> Announcement:
        send(connection, Kind.HELLO)
        try:
            found = Announcement.model_validate_json(_due(connection, {Kind.MODEL: SMALL}))
        except (ValidationError, RecursionError) as error:
            raise Broken("it announces no model") from error
        if found.protocol != PROTOCOL:
            raise Broken(f"it speaks protocol {found.protocol}, and this program {PROTOCOL}")
        return found

    def _asked(self, work: Callable[[], T]) -> T:
        """What some talk gives; every failure of it as a sentence, and the connection closed."""
        where = f"The server at {self.address.place}"
        try:
            return work()
        except TimeoutError as error:
            self.close()
            raise Unreachable(
                f"{where} does not answer; see whether it is running and try again."
            ) from error
        except Broken as error:
            self.close()
            kind = _Left if "closed" in str(error) else Unreachable
            raise kind(f"{where} sent no answer that can be read: {error}.") from error
        except ssl.SSLCertVerificationError as error:
            self.close()
            raise Unreachable(
                f"{where} has no certificate that is trusted here ({error.verify_message}); name "
                "it with --encrypted-ca F.pem."
            ) from error
        except ssl.SSLError as error:
            self.close()
            raise Unreachable(
                f"{where} speaks no TLS that this program does ({error.reason or 'cut off'}); see "
                "whether it was started with --certificate."
            ) from error
        except OSError as error:
            self.close()
            raise _Left(
                f"{where} cannot be reached ({error.strerror or error}); start it with "
                "certiscope serve-encrypted --model M."
            ) from error
        except UserError:
            self.close()
            raise


class _Left(Unreachable):
    """The connection was closed by the other side."""


def _due(connection: socket.socket, limits: Limits) -> bytes:
    """The content of the message that is due; a refusal in its place is an error.

    Raises:
        Unreachable: the server refuses, and says why.
    """
    kind, data = receive(connection, {**limits, Kind.REFUSAL: SMALL})
    if kind is Kind.REFUSAL:
        raise Unreachable(f"The server refuses: {refused(data)}")
    return data
