from __future__ import annotations

import json
import math
import shutil

import numpy as np
import pytest
import torch
from transformers import AutoModel, AutoTokenizer

from engine.core.errors import UserError
from engine.oracles.equivalence import from_description
from engine.oracles.transformer import open_text_model


def test_a_row_does_not_depend_on_its_company(text_classifier):
    model = open_text_model(str(text_classifier), source="o", task="classification")
    alone = model.outputs(["go left"])[0]
    assert model.outputs(["bad", "go left", "what now answer"])[1] == alone
    assert model.longest == 32
    assert len(model.outputs(["go " * 500])[0]) == 2


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"auto_map": {"AutoModel": "x.Y"}}, "asks for its own Python code"),
        ({"model_type": "no-such-model"}, "cannot be opened as a text classifier"),
    ],
)
def test_folders_that_cannot_be(text_classifier, tmp_path, change, sentence):
    folder = shutil.copytree(text_classifier, tmp_path / "copy")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, **change}))
    with pytest.raises(UserError) as refusal:
        open_text_model(str(folder), source="o", task="classification")
    assert sentence in str(refusal.value)


def test_an_embedding_model_without_a_head_is_no_classifier(sentence_model):
    with pytest.raises(UserError, match="weights do not fit"):
        open_text_model(str(sentence_model), source="o", task="classification")


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
    from engine.oracles.transformer import _cosine

    assert math.isnan(_cosine([0.0, 0.0], [1.0, 0.0]))
