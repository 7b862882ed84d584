"""Samples from before they were classified: which, and that nothing changes them."""

from __future__ import annotations

import random

import pytest
import torch

from engine.core.batches import Batch
from engine.sampling.kept_samples import KeptSamples
from engine.sampling.questions import Asking


class Numbered:
    """Samples whose numbers are their places."""

    def draw(self, start: int, count: int) -> Batch:
        return torch.arange(start, start + count, dtype=torch.float32)[:, None]

    def holds(self, place: int) -> bool:
        return place >= 0

    def asking(self, place: int) -> Asking:
        return Asking()


NUMBERED = Numbered()


@pytest.mark.parametrize("parts", [1, 2])
def test_what_was_kept_is_what_is_asked_about(parts: int) -> None:
    """Two batches of a step, the first kept from; classes are the places too."""
    lot, seen = random.Random(0), set[int]()
    for _ in range(200):
        kept = KeptSamples(lot)
        drawn = NUMBERED.draw(40, 20)
        assert isinstance(drawn, torch.Tensor)
        batch = drawn if parts == 1 else (drawn, drawn + 0.5)
        kept.keep(40, batch, 8)
        drawn.zero_()  # as a model may do with what it is given
        kept.keep(60, NUMBERED.draw(60, 20), 8)  # the first stay
        answered = [torch.arange(40, 60), torch.arange(60, 70)]
        stretch, held = kept.stretch(NUMBERED, 40, answered, 8, beside=True)
        first = held if isinstance(held, torch.Tensor) else held[0] if held else None
        assert first is not None
        assert first[:, 0].tolist() == list(stretch.places) == list(stretch.classes)
        assert {home.first for home in stretch.homes} == {40}
        seen.add(stretch.places[0])
        assert kept.stretch(NUMBERED, 40, answered, 8, beside=True)[1] is None  # asked about once
    assert seen == set(range(40, 53))


def test_they_are_drawn_again_where_others_are_wanted() -> None:
    answered = [torch.arange(40, 60)]
    for start, wanted in ((40, 16), (400, 8)):
        kept = KeptSamples(random.Random(0))
        kept.keep(start, NUMBERED.draw(start, 20), 8)
        stretch, held = kept.stretch(NUMBERED, 40, answered, wanted, beside=True)
        assert held is None and len(stretch.places) == wanted
        assert list(stretch.classes) == list(stretch.places)
    kept.keep(40, NUMBERED.draw(40, 7), 8)  # fewer than are to be kept
    assert kept.stretch(NUMBERED, 40, answered, 8, beside=True)[1] is None
    kept.keep(40, NUMBERED.draw(40, 20), 8)
    kept.drop()
    assert kept.stretch(NUMBERED, 40, answered, 8, beside=True)[1] is None
    assert len(kept.stretch(NUMBERED, 40, answered, 99, beside=True)[0].places) == 20
