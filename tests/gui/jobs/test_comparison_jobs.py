from __future__ import annotations

import threading

import pytest

from engine.core.errors import UserError
from engine.evidence.settings import CertifySettings
from engine.models.request import ModelRequest
from engine.schemes import DssnL1, Gaussian
from gui.jobs.comparison_jobs import (
    Compared,
    CompareWish,
    candidate_of,
    compared,
    shipped,
    written,
)


def drain(run) -> tuple[list[Compared], Compared]:
    seen = []
    while True:
        try:
            seen.append(next(run))
        except StopIteration as end:
            return seen, end.value


@pytest.fixture
def wish() -> CompareWish:
    requests = [ModelRequest(f"demo:digits-{sigma}") for sigma in ("0.25", "0.50")]
    pair = tuple(candidate_of(request, Gaussian()) for request in requests)
    return CompareWish(pair, "digits", 2, CertifySettings(n0=20, n=500))


def test_a_set_is_cut_and_every_region_is_surveyed(wish):
    seen, last = drain(compared(wish, threading.Event()))
    assert (last.runs, last.total, last.share) == (4, 4, 1.0)
    assert [len(found) for found in last.land.reaches] == [2, 2]
    assert len({id(one.land) for one in seen}) == 5  # worked out only where something is new


def test_shipped_models_take_part_with_their_own_noise():
    assert {"demo:digits-0.25", "demo:digits-0.50"} <= {one.model.spec for one in shipped()}


def test_the_forms_noise_stands_in_only_if_it_knows_such_attackers(tmp_path):
    with pytest.raises(UserError, match="There is no shipped model demo:nobody"):
        candidate_of(ModelRequest("demo:nobody"), Gaussian())
    with pytest.raises(UserError) as caught:
        candidate_of(ModelRequest("demo:karate-sparse"), DssnL1())
    assert str(caught.value) == (
        "demo:karate-sparse takes no images; schemes are compared on images."
    )


def test_files_follow_their_suffix(wish, tmp_path):
    from engine.comparison import Attacker

    result = drain(compared(wish, threading.Event()))[1].land.result
    assert written(result, Attacker(), tmp_path / "a.csv").read_text().startswith("model,name")
    assert written(result, Attacker(), tmp_path / "a.json").read_text().startswith("{")
