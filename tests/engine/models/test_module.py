"""A module in memory: left alone, tried, named by its digest."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from engine.core.errors import UserError
from engine.models.module import ModuleInMemory, normalization_of
from tests.networks import Convolutional, Linear, state_of

SHAPE = (1, 8, 8)


def identity(module: nn.Module, **more: Any) -> Any:
    return ModuleInMemory(module, **more).classifier(SHAPE).identity


def half_trained() -> nn.Module:
    """Modes, gradients, hooks and memory formats that differ from layer to layer."""
    module = Convolutional().to(memory_format=torch.channels_last)
    module.train()
    module.norm.eval()
    module.head.bias.requires_grad_(False)
    module(torch.rand(2, *SHAPE)).sum().backward()
    module.first.register_forward_hook(lambda *_: None)
    return module


def fails(module: nn.Module) -> nn.Module:
    module.forward = lambda x: x / 0 + torch.ones(3)  # type: ignore[method-assign]
    return module


def test_the_callers_module_is_as_it_was() -> None:
    cases: list[nn.Module] = [half_trained(), Linear().double(), Linear().half(), Linear().eval()]
    for module in cases:
        before = state_of(module)
        ModuleInMemory(module).classifier(SHAPE).prepare(torch.device("cpu"), "fp32")
        assert state_of(module) == before
    broken = fails(half_trained())
    before = state_of(broken)
    with pytest.raises(UserError, match="fails on images of shape"):
        ModuleInMemory(broken).classifier(SHAPE)
    assert state_of(broken) == before


class Answers(nn.Module):
    """Gives whatever it was told to make of a batch."""

    def __init__(self, made: Callable[[torch.Tensor], Any]) -> None:
        super().__init__()
        self.made = made

    def forward(self, x: torch.Tensor) -> Any:
        return self.made(x)


def scores(x: torch.Tensor) -> torch.Tensor:
    return x.flatten(1)[:, :10]


REFUSED: dict[str, tuple[Callable[[torch.Tensor], Any], str]] = {
    "one output": (lambda x: x.flatten(1)[:, :1], "at least two classes"),
    "no batch": (lambda x: scores(x)[0], "must give scores"),
    "a map": (lambda x: x, "must give scores"),
    "classes": (lambda x: scores(x).argmax(1), "must give scores"),
    "a dictionary": (lambda x: {"logits": scores(x)}, "Wrap it in a module"),
    "an error": (lambda x: x @ torch.ones(3, 3), "fails on images of shape"),
}


def test_what_gives_no_scores_of_images_is_refused() -> None:
    for name, (made, sentence) in REFUSED.items():
        with pytest.raises(UserError, match=sentence):
            ModuleInMemory(Answers(made)).classifier(SHAPE)
            pytest.fail(name)
    assert len(identity(Answers(scores)).class_names) == 10
    # What names no class is counted against every class, not refused.
    assert len(identity(Answers(lambda x: scores(x) / 0 - scores(x) / 0)).class_names) == 10


def test_dropout_and_batch_norm_are_in_eval_mode_and_a_lazy_module_is_refused() -> None:
    module = nn.Sequential(nn.Flatten(), nn.Dropout(), nn.BatchNorm1d(64), nn.Linear(64, 3))
    assert identity(module.train()).class_names == ("class 0", "class 1", "class 2")
    with pytest.raises(UserError, match="cannot be copied"):
        ModuleInMemory(nn.Sequential(nn.Flatten(), nn.LazyLinear(3)))


def test_names_must_be_as_many_as_outputs() -> None:
    ten = [str(digit) for digit in range(10)]
    assert identity(Linear(), classes=ten).class_names == tuple(ten)
    for names in ([*ten, "x", "y"], ten[:9]):
        with pytest.raises(UserError, match=f"10 outputs, but {len(names)} classes are named"):
            identity(Linear(), classes=names)
    with pytest.raises(UserError, match="the same name"):
        identity(Linear(), classes=["a"] * 10)


def test_its_digest_is_that_of_weights_settings_and_source() -> None:
    module = Linear()
    found = identity(module)
    assert identity(copy.deepcopy(module)).sha256 == found.sha256
    assert [part.role for part in found.parts] == ["weights", "source"]
    assert found.parts[1].name == "networks.py"
    text = "\n".join(part.sha256 for part in found.parts)
    assert found.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert found.in_memory and found.source == "memory:Linear"
    others = [copy.deepcopy(module) for _ in range(4)]
    with torch.no_grad():
        others[0].head.bias[0] += 1e-6
    others[1].double()
    others[2].scale = 2.0
    others[3].head = nn.Sequential(others[3].head)
    digests = {identity(other).sha256 for other in others}
    assert len(digests | {found.sha256}) == 5


def test_what_cannot_be_known_is_noted() -> None:
    plain = nn.Sequential(nn.Flatten(), nn.Linear(64, 3)).double()
    plain[1].register_forward_hook(lambda *_: None)
    notes = " ".join(identity(plain).notes)
    for said in (
        "The module lived in memory: its file cannot be compared",
        "float64 and are certified as float32",
        "hooks",
        "only its weights are identified",
    ):
        assert said in notes


def test_normalisation_stands_before_the_module() -> None:
    given = ModuleInMemory(Linear(), normalize=([0.5], [0.25])).classifier(SHAPE)
    assert given.identity.normalization_origin == "given"
    given.prepare(torch.device("cpu"), "fp32")
    bare = ModuleInMemory(given.network).classifier(SHAPE)
    bare.prepare(torch.device("cpu"), "fp32")
    x = torch.rand(3, *SHAPE)
    assert torch.allclose(given.scores(x), bare.scores((x - 0.5) / 0.25), atol=1e-4)
    for wrong in ("no such", ([0.5], [0.0]), ([0.5],), 3.0):
        with pytest.raises(UserError):
            normalization_of(wrong)  # type: ignore[arg-type]


def test_an_encoding_adds_channels() -> None:
    module = nn.Sequential(nn.Flatten(), nn.Linear(2 * 64, 3))
    found = ModuleInMemory(module, encoding="indicator").classifier(SHAPE).identity
    assert (found.input_shape, found.image_shape) == ((2, 8, 8), SHAPE)


def test_what_the_digest_does_not_cover_is_said() -> None:
    one, other, third = Linear(), Linear(), Linear()
    one.inside, other.inside = {"scale": 1.0}, {"scale": 2.0}
    third.inside = torch.tanh
    digests = {ModuleInMemory(net).classifier((1, 8, 8)).identity.sha256 for net in (one, other)}
    assert len(digests) == 2
    assert not any("does not cover" in note for note in ModuleInMemory(one).notes)
    assert any("does not cover inside:" in note for note in ModuleInMemory(third).notes)
