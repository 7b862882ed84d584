from __future__ import annotations

import pytest
import torch
from torch import nn

from engine.core.errors import UserError
from engine.core.records import ModelIdentity
from engine.inputs.coding import WordTokenizer
from engine.models.token_network import CodedClassifier

CPU = torch.device("cpu")


class Sum(nn.Module):
    """Scores w * (sum of the numbers) + sum of the codes, and their negative."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(2.0))

    def forward(self, numbers: torch.Tensor, codes: torch.Tensor) -> torch.Tensor:
        total = self.weight * numbers.sum(1) + codes.sum(1)
        return torch.stack((total, -total), 1)


def classifier() -> CodedClassifier[WordTokenizer]:
    identity = ModelIdentity(
        name="sum",
        source="made here",
        format="safetensors",
        sha256="0" * 64,
        architecture="sum",
        class_names=("positive", "negative"),
        input_shape=(2,),
        kind="table",
    )
    return CodedClassifier(Sum(), WordTokenizer(("a", "b")), identity)


def test_only_the_first_part_is_cast() -> None:
    model = classifier()
    model.prepare(CPU, "bf16")
    seen: list[torch.dtype] = []
    model._ready.register_forward_pre_hook(lambda _, parts: seen.extend(p.dtype for p in parts))
    batch = (torch.tensor([[1 + 2**-10, 0.0]]), torch.tensor([[300, 1]]))
    assert model.scores(batch).dtype == torch.float32
    assert seen == [torch.bfloat16, torch.int64]
    model.prepare(CPU, "fp32")
    assert model.scores(batch)[0, 0].item() == pytest.approx(303 + 2**-9)


def test_unloading_keeps_what_was_loaded() -> None:
    model = classifier()
    model.prepare(CPU, "bf16")
    model.unload()
    assert next(model.network.parameters()).dtype == torch.float32
    assert model.coding.words([1])[0] == "b" and model.differentiable


def test_a_precision_that_the_device_lacks_is_refused() -> None:
    with pytest.raises(UserError, match="fp16 does not work on the CPU"):
        classifier().prepare(CPU, "fp16")
