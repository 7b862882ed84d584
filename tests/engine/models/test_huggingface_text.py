from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoTokenizer

from engine.core.errors import UserError
from engine.evidence.settings import CertifySettings
from engine.inputs import load_input
from engine.models import ModelRequest, fitted, load_model
from engine.models.huggingface_text import TextClassifier
from engine.models.tokenizers import HuggingFaceTokenizer
from engine.procedures.run import Run
from engine.schemes import parse_scheme
from tests.pretrained import save_text, save_vilt

CPU = torch.device("cpu")
TEXT = "the cat is very good"


def opened(folder: Path, **more: object) -> TextClassifier:
    classifier = load_model(ModelRequest(str(folder), **more))  # type: ignore[arg-type]
    assert isinstance(classifier, TextClassifier)
    return classifier


@pytest.mark.parametrize("kind", ["bert", "roberta", "distilbert", "gpt2"])
def test_a_clean_text_gets_the_model_s_own_scores(tmp_path: Path, kind: str):
    network = save_text(tmp_path, kind)
    classifier = opened(tmp_path)
    assert classifier.identity.kind == "text" and classifier.identity.input_shape == (0,)
    assert len(classifier.identity.class_names) == 3
    (tokens,) = fitted(classifier, load_input(f"text:{TEXT}")).arrays
    classifier.prepare(CPU, "fp32")
    ids = AutoTokenizer.from_pretrained(tmp_path)(TEXT, return_tensors="pt")["input_ids"]
    with torch.inference_mode():
        expected = network(input_ids=ids).logits
        found = classifier.scores(torch.from_numpy(np.stack([tokens] * 3)))
    torch.testing.assert_close(found, expected.expand(3, -1), rtol=1e-4, atol=1e-5)


def test_a_masked_word_is_the_tokenizer_s_mask(tmp_path: Path):
    network = save_text(tmp_path, "bert")
    classifier = opened(tmp_path)
    classifier.prepare(CPU, "fp32")
    tokens = torch.from_numpy(classifier.coding.encode(TEXT).tokens)[None].clone()
    tokens[0, 1] = classifier.coding.size
    text = TEXT.replace("cat", "[MASK]")
    ids = AutoTokenizer.from_pretrained(tmp_path)(text, return_tensors="pt")["input_ids"]
    with torch.inference_mode():
        expected = network(input_ids=ids).logits
        torch.testing.assert_close(classifier.scores(tokens), expected, rtol=1e-4, atol=1e-5)


def test_labels_that_may_hold_at_once_and_numbers(tmp_path: Path):
    network = save_text(tmp_path, "bert")
    file = tmp_path / "config.json"
    config = json.loads(file.read_text())
    config["id2label"] = {"0": "rude", "1": "kind", "2": "long"}
    file.write_text(json.dumps({**config, "problem_type": "multi_label_classification"}))
    with pytest.raises(UserError, match=r"gives several labels at once \(rude, kind, long\)"):
        opened(tmp_path)
    classifier = opened(tmp_path, output="kind", threshold=0.1)
    classifier.prepare(CPU, "fp32")
    assert classifier.identity.class_names == ("not kind", "kind")
    (tokens,) = fitted(classifier, load_input(f"text:{TEXT}")).arrays
    ids = AutoTokenizer.from_pretrained(tmp_path)(TEXT, return_tensors="pt")["input_ids"]
    with torch.inference_mode():
        above = float(network(input_ids=ids).logits[0, 1]) - 0.1
        found = classifier.scores(torch.from_numpy(tokens)[None])[0]
    np.testing.assert_allclose(found, [-above, above], rtol=1e-4, atol=1e-5)
    file.write_text(json.dumps({**config, "problem_type": "regression"}))
    with pytest.raises(UserError, match="gives numbers and no classes .problem_type is regression"):
        opened(tmp_path)


@pytest.mark.walk
@pytest.mark.parametrize("key", ["text-mask", "text-uniform"])
def test_noise_of_both_schemes_runs(tmp_path: Path, key: str):
    save_text(tmp_path, "bert")
    classifier = opened(tmp_path)
    given = fitted(classifier, load_input(f"text:{TEXT}"))
    scheme = parse_scheme({"key": key, "beta": 0.3, "vocabulary": classifier.coding.size})
    run = Run(classifier, given, CertifySettings(scheme=scheme, n0=10, n=50, seed=1))
    votes = list(run.sampler.votes(0, 50))[-1]  # type: ignore[arg-type]
    assert votes.n == 50 and votes.failures == 0
    other = parse_scheme({"key": key, "vocabulary": 1000})
    with pytest.raises(
        UserError, match=r"^The model's alphabet has 16 tokens, the noise has 1,000"
    ):
        Run(classifier, given, CertifySettings(scheme=other, n0=10, n=50))


def test_a_question_about_an_image(tmp_path: Path):
    network = save_vilt(tmp_path)
    classifier = opened(tmp_path)
    identity = classifier.identity
    assert identity.kind == "pair" and identity.input_shape == (3, 32, 32)
    assert identity.normalization_origin == "stored in the file"
    given = fitted(classifier, load_input("pair:digits:7|what is it"))
    pixels, tokens = (torch.from_numpy(part)[None] for part in given.arrays)
    classifier.prepare(CPU, "fp32")
    ids = AutoTokenizer.from_pretrained(tmp_path)("what is it", return_tensors="pt")["input_ids"]
    with torch.inference_mode():
        expected = network(input_ids=ids, pixel_values=(pixels - 0.5) / 0.5).logits
        found = classifier.scores((pixels, tokens))
        torch.testing.assert_close(found, expected, rtol=1e-3, atol=1e-4)
        before = torch.random.get_rng_state()
        assert torch.equal(found, classifier.scores((pixels, tokens)))
    assert torch.equal(before, torch.random.get_rng_state())


def test_precisions(tmp_path: Path):
    save_text(tmp_path, "bert")
    classifier = opened(tmp_path)
    tokens = torch.from_numpy(classifier.coding.encode(TEXT).tokens)[None]
    classifier.prepare(CPU, "bf16")
    rough = classifier.scores(tokens)
    classifier.unload()
    classifier.prepare(CPU, "fp32")
    assert rough.dtype == torch.float32
    torch.testing.assert_close(rough, classifier.scores(tokens), rtol=0.1, atol=0.1)
    with pytest.raises(UserError, match="fp16 does not work on the CPU"):
        classifier.prepare(CPU, "fp16")


def test_the_digest_covers_the_tokenizer(tmp_path: Path):
    save_text(tmp_path, "bert")
    before = opened(tmp_path).identity.sha256
    path = tmp_path / "tokenizer.json"
    path.write_text(path.read_text().replace('"cat"', '"cow"'))
    assert opened(tmp_path).identity.sha256 != before


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"hidden_size": 32}, "cannot be opened as a text classifier|do not fit its config"),
        ({"auto_map": {"AutoModel": "x.py"}}, r"asks for its own Python code \(auto_map\)"),
        ({"vocab_size": 1 << 21}, "holds the number 2097152"),
    ],
)
def test_folders_that_do_not_fit_are_refused(tmp_path: Path, change: dict, sentence: str):
    save_text(tmp_path, "bert")
    path = tmp_path / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(UserError, match=sentence):
        opened(tmp_path)


def test_a_folder_without_a_tokenizer_is_refused(tmp_path: Path):
    save_text(tmp_path, "gpt2")
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (tmp_path / name).unlink()
    with pytest.raises(UserError, match="has no tokenizer that opens"):
        opened(tmp_path)


def test_longer_texts_than_the_network_takes_are_met_before_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    save_text(tmp_path, "bert")
    monkeypatch.setattr(HuggingFaceTokenizer, "longest", 40)
    with pytest.raises(UserError, match="does not run on texts of 1 to 40 tokens, as its config"):
        opened(tmp_path)
