from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from transformers import AutoModel, AutoTokenizer

from engine.oracles.equivalence import from_description


def test_the_cosine_is_that_of_the_mean_last_layer(sentence_model):
    oracle = from_description(
        {"measure": "embedding", "model": str(sentence_model), "reference": "go left"}, "o"
    )
    oracle.prepare("cpu")
    network = AutoModel.from_pretrained(sentence_model).eval()
    tokenizer = AutoTokenizer.from_pretrained(sentence_model)

    def embedded(text: str) -> np.ndarray:
        with torch.no_grad():
            found = network(**tokenizer(text, return_tensors="pt")).last_hidden_state
        return found[0].double().mean(dim=0).numpy()

    ours, theirs = embedded("go left"), embedded("bad answer now")
    cosine = float(ours @ theirs / np.linalg.norm(ours) / np.linalg.norm(theirs))
    found = oracle._similarity.between("go left", ["bad answer now", "go left"])
    assert found == pytest.approx([cosine, 1.0], abs=1e-9)
    assert oracle.classify(["go left", "..."]) == [0, 2]


def test_what_has_no_length_is_not_the_same():
    from engine.oracles.sentences import _cosine

    assert math.isnan(_cosine([0.0, 0.0], [1.0, 0.0]))
