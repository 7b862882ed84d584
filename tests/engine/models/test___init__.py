from __future__ import annotations

import importlib

import pytest
import torch

from engine.core.errors import UserError
from engine.models import FORMATS, ModelRequest, load_model


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_in_the_table_has_its_loader(kind):
    found = FORMATS[kind]
    assert callable(
        getattr(importlib.import_module(f"engine.models.{found.module}"), found.function)
    )


def test_a_checkpoint_becomes_a_classifier(cohen):
    path = cohen()
    classifier = load_model(ModelRequest(str(path)))
    classifier.prepare(torch.device("cpu"), "fp32")
    found = classifier.classify(torch.rand(7, *classifier.identity.input_shape))
    assert found.shape == (7,)
    assert found.dtype == torch.int64
    assert classifier.identity.source == str(path)


def test_an_absent_model_is_refused_in_one_sentence():
    with pytest.raises(UserError, match=r"^There is no model nothing\.pt; give a file, .*\.25\.$"):
        load_model(ModelRequest("nothing.pt"))
