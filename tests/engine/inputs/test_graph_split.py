import hashlib

import numpy as np

from engine.inputs.graph_split import split


def labels(*sizes: int) -> np.ndarray:
    return np.repeat(np.arange(len(sizes)), sizes)


def test_a_citation_graph_gives_twenty_of_each_class_and_a_tenth_of_the_rest():
    given = labels(348, 393, 440, 407, 781, 150, 291)  # the class sizes of Cora-ML
    parts = split(given)
    assert len(parts.train) == len(parts.validation) == 7 * 20
    assert len(parts.test) == 253  # as published (Scholten et al. 2023)
    assert (np.bincount(given[list(parts.train)]) == 20).all()
    assert (np.bincount(given[list(parts.validation)]) == 20).all()
    whole = [*parts.train, *parts.validation, *parts.test, *parts.unlabelled]
    assert sorted(whole) == list(range(2810))


def test_a_small_graph_tests_everything_that_does_not_train():
    parts = split(labels(17, 17))
    assert [len(part) for part in (parts.train, parts.validation, parts.test)] == [8, 8, 18]
    assert parts.unlabelled == ()


def test_the_order_is_that_of_the_digest():
    given = labels(40)
    first = min(range(40), key=lambda n: hashlib.sha256(f"seed 3 node {n}".encode()).digest())
    assert first in split(given, seed=3).train


def test_another_seed_is_another_split():
    given = labels(17, 17)
    assert split(given, seed=1) == split(given, seed=1) != split(given, seed=2)


def test_a_class_of_one_node_trains():
    parts = split(labels(1, 8))
    assert 0 in parts.train and 0 not in parts.test
