from __future__ import annotations

import pytest

from engine.core.errors import UserError
from engine.inputs import load_input
from engine.inputs.node import fit
from engine.models.demo import catalogue
from gui.jobs.shipped import offered


def test_every_example_opens_and_every_model_it_names_is_shipped():
    offer = offered()
    shipped = {model.name for model in catalogue()}
    assert {name for name, _ in offer.models} == shipped
    for example in offer.gallery:
        assert load_input(example.spec).kind == example.kind
        assert example.models and set(example.models) <= shipped
        assert (example.around is not None) == (example.kind == "graph")
        assert (example.pixels is not None) == (example.kind in ("image", "pair"))
    kinds = {example.kind for example in offer.gallery}
    assert kinds == {"image", "graph", "text", "pair", "table"}
    assert offer.models_for("letters:3") == ("demo:letters-mask", "demo:letters-uniform")
    assert "demo:digits-clean" in offer.models_for("digits16:3")
    assert "demo:digits-clean" not in offer.models_for("digits:3")


def test_the_model_that_a_refusal_names_is_the_one_that_is_offered():
    class Digits:
        kind, name = "image", "digits"

    member = load_input("karate:12")
    with pytest.raises(UserError) as refused:
        fit(member, Digits())
    assert f"e.g. {offered().models_for(member.source)[0]}." in str(refused.value)


def test_what_no_shipped_model_takes_is_not_offered(monkeypatch):
    import engine.models.demo as demo

    digits = [model for model in catalogue() if model.name == "demo:digits-0.25"]
    monkeypatch.setattr(demo, "catalogue", lambda: tuple(digits))
    assert {example.group for example in offered().gallery} == {
        "Handwritten digits that no shipped model was trained on"
    }
