"""The server: announces a model, takes keys and ciphertexts, sends ciphertexts back.

It holds no secret key, so that it reads neither samples nor scores. Several clients may be served
at a time, each by a thread and with keys of its own.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType

from engine.core.errors import UserError
from engine.core.records import ModelIdentity
from engine.encrypted.ciphers import Evaluation
from engine.encrypted.messages import SMALL, Broken, Closed, Kind, receive, refusal, send
from engine.encrypted.quadratic import Quadratic
from engine.encrypted.terms import PROTOCOL, Announcement, Offer

IDLE = 120.0
"""Seconds without a message, or without a byte of one, after which a client is left."""
CLIENTS = 4
"""Served at a time: each holds keys and a batch of ciphertexts in memory."""
_AGAIN, _REFUSING = 0.1, 5.0
"""Seconds before connections are taken again, and for a client that is one too many to ask."""
_SLACK = 1 << 20
Say = Callable[[str], None]


class Server:
    """Serves one model until it is closed.

    Args:
        model: what is computed.
        identity: of the model, as it is announced: its file's name is left out.
        host, port: where to listen; port 0 takes a free one.
        tls: for connections from other machines.
        say: told in a line what happens.
        idle: seconds; as :data:`IDLE`.

    Raises:
        UserError: the address is taken or is none of this machine, or the model cannot be offered.
    """

    def __init__(
        self,
        model: Quadratic,
        identity: ModelIdentity,
        *,
        host: str,
        port: int,
        tls: ssl.SSLContext | None = None,
        say: Say = lambda line: None,
        idle: float = IDLE,
    ) -> None:
        self.offers = [Offer.of(model, "scores"), Offer.of(model, "bits")]
        self._announced = Announcement(
            protocol=PROTOCOL,
            model=identity.model_copy(update={"source": "", "notes": ()}),
            terms=tuple(offer.terms for offer in self.offers),
        )
        self._tls, self._say, self._idle = tls, say, idle
        self._free = threading.BoundedSemaphore(CLIENTS)
        self._closed = threading.Event()
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            self._listening = socket.create_server((host, port), family=family)
        except OSError as error:
            raise UserError(
                f"Cannot listen on {host}:{port}: {error.strerror or error}."
            ) from error
        self.port: int = self._listening.getsockname()[1]

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Take no more clients."""
        self._closed.set()
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def serve(self) -> None:
        """Take clients until :meth:`close`."""
        number = 0
        while not self._closed.is_set():
            try:
                connection, _ = self._listening.accept()
            except OSError:  # closed, or out of files for as long as clients hold them
                self._closed.wait(_AGAIN)
                continue
            number += 1
            thread = threading.Thread(
                target=self._client, args=(connection, f"client {number}"), daemon=True
            )
            try:
                thread.start()
            except RuntimeError:  # no thread is left
                connection.close()

    def _client(self, connection: socket.socket, name: str) -> None:
        """One client, from its first message to its last."""
        free = self._free.acquire(blocking=False)
        connection.settimeout(self._idle if free else min(self._idle, _REFUSING))
        try:
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            receive(connection, {Kind.HELLO: SMALL})  # unread it would cut a refusal off
            if not free:
                raise UserError(f"{CLIENTS} clients are served already; try again later.")
            self._talk(connection, name)
        except Closed:
            self._say(f"{name} left.")
        except UserError as error:
            self._say(f"{name} was refused: {error}")
            _refuse(connection, str(error))
        except (OSError, MemoryError) as error:
            self._say(f"{name} was lost ({type(error).__name__}).")
        finally:
            if free:
                self._free.release()
            connection.close()

    def _talk(self, connection: socket.socket, name: str) -> None:
        send(connection, Kind.MODEL, self._announced.model_dump_json().encode())
        most = {Kind.KEYS: max(map(_most_keys, self.offers)) + 1}
        _, keys = receive(connection, most)
        offer = self._offer(keys)
        evaluation = Evaluation(
            offer.terms.parameters, offer.terms.answer, offer.model, offer.terms.steep, keys[1:]
        )
        send(connection, Kind.READY)
        self._say(f"{name} sent keys of {len(keys) / 1e6:.1f} MB; it gets {offer.terms.answer}.")
        limit = offer.terms.features * (offer.terms.parameters.ciphertext_bytes + 4096) + _SLACK
        while True:
            _, samples = receive(connection, {Kind.SAMPLES: limit})
            answer = evaluation.answered(samples)
            send(connection, Kind.ANSWER, answer)
            self._say(
                f"{name}: {len(samples) / 1e6:.1f} MB of ciphertexts in, "
                f"{len(answer) / 1e6:.1f} MB out."
            )

    def _offer(self, keys: bytes) -> Offer:
        """What the first byte before the keys asks for."""
        if not keys or keys[0] >= len(self.offers):
            raise Broken("the keys do not say what they are for")
        offer = self.offers[keys[0]]
        if len(keys) > _most_keys(offer):
            raise Broken("the keys are larger than their parameters make them")
        return offer


def _most_keys(offer: Offer) -> int:
    return 2 * offer.terms.parameters.key_bytes + _SLACK


def _refuse(connection: socket.socket, sentence: str) -> None:
    with suppress(OSError):
        send(connection, Kind.REFUSAL, refusal(sentence))
