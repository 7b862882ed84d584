from __future__ import annotations

import json

import pytest

from engine.core.resources import assets
from engine.demos.encrypted import COMPARED, NAME, compared
from engine.demos.recipes import RECIPES

SHIPPED = assets() / "models" / f"{NAME}.safetensors"


def test_the_card_states_what_was_certified_both_ways():
    facts = json.loads(SHIPPED.with_suffix(".json").read_text(encoding="utf-8"))
    said = facts["remarks"]["Certified under encryption"]
    assert said.startswith(f"of the first {COMPARED} test digits ")
    assert "where in the clear on the same noise" in said and NAME in RECIPES


@pytest.mark.statistics
def test_what_is_compared_is_on_the_same_noise():
    said = compared(SHIPPED, ["digits:52"], n=200)
    assert said.startswith("of the first 1 test digits 1 are certified and right")
    assert "on the same noise 1 are" in said and "n = 200" in said
