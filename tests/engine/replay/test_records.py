"""A result says whose it is."""

import pytest
from pydantic import ValidationError

from engine.replay import ReplayResult
from engine.replay.replay import replay
from engine.schemes import Gaussian


def test_a_result_round_trips_and_names_its_file(votes_file):
    path = votes_file("idx,label,n_0,n_1\n1,0,99,1\n")
    found = replay(path, scheme=Gaussian(sigma=0.5), alpha=0.01, bound="live", selection="label")
    assert ReplayResult.model_validate_json(found.model_dump_json()) == found
    assert found.source == str(path) and len(found.sha256) == 64
    assert found.scheme.sigma == 0.5 and found.bound == "live"
    with pytest.raises(ValidationError):
        found.alpha = 0.5
