from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from engine.core.errors import UserError
from engine.inputs import load_input
from engine.models import ModelRequest, fitted, load_model
from engine.models.text import TextClassifier
from engine.models.text_network import TextNetwork

CPU = torch.device("cpu")
WORDS = ("where", "is", "my", "parcel")


def network() -> TextNetwork:
    torch.manual_seed(0)
    return TextNetwork(4, 2, words=6, features=8)


def saved(path: Path, **header: str) -> Path:
    facts = {
        "architecture": "text_bag",
        "words": json.dumps(WORDS),
        "classes": json.dumps(["delivery", "payment"]),
        "training_scheme": json.dumps({"key": "text-mask", "beta": 0.8, "vocabulary": 4}),
    } | header
    save_file(network().state_dict(), path, facts)
    return path


def opened(path: Path) -> TextClassifier:
    classifier = load_model(ModelRequest(str(path)))
    assert isinstance(classifier, TextClassifier)
    return classifier


def test_a_file_of_our_own_comes_back(tmp_path: Path):
    classifier = opened(saved(tmp_path / "m.safetensors"))
    identity = classifier.identity
    assert identity.kind == "text" and identity.class_names == ("delivery", "payment")
    assert identity.training_sigma is None and identity.training_scheme["key"] == "text-mask"
    given = fitted(classifier, load_input("text:Where is my parcel?"))
    assert given.identity.alphabet == (4,) and given.arrays[0].tolist() == [0, 1, 2, 3]
    tokens = torch.from_numpy(given.arrays[0])[None]
    classifier.prepare(CPU, "fp32")
    torch.testing.assert_close(classifier.scores(tokens), network()(tokens).detach())
    classifier.prepare(CPU, "bf16")
    assert classifier.scores(tokens).dtype == torch.float32
    classifier.unload()
    assert not classifier.differentiable


def test_words_of_another_alphabet_are_refused(tmp_path: Path):
    classifier = opened(saved(tmp_path / "m.safetensors"))
    with pytest.raises(UserError, match="The word 'lorry' is not among the 4 that this model"):
        fitted(classifier, load_input("text:where is my lorry"))


@pytest.mark.parametrize("words", ["[]", '["a", "b", "c"]', '["a", "a", "b", "c"]', "x"])
def test_words_that_do_not_fit_are_refused(tmp_path: Path, words: str):
    path = saved(tmp_path / "m.safetensors", words=words)
    with pytest.raises(UserError, match="does not name the 4 words of its alphabet in its header"):
        opened(path)


def test_other_weights_are_refused(tmp_path: Path):
    path = tmp_path / "m.safetensors"
    facts = {"architecture": "text_bag", "words": json.dumps(WORDS)}
    save_file({"w": torch.zeros(2)}, path, facts)
    with pytest.raises(UserError, match="holds no weights of a network over a text"):
        opened(path)
    tensors = network().state_dict()
    save_file({k: v for k, v in tensors.items() if k != "last.bias"}, path, facts)
    with pytest.raises(UserError, match=r"the tensor last\.bias is missing"):
        opened(path)
