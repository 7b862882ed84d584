import pytest
from pydantic import ValidationError

from engine.regions import Abstention


def test_only_known_reasons():
    found = Abstention(reason="below-half", sentence="too close to call.")
    assert Abstention.model_validate_json(found.model_dump_json()) == found
    with pytest.raises(ValidationError):
        Abstention(reason="bad luck", sentence="")
