"""Layers that are read are compared with the program's own classifier before they are used."""

from __future__ import annotations

import pytest
import torch

from engine.core.errors import UserError
from engine.exact.model import SmallModel
from engine.models import ModelRequest, load_model
from engine.models.networks import checked
from engine.models.networks.checked import computable, read_network
from engine.schemes import ExactMap, Gaussian, Stumps

CPU = torch.device("cpu")


def test_layers_are_those_of_the_classifier() -> None:
    model = load_model(ModelRequest("demo:digits-0.25"))
    model.prepare(CPU, "fp32")
    found = computable(model, ExactMap(), CPU)
    assert isinstance(found, SmallModel) and found.network.output_shape == (10,)
    assert computable(model, Gaussian(), CPU) is None
    assert computable(model, Stumps(), CPU) is None


def test_another_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    model = load_model(ModelRequest("demo:digits-0.25"))
    other = load_model(ModelRequest("demo:digits-0.50"))
    other.prepare(CPU, "fp32")
    path = checked.model_file(model.identity)
    monkeypatch.setattr(checked, "model_file", lambda identity: path)
    with pytest.raises(UserError, match="is not what it was"):
        read_network(other, CPU)


def test_other_outputs_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    model = load_model(ModelRequest("demo:digits-0.25"))
    other = load_model(ModelRequest("demo:digits-0.50"))
    other.prepare(CPU, "fp32")
    path = checked.model_file(model.identity)
    other.identity = model.identity
    monkeypatch.setattr(checked, "model_file", lambda identity: path)
    with pytest.raises(UserError, match="gives other outputs than its layers as they are read"):
        read_network(other, CPU)


def test_half_precision_is_another_function() -> None:
    model = load_model(ModelRequest("demo:digits-0.25"))
    model.prepare(CPU, "bf16")
    with pytest.raises(UserError, match="gives other outputs"):
        read_network(model, CPU)
