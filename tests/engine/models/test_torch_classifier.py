from __future__ import annotations

import pytest
import torch

from engine.core.errors import UserError
from engine.models import ModelRequest, load_model
from engine.models.torch_classifier import checked_dtype

CPU = torch.device("cpu")


@pytest.fixture
def classifier(cohen):
    return load_model(ModelRequest(str(cohen())))


def test_every_precision_starts_from_the_weights_as_loaded(classifier):
    x = torch.rand(16, 3, 32, 32)
    classifier.prepare(CPU, "fp32")
    before = classifier.scores(x)
    classifier.prepare(CPU, "bf16")
    coarse = classifier.scores(x)
    classifier.prepare(CPU, "fp32")
    assert torch.equal(classifier.scores(x), before)
    assert coarse.dtype == torch.float32
    assert not torch.equal(coarse, before)
    torch.testing.assert_close(coarse, before, rtol=0.05, atol=0.05)


def test_the_prepared_form_computes_the_same(classifier, network):
    x = torch.rand(16, 3, 32, 32)
    plain = classifier.scores(x)
    classifier.prepare(CPU, "fp32")
    torch.testing.assert_close(classifier.scores(x), plain, rtol=1e-4, atol=1e-5)
    classifier.unload()
    assert torch.equal(classifier.scores(x), plain)


def test_batch_size_does_not_change_the_answers(classifier):
    x = torch.rand(64, 3, 32, 32)
    for precision in ("fp32", "bf16"):
        classifier.prepare(CPU, precision)
        whole = classifier.classify(x)
        parts = torch.cat([classifier.classify(part) for part in x.split(5)])
        assert torch.equal(whole, parts)


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_gradients_reach_the_input(classifier, precision):
    assert classifier.differentiable
    classifier.prepare(CPU, precision)
    x = torch.rand(2, 3, 32, 32, requires_grad=True)
    classifier.scores(x).sum().backward()
    assert x.grad is not None
    assert float(x.grad.abs().sum()) > 0


def test_the_callers_batch_is_left_alone(classifier):
    classifier.prepare(CPU, "fp32")
    x = torch.rand(4, 3, 32, 32)
    before = x.clone()
    with torch.inference_mode():
        classifier.scores(x)
    assert torch.equal(x, before)


def test_precisions_a_device_does_not_have_are_refused():
    with pytest.raises(UserError, match="Precision fp16 does not work on the CPU; choose bf16"):
        checked_dtype(CPU, "fp16")
    with pytest.raises(UserError, match="There is no precision 'int8'; there are fp32, bf16, fp16"):
        checked_dtype(CPU, "int8")
