from __future__ import annotations

import importlib.util

import numpy as np
import pytest

from engine.core.errors import UserError
from engine.encrypted.ciphers import Evaluation, Keys
from engine.encrypted.comparison import bit, by_bits
from engine.encrypted.parameters import COMPARING, Parameters, choose
from engine.encrypted.terms import Offer
from tests.encrypted import samples, small


@pytest.fixture(scope="module")
def keys():
    return Keys(choose("scores", hidden=True), "scores")


def evaluation(offer, data):
    terms = offer.terms
    return Evaluation(terms.parameters, terms.answer, offer.model, terms.steep, data)


def test_encrypted_scores_are_the_clear_ones(keys):
    offer, x = Offer.of(small(), "scores"), samples(4096)
    server = evaluation(offer, keys.for_server())
    found = keys.decrypted(server.answered(keys.encrypted(x)), 4096, 3)
    worst = np.abs(found - offer.model.scores(x)).max()
    assert 0 < worst < offer.terms.error / 10


def test_a_linear_model_takes_the_smaller_ring():
    keys, offer = Keys(choose("scores", hidden=False), "scores"), Offer.of(small(0), "scores")
    x = samples(2048)
    server = evaluation(offer, keys.for_server())
    found = keys.decrypted(server.answered(keys.encrypted(x)), 2048, 3)
    assert np.abs(found - offer.model.scores(x)).max() < offer.terms.error


@pytest.mark.statistics
@pytest.mark.parametrize("hidden", [0, 3])
def test_encrypted_comparisons_are_the_clear_ones(hidden):
    keys, offer = Keys(COMPARING, "bits"), Offer.of(small(hidden, 2), "bits")
    x = samples(16_384)
    server = evaluation(offer, keys.for_server())
    found = keys.decrypted(server.answered(keys.encrypted(x)), 16_384, 1)
    expected = bit(offer.model.scores(x), offer.terms.steep)
    assert np.abs(found - expected).max() < 1e-3
    clear = small(hidden, 2).scores(x).argmax(1)
    counted = by_bits(found, 2)
    assert (counted[counted >= 0] == clear[counted >= 0]).all() and (counted >= 0).mean() > 0.9


def test_the_server_gets_no_secret_key(keys):
    from engine.encrypted.ciphers import Keys as Client

    offer = Offer.of(small(), "scores")
    with pytest.raises(UserError, match="hold the secret key; it must not leave the client"):
        evaluation(offer, keys.secret())
    other = Client(choose("scores", hidden=False), "scores")
    with pytest.raises(UserError, match="other parameters than were announced"):
        evaluation(offer, other.for_server())


@pytest.mark.parametrize("data", [b"", b"garbage", b"\x80\x04N."])
def test_garbage_is_no_key_and_no_ciphertext(keys, data):
    offer = Offer.of(small(), "scores")
    with pytest.raises(UserError, match="These are no keys"):
        evaluation(offer, data)
    server = evaluation(offer, keys.for_server())
    with pytest.raises(UserError, match="no ciphertexts under the keys"):
        server.answered(data)
    with pytest.raises(UserError, match="no ciphertext of this run"):
        keys.decrypted(data, 1, 3)


def test_other_shapes_are_refused(keys):
    offer = Offer.of(small(), "scores")
    server = evaluation(offer, keys.for_server())
    with pytest.raises(UserError, match="The model takes 4 values, and the samples have 3"):
        server.answered(keys.encrypted(samples(10)[:, :3]))
    answer = server.answered(keys.encrypted(samples(10)))
    with pytest.raises(UserError, match="holds 10 x 3 numbers and not 11 x 3"):
        keys.decrypted(answer, 11, 3)
    with pytest.raises(UserError, match="holds 10 x 3 numbers and not 10 x 4"):
        keys.decrypted(answer, 10, 4)


def test_parameters_are_checked_before_a_key_is_made():
    with pytest.raises(UserError, match="is not secure at 128 bits"):
        Keys(Parameters(ring=4096, primes=(53, 53, 52, 60), scale=30), "scores")


def test_without_tenseal_a_sentence_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr("engine.encrypted.find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"pip install 'certiscope\[encrypted\]' installs it"):
        Keys(choose("scores", hidden=True), "scores")
    assert importlib.util.find_spec("tenseal") is not None


def test_no_memory_is_a_sentence():
    from engine.encrypted.ciphers import _tried

    def without_memory() -> None:
        raise MemoryError

    with pytest.raises(UserError, match="too little memory for ciphertexts of this size"):
        _tried(without_memory)
