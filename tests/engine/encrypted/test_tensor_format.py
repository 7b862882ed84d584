from __future__ import annotations

import random

import pytest

from engine.encrypted.ciphers import Keys
from engine.encrypted.parameters import choose
from engine.encrypted.tensor_format import Misshapen, Tensor
from tests.encrypted import samples


@pytest.fixture(scope="module")
def data():
    return Keys(choose("scores", hidden=False), "scores").encrypted(samples(10))


def test_a_tensor_says_what_it_is(data):
    found = Tensor(data)
    assert (found.shape, found.ciphertexts, found.rows, found.scale) == ((1, 5), 5, 10, 2.0**30)
    assert found.is_for([1, 5]) and not found.is_for([5])


def test_no_part_of_a_message_is_one(data):
    for end in (0, 1, 4, 100, len(data) // 2, len(data) - 1, len(data) - 12):
        with pytest.raises(Misshapen):
            Tensor(data[:end])
    for other in (b"garbage", b"\x0a\x02\x01\x00", data + b"\x00", data[:4] + data[40:]):
        with pytest.raises(Misshapen):
            Tensor(other)


def test_bytes_that_were_changed_never_do_more_than_raise(data):
    rng = random.Random(0)
    for _ in range(300):
        changed = bytearray(data)
        changed[rng.choice([rng.randrange(80), rng.randrange(len(data))])] = rng.randrange(256)
        try:
            Tensor(bytes(changed))
        except Misshapen:
            continue
