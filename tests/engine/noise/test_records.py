import pytest
from pydantic import ValidationError

from engine.noise.records import NoiseStatistic, SelfTest


def test_a_self_test_holds_at_least_one_statistic_and_shares_of_one():
    one = NoiseStatistic(law="Gaussian", name="mean", value=0.5, p_value=0.6)
    test = SelfTest(stream=7, samples=8, elements=8, statistics=(one,))
    assert SelfTest.model_validate_json(test.model_dump_json()) == test
    with pytest.raises(ValidationError):
        SelfTest(stream=7, samples=8, elements=8, statistics=())
    with pytest.raises(ValidationError):
        NoiseStatistic(law="Gaussian", name="mean", value=0.5, p_value=1.5)
