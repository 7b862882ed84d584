from __future__ import annotations

import socket
import threading

import pytest

from engine.core.errors import UserError
from engine.encrypted.ciphers import Keys
from engine.encrypted.messages import SMALL, Broken, Kind, receive, refused, send
from engine.encrypted.parameters import choose
from engine.encrypted.server import Server
from engine.encrypted.terms import Announcement
from tests.encrypted import samples, serving, small, stated

ANY = {Kind.MODEL: SMALL, Kind.READY: 0, Kind.ANSWER: 1 << 24, Kind.REFUSAL: SMALL}


@pytest.fixture(scope="module")
def keys():
    return Keys(choose("scores", hidden=True), "scores")


@pytest.fixture(scope="module")
def address():
    with serving(small(), idle=0.5) as found:
        yield found


@pytest.fixture
def greeted(address):
    with socket.create_connection((address.host, address.port), timeout=5) as connection:
        send(connection, Kind.HELLO)
        receive(connection, ANY)
        yield connection


def refusal_of(connection):
    kind, data = receive(connection, ANY)
    assert kind is Kind.REFUSAL
    return refused(data)


def test_it_announces_the_model_and_not_where_its_file_lies(address):
    with socket.create_connection((address.host, address.port), timeout=5) as connection:
        send(connection, Kind.HELLO)
        _, data = receive(connection, ANY)
    found = Announcement.model_validate_json(data)
    assert found.model.class_names == stated().class_names and found.model.source == ""
    assert [terms.answer for terms in found.terms] == ["scores", "bits"]


def test_samples_are_answered(greeted, keys):
    send(greeted, Kind.KEYS, b"\x00" + keys.for_server())
    assert receive(greeted, ANY) == (Kind.READY, b"")
    send(greeted, Kind.SAMPLES, keys.encrypted(samples(7)))
    kind, data = receive(greeted, ANY)
    assert kind is Kind.ANSWER and keys.decrypted(data, 7, 3).shape == (7, 3)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "do not say what they are for"),
        (b"\x07abc", "do not say what they are for"),
        (b"\x00abc", "These are no keys"),
        (b"\x00" + b"a" * (4 << 20), "larger than their parameters"),
    ],
)
def test_keys_that_are_none_are_refused(greeted, data, said):
    send(greeted, Kind.KEYS, data)
    assert said in refusal_of(greeted)


def test_a_secret_key_is_refused(greeted, keys):
    send(greeted, Kind.KEYS, b"\x00" + keys.secret())
    assert "must not leave the client" in refusal_of(greeted)


def test_samples_of_another_shape_are_refused(greeted, keys):
    send(greeted, Kind.KEYS, b"\x00" + keys.for_server())
    receive(greeted, ANY)
    send(greeted, Kind.SAMPLES, keys.encrypted(samples(7)[:, :2]))
    assert "takes 4 values, and the samples have 2" in refusal_of(greeted)


def test_messages_out_of_turn_or_too_long_are_refused(greeted, address):
    send(greeted, Kind.SAMPLES, b"abc")
    assert "no message of this protocol" in refusal_of(greeted)
    with socket.create_connection((address.host, address.port), timeout=5) as connection:
        connection.sendall(b"CSE1\x01" + (1 << 40).to_bytes(8, "big"))
        assert "1,099,511,627,776 bytes came where" in refusal_of(connection)


def test_a_client_that_says_nothing_is_left(greeted):
    greeted.settimeout(5)
    with pytest.raises(Broken, match="closed"):
        receive(greeted, ANY)


def test_no_more_clients_than_memory_is_for(address):
    place = (address.host, address.port)
    held = [socket.create_connection(place, timeout=5) for _ in range(4)]
    try:
        with socket.create_connection(place, timeout=5) as connection:
            send(connection, Kind.HELLO)
            assert "4 clients are served already" in refusal_of(connection)
    finally:
        for one in held:
            one.close()


def test_an_address_that_is_taken_is_a_sentence(address):
    with pytest.raises(UserError, match=r"Cannot listen on 127\.0\.0\.1:\d+: .*in use"):
        Server(small(), stated(), host=address.host, port=address.port)


def test_no_file_and_no_thread_left_end_no_server(monkeypatch):
    """Whoever opens connections until nothing is left keeps others out for that long alone."""
    with serving(small(), idle=5) as address:
        place = (address.host, address.port)

        def refuses(thread):
            raise RuntimeError("can't start new thread")

        with monkeypatch.context() as patched:
            patched.setattr(threading.Thread, "start", refuses)
            with socket.create_connection(place, timeout=5) as connection:
                assert connection.recv(1) == b""
        accepts, failures = socket.socket.accept, iter([OSError(24, "Too many open files")])

        def accept(self):
            for failure in failures:
                raise failure
            return accepts(self)

        with monkeypatch.context() as patched:
            patched.setattr(socket.socket, "accept", accept)
            for _ in range(3):
                with socket.create_connection(place, timeout=5) as connection:
                    send(connection, Kind.HELLO)
                    assert receive(connection, ANY)[0] is Kind.MODEL
