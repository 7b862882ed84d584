from __future__ import annotations

from engine.inputs import load_input
from engine.models.demo import catalogue
from gui.examples import offered


def test_every_example_opens_and_every_model_it_names_is_shipped():
    offer = offered()
    shipped = {model.name for model in catalogue()}
    assert {name for name, _ in offer.models} == shipped
    for example in offer.gallery:
        assert load_input(example.spec).kind == example.kind
        assert example.models and set(example.models) <= shipped
        assert (example.pixels is None) != (example.around is None)
    assert {example.kind for example in offer.gallery} == {"image", "graph"}
