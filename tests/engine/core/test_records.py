import hashlib
import json

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from engine.core.records import ModelIdentity, PartIdentity, Votes
from tests.factories import make_model


def test_ties_go_to_the_lowest_index():
    assert Votes(counts=(3, 5, 5)).top == 1
    assert Votes(counts=(0, 0)).top == 0


def test_failures_belong_to_n_and_are_a_class_of_their_own():
    votes = Votes(counts=(5, 1), failures=3)
    assert votes.n == 9
    assert votes.largest_other(0) == 3
    assert Votes(counts=(5,), failures=2).largest_other(0) == 2


def test_ranked():
    assert Votes(counts=(2, 7, 2)).ranked() == [1, 0, 2]


def test_from_numpy_and_torch():
    expected = Votes(counts=(1, 2))
    assert Votes.from_sequence(np.array([1, 2])) == expected
    assert Votes.from_sequence(torch.tensor([1, 2])) == expected


def test_frozen_and_closed():
    with pytest.raises(ValidationError):
        Votes(counts=(1,), surprise=1)
    with pytest.raises(ValidationError):
        Votes(counts=(1,)).counts = (2,)


def canonical(value):
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def test_parts_make_the_digest_and_are_written_only_where_there_are_some():
    plain = make_model()
    assert "parts" not in plain.model_dump() and plain.part("weights") is None
    parts = tuple(PartIdentity(role=role, name=role, sha256=role * 3) for role in ("weights", "x"))
    made = make_model(parts=parts)
    assert made.part("x") is parts[1]
    digest = hashlib.sha256(b"weightsweightsweights\nxxx").hexdigest()
    assert made.composed_sha256() == digest
    assert ModelIdentity.model_validate(made.model_dump()) == made


def test_generative_models_of_schema_1_0_are_read_with_parts_and_the_same_digest():
    rules = {"oracle": "keywords", "classes": [["left", ["go"]]]}
    oracle = {"key": "keywords", "source": "o.txt", "summary": "by words", "rules": rules}
    oracle["class_names"] = list(make_model().class_names)
    then = {"weights_sha256": "ab" * 32, "prompt": "go", "max_new_tokens": 4, "oracle": oracle}
    found = ModelIdentity.model_validate({**make_model().model_dump(), "generation": then})
    assert [(part.role, part.name) for part in found.parts] == [
        ("weights", "digits-cnn, sigma 0.25"),
        ("oracle", "by words"),
    ]
    assert found.part("oracle").source == "o.txt" and found.part("oracle").rules == rules
    assert found.part("oracle").rules_sha256 == canonical(rules) == found.part("oracle").sha256
    whole = {"weights": "ab" * 32, "prompt": "go", "max_new_tokens": 4, "oracle": canonical(rules)}
    assert found.composed_sha256() == canonical(whole)
