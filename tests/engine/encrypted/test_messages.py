from __future__ import annotations

import socket
import struct
import threading
import time

import pytest

from engine.encrypted import messages
from engine.encrypted.messages import Broken, Closed, Kind, receive, refusal, refused, send


@pytest.fixture
def ends():
    one, other = socket.socketpair()
    with one, other:
        one.settimeout(0.3)
        other.settimeout(0.3)
        yield one, other


def head(kind: int, length: int, magic: bytes = b"CSE1") -> bytes:
    return struct.pack(">4sBQ", magic, kind, length)


def test_a_message_arrives_as_it_was_sent(ends):
    send(ends[0], Kind.ANSWER, b"abc")
    assert receive(ends[1], {Kind.ANSWER: 3}) == (Kind.ANSWER, b"abc")
    send(ends[0], Kind.READY)
    assert receive(ends[1], {Kind.READY: 0}) == (Kind.READY, b"")


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (b"HTTP/1.1 200 OK", "no message of this protocol"),
        (head(6, 3, b"XXXX") + b"abc", "no message of this protocol"),
        (head(3, 3) + b"abc", "no message of this protocol"),
        (head(99, 3) + b"abc", "no message of this protocol"),
        (head(6, 4) + b"abc", "cut off"),
        (head(6, 1 << 60), "a message of 1,152,921,504,606,846,976 bytes came where 100 are"),
        (head(6, 3)[:7], "cut off"),
        (b"", "the connection was closed"),
    ],
)
def test_what_is_no_message_is_refused(ends, sent, said):
    ends[0].sendall(sent)
    ends[0].shutdown(socket.SHUT_WR)
    with pytest.raises(Closed if not sent else Broken, match=said):
        receive(ends[1], {Kind.ANSWER: 100})


def test_nothing_at_all_is_waited_for_no_longer_than_the_time_out(ends):
    ends[0].sendall(head(6, 50) + b"abc")
    with pytest.raises(TimeoutError):
        receive(ends[1], {Kind.ANSWER: 100})


def test_a_large_message_may_take_longer_than_the_time_out(ends):
    """As keys on a slow wire: what counts is that some of it is taken now and then."""
    data = bytes(12 << 20)
    sending = threading.Thread(target=send, args=(ends[0], Kind.ANSWER, data))
    sending.start()
    ends[1].settimeout(30)
    left = len(data) + 13
    while left:
        time.sleep(0.05)
        left -= len(ends[1].recv(min(left, 1 << 20), socket.MSG_WAITALL))
    sending.join(5)
    assert not sending.is_alive()


def test_nobody_who_takes_anything_is_waited_for_no_longer_than_the_time_out(ends):
    with pytest.raises(TimeoutError):
        send(ends[0], Kind.ANSWER, bytes(12 << 20))


def test_a_refusal_is_a_sentence_of_one_line():
    assert refused(refusal("no")) == "no"
    assert refused(b"\xff") == refused(b"[1]") == "it gave no reason"
    assert refused(b"[" * 100_000) == "it gave no reason"
    assert "\n" not in refused(refusal("a\nb" * 500)) and len(refused(refusal("a" * 9000))) == 400


def test_a_message_that_drips_is_left(ends, monkeypatch):
    monkeypatch.setattr(messages, "_SLOWEST", 1 << 20)
    ends[0].sendall(head(6, 50))
    stop = threading.Event()

    def drip():
        while not stop.wait(0.1):
            ends[0].sendall(b"x")

    dripping = threading.Thread(target=drip)
    dripping.start()
    try:
        with pytest.raises(TimeoutError):
            receive(ends[1], {Kind.ANSWER: 100})
    finally:
        stop.set()
        dripping.join()
