from __future__ import annotations

from pathlib import Path

import pytest
import torch

from engine.core.errors import UserError
from engine.evidence.settings import CertifySettings
from engine.inputs import load_input
from engine.models import ModelRequest, fitted, load_model
from engine.models.huggingface_answers import answers_texts
from engine.models.request import oracle_part
from engine.procedures.certify import certify
from engine.schemes import parse_scheme
from tests.fakes import finish
from tests.generative_models import answerer, continuer
from tests.sayings import rules_file

TEXT = "turn left now"


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {
        "t5": answerer(tmp_path_factory.mktemp("t5")),
        "gpt2": continuer(tmp_path_factory.mktemp("gpt2")),
    }


@pytest.mark.parametrize("kind", ["t5", "gpt2"])
@pytest.mark.parametrize("prompt", ["", "what answer"])
def test_it_answers_as_transformers_does(folders, tmp_path, kind, prompt):
    from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM, AutoTokenizer

    folder = folders[kind]
    auto = AutoModelForSeq2SeqLM if kind == "t5" else AutoModelForCausalLM
    network, words = auto.from_pretrained(folder).eval(), AutoTokenizer.from_pretrained(folder)
    inputs = words(f"{prompt} {TEXT}".strip(), return_tensors="pt")
    ids = inputs["input_ids"]
    out = network.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=6)
    fresh = out[0, ids.shape[1] :] if kind == "gpt2" else out[0]
    model = load_model(
        ModelRequest(
            str(folder), parts=oracle_part(rules_file(tmp_path)), prompt=prompt, max_new_tokens=6
        )
    )
    model.prepare(torch.device("cpu"), "fp32")
    tokens = torch.from_numpy(fitted(model, load_input(f"text:{TEXT}")).arrays[0])[None]
    expected = words.decode(fresh, skip_special_tokens=True).strip()
    assert model.generator.answers(tokens) == [expected]
    assert model.identity.kind == "text"


def test_a_certified_text_keeps_its_answers(folders, tmp_path):
    model = load_model(
        ModelRequest(
            str(folders["gpt2"]), parts=oracle_part(rules_file(tmp_path)), max_new_tokens=4
        )
    )
    given = fitted(model, load_input(f"text:{TEXT}"))
    scheme = parse_scheme(
        {"key": "text-uniform", "beta": 0.3, "vocabulary": given.identity.alphabet[0]}
    )
    evidence = finish(certify(model, given, CertifySettings(n0=20, n=100, scheme=scheme)))
    assert sum(group.count for group in evidence.answers) == 100
    assert len(evidence.answers) > 1


def test_models_of_images_are_told_apart():
    assert answers_texts({"model_type": "t5"})
    assert answers_texts({"model_type": "gpt2"})
    assert not answers_texts({"model_type": "llava"})
    assert not answers_texts({"model_type": "vision-encoder-decoder"})
    assert not answers_texts({"model_type": "vit"})


def test_a_trial_that_fails_is_a_sentence(folders, tmp_path):
    asked = ModelRequest(
        str(folders["gpt2"]),
        parts=oracle_part(rules_file(tmp_path)),
        prompt="go " * 40,
        max_new_tokens=4,
    )
    with pytest.raises(UserError, match="does not answer a text"):
        load_model(asked)
