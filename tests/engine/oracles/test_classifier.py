from __future__ import annotations

import json
import math
import shutil

import numpy as np
import pytest
import torch
from transformers import AutoModel, AutoModelForSequenceClassification, AutoTokenizer

from engine.core.errors import UserError
from engine.oracles import equivalence
from engine.oracles.classifier import ClassifierOracle, from_description, open_text_model


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
    oracle = equivalence.from_description(
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
    from engine.oracles.classifier import _cosine

    assert math.isnan(_cosine([0.0, 0.0], [1.0, 0.0]))


TEXTS = ["go left", "bad answer now", "what", "good stop turn"]


def test_its_labels_are_the_classes_and_its_scores_decide(text_classifier):
    oracle = from_description({"model": str(text_classifier)}, "o.json")
    assert oracle.identity.class_names == ("harmless", "harmful", "unparseable")
    network = AutoModelForSequenceClassification.from_pretrained(text_classifier).eval()
    tokenizer = AutoTokenizer.from_pretrained(text_classifier)
    with torch.no_grad():
        plain = [
            int(network(**tokenizer(text, return_tensors="pt")).logits.argmax()) for text in TEXTS
        ]
    assert oracle.classify([*TEXTS, " "]) == [*plain, 2]
    assert oracle.classify([]) == []


def test_the_weights_are_part_of_its_identity(text_classifier, tmp_path):
    import shutil

    oracle = from_description({"model": str(text_classifier)}, "o.json")
    copy = shutil.copytree(text_classifier, tmp_path / "copy")
    assert (
        from_description({"model": str(copy)}, "o.json").identity.sha256 == oracle.identity.sha256
    )
    weights = copy / "model.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(bytes(data))
    assert (
        from_description({"model": str(copy)}, "o.json").identity.sha256 != oracle.identity.sha256
    )


def test_scores_that_are_no_numbers_are_unparseable():
    class Broken:
        name, sha256, labels, longest = "broken", "00", ("a", "b"), 8

        def prepare(self, device: str) -> None:
            """Nothing to move."""

        def outputs(self, texts):
            return [[math.nan, 1.0], [2.0, 1.0]]

    assert ClassifierOracle(Broken(), source="o").classify(["x", "y"]) == [2, 0]


def test_a_folder_of_another_kind_is_refused(tmp_path):
    with pytest.raises(UserError, match="needs a model"):
        from_description({}, "o.json")
    with pytest.raises(UserError, match="There is no folder"):
        from_description({"model": "./nowhere"}, "o.json")
    with pytest.raises(UserError, match=r"its config\.json is missing"):
        from_description({"model": str(tmp_path)}, "o.json")
