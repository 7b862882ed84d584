"""Live runs of structured schemes on the digits: quick enough to watch, and repeatable."""

from __future__ import annotations

import time
from statistics import median

import pytest
import torch

from engine.evidence.settings import CertifySettings, Execution
from engine.evidence.snapshot import Snapshot
from engine.inputs import fit, load_input
from engine.models import ModelRequest, load_model
from engine.procedures.bound_trajectory import region_of
from engine.procedures.certify import certify
from engine.schemes import parse_scheme

MODELS = ("demo:digits-ablation", "demo:digits-hierarchical")
LIMIT = 0.005
"""Seconds for the certificate of one snapshot."""
PATIENCE = 10
"""How many times slower a busy machine may be."""


def run(model: str, digit: int = 52, batch: int = 0, **changes: object):
    """Snapshots and evidence."""
    classifier = load_model(ModelRequest(model))
    assert classifier.identity.training_scheme is not None
    values = {"scheme": parse_scheme(classifier.identity.training_scheme)}
    settings = CertifySettings(**{**values, "n0": 100, "n": 20_000, **changes})
    image = fit(load_input(f"digits:{digit}"), classifier.identity)
    running = certify(classifier, image, settings, execution=Execution(batch=batch, device="cpu"))
    snapshots: list[Snapshot] = []
    while True:
        try:
            snapshots.append(next(running))
        except StopIteration as end:
            return snapshots, end.value


@pytest.mark.walk
@pytest.mark.parametrize("model", MODELS)
def test_the_certificate_of_a_snapshot_takes_a_few_milliseconds(model):
    snapshots, evidence = run(model)
    seen = [snapshot.bounds for snapshot in snapshots if snapshot.bounds is not None]
    assert len(seen) >= 2
    seconds = []
    for bounds in seen * (1 + 40 // len(seen)):
        began = time.perf_counter()
        region_of(evidence.settings.scheme, bounds)
        seconds.append(time.perf_counter() - began)
    assert min(seconds) < LIMIT
    assert median(seconds) < PATIENCE * LIMIT


def test_the_staircase_grows_as_votes_come_in():
    snapshots, evidence = run("demo:digits-hierarchical")
    steps = [
        len(snapshot.region.reach)
        for snapshot in snapshots
        if snapshot.phase == "estimation" and snapshot.region is not None
    ]
    assert len(evidence.region.reach) >= 3
    assert steps == sorted(steps) and steps[-1] == len(evidence.region.reach)


@pytest.mark.walk
@pytest.mark.parametrize("model", MODELS)
def test_votes_do_not_depend_on_the_batch(model):
    small, large = (run(model, n=3000, batch=batch)[1] for batch in (64, 1000))
    assert small.votes == large.votes
    assert small.region == large.region
    assert small.chain.head == large.chain.head


@pytest.mark.walk
@pytest.mark.parametrize("model", MODELS)
def test_another_seed_gives_other_votes(model):
    one, other = (run(model, 38, n=1000, seed=seed)[1] for seed in (0, 1))
    assert one.votes != other.votes
    assert torch.tensor(one.votes.estimation).sum() == 1000
