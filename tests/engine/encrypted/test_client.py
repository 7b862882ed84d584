from __future__ import annotations

import datetime
import ipaddress
import random
import socket
import struct
import threading
import time

import numpy as np
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from engine.core.errors import Unreachable, UserError
from engine.encrypted.address import Address, server_tls
from engine.encrypted.ciphers import Evaluation, Keys
from engine.encrypted.client import Client
from engine.encrypted.comparison import NOT_COUNTED, by_scores
from engine.encrypted.messages import Kind, receive, refusal, send
from engine.encrypted.server import Server
from engine.encrypted.tensor_format import Tensor
from engine.encrypted.terms import PROTOCOL, Announcement, Offer
from tests.encrypted import (
    announcing,
    found_in,
    misbehaving,
    relay,
    samples,
    secret_alone,
    serialised,
    serving,
    small,
    stated,
    windows,
    words,
)

SECONDS = 1.5
"""Patience with servers that misbehave."""


def announcement():
    terms = (Offer.of(small(), "scores").terms,)
    return Announcement(protocol=PROTOCOL, model=stated(), terms=terms).model_dump_json().encode()


def test_what_comes_back_are_the_scores():
    offer, x = Offer.of(small(), "scores"), samples(20)
    x[3] *= 10  # beyond the limit: it is not sent, and has no scores
    with serving(small()) as address:
        client = Client(address)
        found = client.answers(x)
        client.close()
    expected = offer.model.scores(x)
    expected[3] = np.nan
    np.testing.assert_allclose(found, expected, atol=offer.terms.error)
    assert client.traffic.batches == 1 and client.traffic.sent > client.traffic.received > 0


@pytest.mark.thorough
def test_more_samples_than_slots_are_several_batches_and_a_lost_connection_is_made_again():
    with serving(small(0), idle=2.0) as address:
        client = Client(address)
        x = samples(client.slots + 5)
        assert client.answers(x).shape == (client.slots + 5, 3)
        assert client.traffic.batches == 2
        time.sleep(2.6)  # the server has left by then
        assert client.answers(x[:3]).shape == (3, 3)
        client.close()


@pytest.mark.thorough
def test_the_server_receives_neither_pixels_nor_label_nor_secret_key():
    received = bytearray()
    x = samples(40)
    x[:, 0] = 0.123456789
    with serving(small()) as address, misbehaving(relay(address, received)) as proxy:
        client = Client(proxy)
        client.answers(x)
        client.close()
        keys = client._keys
    assert keys is not None and len(received) > client.traffic.sent > 0
    multiplying, secret = keys.for_server(), keys.secret()
    places = np.sort(windows(received))
    # The search finds what is there: the keys for multiplying.
    assert found_in(places, words(multiplying)[::97]).all()
    assert not found_in(places, serialised(x)).any()
    for text in (b"label", b"digit", repr(float(x[0, 1])).encode()):
        assert text not in bytes(received)
    alone = secret_alone(secret, multiplying)
    assert len(alone) > 1000 and not found_in(places, alone).any()


def hang(connection: socket.socket) -> None:
    time.sleep(3 * SECONDS)


def sends(data: bytes):
    def does(connection: socket.socket) -> None:
        connection.recv(13)
        connection.sendall(data)

    return does


def head(kind: int, length: int) -> bytes:
    return struct.pack(">4sBQ", b"CSE1", kind, length)


@pytest.mark.walk
@pytest.mark.parametrize(
    ("does", "said"),
    [
        (hang, "does not answer; see whether it is running"),
        (sends(b"HTTP/1.1 400 Bad Request\r\n"), "no message of this protocol"),
        (sends(head(2, 1000) + b"{"), "a message was cut off"),
        (sends(head(2, 1 << 50)), "a message of 1,125,899,906,842,624 bytes came where"),
        (sends(head(2, 2) + b"{}"), "it announces no model"),
        (sends(head(2, 9000) + b"[" * 9000), "it announces no model"),
        (sends(head(2, 3) + b"\x80\x04."), "it announces no model"),
        (sends(head(7, 24) + refusal("full")[:24].ljust(24)), "The server refuses: "),
        (sends(b""), "the connection was closed|cannot be reached"),
    ],
)
def test_a_server_that_misbehaves_is_a_sentence_soon(does, said):
    began = time.monotonic()
    with misbehaving(does) as address, pytest.raises(Unreachable, match=said):
        Client(address, patience=SECONDS)
    assert time.monotonic() - began < 30


def then(*replies: bytes):
    """Announces a model, takes keys, and answers with these bytes."""

    def does(connection: socket.socket) -> None:
        receive(connection, {Kind.KEYS: 1 << 24})
        send(connection, Kind.READY)
        receive(connection, {Kind.SAMPLES: 1 << 26})
        for reply in replies:
            connection.sendall(reply)
        if not replies:
            hang(connection)

    return announcing(announcement(), does)


@pytest.mark.walk
@pytest.mark.parametrize(
    ("does", "said"),
    [
        (then(), "does not answer"),
        (then(head(6, 7) + b"garbage"), "no ciphertext of this run"),
        (then(head(6, 0)), "no ciphertext of this run"),
        (then(head(6, 1000) + b"a"), "a message was cut off"),
        (then(head(6, 1 << 40)), "a message of 1,099,511,627,776 bytes came where"),
    ],
)
def test_an_answer_that_is_none_is_a_sentence_soon(does, said):
    with misbehaving(does) as address:
        client = Client(address, patience=SECONDS)
        with pytest.raises(Unreachable, match=said):
            client.answers(samples(3))


def twisting(twist):
    """Computes what it announced, and sends what ``twist(keys, answers)`` makes of all so far."""
    offer = Offer.of(small(), "scores")

    def does(connection: socket.socket) -> None:
        _, keys = receive(connection, {Kind.KEYS: 1 << 24})
        terms, answers = offer.terms, []
        server = Evaluation(terms.parameters, "scores", offer.model, 0, keys[1:])
        send(connection, Kind.READY)
        while True:
            _, data = receive(connection, {Kind.SAMPLES: 1 << 26})
            answers.append(server.answered(data))
            send(connection, Kind.ANSWER, twist(answers))

    return announcing(announcement(), does)


def with_scale(data: bytes, scale: float) -> bytes:
    """An answer that says it was enlarged otherwise."""
    before = struct.pack("<d", Tensor(data).scale)
    assert before in data
    return data.replace(before, struct.pack("<d", scale))


@pytest.mark.parametrize("scale", [float("nan"), float("inf"), 0.0, -1.0, 5e-324, 1.0])
def test_scales_that_cannot_be_leave_no_wrong_vote(scale):
    with misbehaving(twisting(lambda answers: with_scale(answers[-1], scale))) as address:
        client = Client(address, patience=20)
        try:
            found = by_scores(client.answers(samples(50)), client.terms.error)
            clear = small().scores(samples(50)).argmax(1)
        except Unreachable as error:
            assert "no ciphertext of this run" in str(error)
        else:
            assert ((found == NOT_COUNTED) | (found == clear)).all()
        client.close()


def test_an_answer_to_somebody_else_leaves_no_vote():
    """Decrypted under the wrong key it is noise as large as the modulus."""
    offer = Offer.of(small(), "scores")
    keys, terms = Keys(offer.terms.parameters, "scores"), offer.terms
    server = Evaluation(terms.parameters, "scores", offer.model, 0, keys.for_server())
    other = server.answered(keys.encrypted(samples(50)))
    with misbehaving(twisting(lambda answers: other)) as address:
        client = Client(address, patience=20)
        assert (by_scores(client.answers(samples(50)), terms.error) == NOT_COUNTED).all()
        client.close()


def test_changed_bytes_of_an_answer_end_no_process():
    """Hundreds of answers with other bytes: a sentence or numbers each time."""
    offer, rng = Offer.of(small(), "scores"), random.Random(4)
    keys, terms = Keys(offer.terms.parameters, "scores"), offer.terms
    server = Evaluation(terms.parameters, "scores", offer.model, 0, keys.for_server())
    data = server.answered(keys.encrypted(samples(50)))
    refused = 0
    for _ in range(300):
        changed = bytearray(data)
        changed[rng.choice([rng.randrange(200), rng.randrange(len(data))])] = rng.randrange(256)
        try:
            assert keys.decrypted(bytes(changed), 50, 3).shape == (50, 3)
        except Unreachable:
            refused += 1
    assert 20 < refused < 300


def test_nobody_there_says_how_to_start_a_server():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(Unreachable, match="cannot be reached .*serve-encrypted --model M"):
        Client(Address("127.0.0.1", port))


def test_terms_that_are_not_secure_are_refused_before_anything_is_sent():
    received = bytearray()
    content = announcement().replace(b'"ring":8192', b'"ring":4096')

    def listen(connection: socket.socket) -> None:
        while data := connection.recv(1 << 16):
            received.extend(data)

    refused = pytest.raises(UserError, match="is not secure at 128 bits")
    with misbehaving(announcing(content, listen)) as address, refused:
        Client(address)
    assert not received


def certificate(folder):
    """A certificate for 127.0.0.1 that nobody else has signed, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "cert.pem", folder / "key.pem"
    paths[0].write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    form, none = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    paths[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, form, none))
    return paths


def test_with_tls_the_server_is_known_by_its_certificate(tmp_path):
    cert, key = certificate(tmp_path)
    tls = server_tls("127.0.0.1", cert, key)
    with Server(small(), stated(), host="127.0.0.1", port=0, tls=tls, idle=5) as server:
        threading.Thread(target=server.serve, daemon=True).start()
        trusted = Address("127.0.0.1", server.port, ca=str(cert))
        client = Client(trusted)
        assert client.answers(samples(2)).shape == (2, 3)
        client.close()
        (tmp_path / "other").mkdir()
        other, _ = certificate(tmp_path / "other")
        with pytest.raises(Unreachable, match="no certificate that is trusted here"):
            Client(Address("127.0.0.1", server.port, ca=str(other)))
        with pytest.raises(Unreachable):  # without TLS
            Client(Address("127.0.0.1", server.port), patience=SECONDS)


def test_one_client_too_many_is_told_so_behind_tls_too(tmp_path):
    cert, key = certificate(tmp_path)
    tls = server_tls("127.0.0.1", cert, key)
    with Server(small(), stated(), host="127.0.0.1", port=0, tls=tls, idle=5) as server:
        threading.Thread(target=server.serve, daemon=True).start()
        place = ("127.0.0.1", server.port)
        held = [socket.create_connection(place, timeout=5) for _ in range(4)]
        try:
            with pytest.raises(Unreachable, match="refuses: 4 clients are served already"):
                Client(Address(*place, ca=str(cert)))
        finally:
            for one in held:
                one.close()


def test_a_server_without_tls_is_not_said_to_lack_a_certificate(tmp_path):
    cert, _ = certificate(tmp_path)
    with (
        serving(small()) as address,
        pytest.raises(Unreachable, match=r"speaks no TLS that this program does \("),
    ):
        Client(Address(address.host, address.port, ca=str(cert)))
