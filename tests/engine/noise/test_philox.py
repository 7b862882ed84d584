import json
from pathlib import Path

import pytest

from engine.noise.philox import MASK32, Philox

KAT = json.loads((Path(__file__).parents[2] / "golden/philox.json").read_text())["kat"]


def reference(counter: list[int], key: list[int]) -> list[int]:
    """Philox 4x32-10 in plain Python integers, from the paper's definition."""
    c, k = list(counter), list(key)
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(p1 >> 32) ^ c[1] ^ k[0], p1 & MASK32, (p0 >> 32) ^ c[3] ^ k[1], p0 & MASK32]
        k = [(k[0] + 0x9E3779B9) & MASK32, (k[1] + 0xBB67AE85) & MASK32]
    return c


def scrambled(counter: list[int], key: list[int]) -> list[int]:
    philox = Philox(key[0] | key[1] << 32)
    lanes = philox.lanes(1)
    for lane, word in zip(lanes, counter, strict=True):
        lane.fill_(word)
    philox.scramble_()
    return [int(lane) for lane in lanes]


@pytest.mark.parametrize("vector", KAT)
def test_published_known_answers(vector: dict):
    counter = [int(word, 16) for word in vector["ctr"]]
    key = [int(word, 16) for word in vector["key"]]
    assert scrambled(counter, key) == [int(word, 16) for word in vector["out"]]


def test_equals_plain_integers_on_many_counters():
    for i in range(50):
        counter = [(i * 2654435761) & MASK32, i, 2**32 - 1 - i, 7]
        key = [(i * 40503) & MASK32, 0xDEADBEEF]
        assert scrambled(counter, key) == reference(counter, key)
