"""Pilot votes are a run's selection votes."""

import threading

from engine.evidence.settings import CertifySettings
from engine.evidence.tries import SESSION
from engine.procedures.certify import certify
from engine.procedures.pilot import pilot_votes
from tests.fakes import HalfSpace, finish, fitted


def test_they_are_the_votes_that_would_choose_the_class():
    settings = CertifySettings(n0=300, n=500)
    votes = pilot_votes(HalfSpace(0.2), fitted(), settings)
    found = finish(certify(HalfSpace(0.2), fitted(), settings))
    assert votes.n == 300
    assert votes.counts == found.votes.selection


def test_a_stopped_pilot_is_empty():
    stop = threading.Event()
    stop.set()
    assert pilot_votes(HalfSpace(0.2), fitted(), CertifySettings(n0=10), stop=stop).n == 0


def test_a_pilot_is_no_try_of_the_claim():
    before = {claim: list(streams) for claim, streams in SESSION._streams.items()}
    pilot_votes(HalfSpace(0.2), fitted(), CertifySettings(n0=20, seed=70_001))
    assert dict(SESSION._streams) == before
