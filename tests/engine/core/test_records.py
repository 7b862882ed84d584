import hashlib
import json

from engine.core.records import ModelIdentity, PartIdentity
from tests.factories import make_model


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
