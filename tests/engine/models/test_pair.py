from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from engine.core.errors import UserError
from engine.inputs import load_input
from engine.models import ModelRequest, fitted, load_model
from engine.models.pair import PairClassifier
from engine.models.pair_network import PairNetwork

CPU = torch.device("cpu")
WORDS = ("wash", "the", "cup", "plug")


def saved(path: Path, **header: str) -> Path:
    torch.manual_seed(0)
    facts = {
        "architecture": "pair_cnn",
        "words": json.dumps(WORDS),
        "classes": json.dumps(["safe", "unsafe"]),
        "training_scheme": json.dumps({"key": "hybrid-mask", "sigma": 0.5, "vocabulary": 4}),
    } | header
    save_file(PairNetwork(4, 2, width=4, features=8, words=6).state_dict(), path, facts)
    return path


def opened(path: Path) -> PairClassifier:
    classifier = load_model(ModelRequest(str(path)))
    assert isinstance(classifier, PairClassifier)
    return classifier


def test_a_file_of_our_own_comes_back(tmp_path: Path):
    classifier = opened(saved(tmp_path / "m.safetensors"))
    identity = classifier.identity
    assert identity.kind == "pair" and identity.class_names == ("safe", "unsafe")
    assert identity.training_sigma == 0.5 and identity.training_scheme["key"] == "hybrid-mask"
    assert classifier.coding.words([0, 4])[0] == "wash"
    given = fitted(classifier, load_input("pair:digits:7|plug the cup"))
    batch = tuple(torch.from_numpy(part)[None] for part in given.arrays)
    classifier.prepare(CPU, "fp32")
    with torch.no_grad():
        torch.testing.assert_close(classifier.scores(batch), classifier.network(*batch))
    classifier.prepare(CPU, "bf16")
    assert classifier.scores(batch).dtype == torch.float32
    classifier.unload()


def test_gradients_reach_the_image(tmp_path: Path):
    classifier = opened(saved(tmp_path / "m.safetensors"))
    classifier.prepare(CPU, "fp32")
    pixels = torch.rand(1, 3, 32, 32, requires_grad=True)
    torch.autograd.backward(classifier.scores((pixels, torch.tensor([[0, 3]]))).sum())
    assert classifier.differentiable and pixels.grad is not None and pixels.grad.any()


@pytest.mark.parametrize("words", ["[]", '["a", "b", "c"]', '["a", "a", "b", "c"]', "x"])
def test_words_that_do_not_fit_are_refused(tmp_path: Path, words: str):
    path = saved(tmp_path / "m.safetensors", words=words)
    with pytest.raises(UserError, match="does not name the 4 words of its alphabet in its header"):
        opened(path)


def test_other_weights_are_refused(tmp_path: Path):
    path = tmp_path / "m.safetensors"
    facts = {"architecture": "pair_cnn", "words": json.dumps(WORDS)}
    save_file({"w": torch.zeros(2)}, path, facts)
    with pytest.raises(UserError, match="holds no weights of a network over an image and a text"):
        opened(path)
    tensors = PairNetwork(4, 2, width=4, features=8, words=6).state_dict()
    save_file({k: v for k, v in tensors.items() if k != "head.bias"}, path, facts)
    with pytest.raises(UserError, match=r"the tensor head\.bias is missing"):
        opened(path)
