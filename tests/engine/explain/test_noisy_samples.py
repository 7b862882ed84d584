from __future__ import annotations

import torch

from engine.evidence.settings import RunSettings
from engine.explain.noisy_samples import answers, copies_to_look_at, named
from engine.noise.gaussian import NoiseStream, Stream
from engine.procedures.run import run_key
from tests.fakes import HalfSpace, Misbehaving, fitted


def test_copies_are_those_of_the_preview_stream() -> None:
    model, given, settings = HalfSpace(0.3), fitted(), RunSettings()
    drawn = copies_to_look_at(model, given, settings, 5)
    key = run_key(model, given, settings)
    wanted = torch.empty((5, *given.pixels.shape))
    stream = NoiseStream(key, int(Stream.PREVIEW), torch.device("cpu"))
    settings.scheme.noise().draw(torch.from_numpy(given.pixels), stream, 0, wanted)
    assert drawn.key == key and torch.equal(drawn.noisy, wanted)


def test_answers_come_by_name_and_failures_have_none() -> None:
    model = HalfSpace(0.3)
    drawn = copies_to_look_at(model, fitted(), RunSettings(), 4)
    assert set(answers(drawn.classifier, drawn.noisy)) <= set(model.identity.class_names)
    assert answers(Misbehaving("nan"), drawn.noisy) == ["no class"] * 4
    assert named(model, 0) == model.identity.class_names[0] and named(model, -1) == "no class"
