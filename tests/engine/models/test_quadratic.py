from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from engine.core.errors import UserError
from engine.models import ModelRequest, load_model
from engine.models.module import ModuleInMemory
from engine.models.quadratic import quadratic_of
from tests.encrypted import model_file
from tests.fakes import HalfSpace


def scores_of(classifier, x):
    classifier.prepare(torch.device("cpu"), "fp32")
    return classifier.scores(torch.from_numpy(x)).numpy()


@pytest.mark.parametrize("normalize", ["none", "mean=0.4,std=0.2"])
@pytest.mark.parametrize("hidden", [0, 3])
def test_a_model_and_its_matrices_have_the_same_scores(tmp_path, hidden, normalize):
    path = model_file(tmp_path / "m.safetensors", hidden)
    classifier = load_model(ModelRequest(str(path), normalize=normalize))
    x = np.random.default_rng(0).normal(size=(20, 1, 2, 2)).astype(np.float32)
    found = quadratic_of(classifier).scores(x.reshape(20, 4).astype(np.float64))
    np.testing.assert_allclose(found, scores_of(classifier, x), rtol=1e-4, atol=1e-4)


def test_a_linear_module_in_memory_will_do():
    module = nn.Sequential(nn.Flatten(), nn.Linear(4, 2))
    assert quadratic_of(ModuleInMemory(module).classifier((1, 2, 2))).sizes == (5, 0, 2)


def test_an_unsupported_layer_is_named():
    module = nn.Sequential(nn.Flatten(), nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 2))
    classifier = ModuleInMemory(module).classifier((1, 2, 2))
    with pytest.raises(UserError, match="under encryption for its layer ReLU; linear models and"):
        quadratic_of(classifier)
    with pytest.raises(UserError, match="for its layer Conv2d; linear models"):
        quadratic_of(load_model(ModelRequest("demo:digits-0.25")))
    with pytest.raises(UserError, match="fake cannot be evaluated under encryption; linear models"):
        quadratic_of(HalfSpace(0.3))
