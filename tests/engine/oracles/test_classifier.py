from __future__ import annotations

import math

import pytest
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from engine.core.errors import UserError
from engine.oracles.classifier import ClassifierOracle, from_description

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
