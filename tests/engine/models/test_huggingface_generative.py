from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.core.errors import OracleRequired, UserError
from engine.evidence.settings import CertifySettings
from engine.inputs import load_input
from engine.models import ModelRequest, fitted, load_model
from engine.models.huggingface_generative import _Watch, answers_texts, greedy
from engine.models.pretrained_files import WRITING
from engine.procedures.certify import certify
from engine.schemes import parse_scheme
from engine.verify.digests import model_digest
from tests.fakes import finish
from tests.generative_models import answerer, continuer
from tests.sayings import rules_file


class Network:
    """Answers with the row's first token, after showing scores that may not be finite."""

    def generate(self, *, input_ids, logits_processor, max_new_tokens, **rest):
        assert rest == {"min_new_tokens": 0, "do_sample": False, "num_beams": 1}
        scores = input_ids.float()
        scores = torch.where(input_ids == 9, torch.nan, scores)
        logits_processor[0](input_ids, scores)
        return torch.cat([input_ids, input_ids[:, :max_new_tokens]], dim=1)


class Words:
    def batch_decode(self, tokens, *, skip_special_tokens):
        assert skip_special_tokens
        return [" ".join(map(str, row)) + " " for row in tokens.tolist()]


def test_only_new_tokens_and_only_finite_ones_are_answers():
    inputs = {"input_ids": torch.tensor([[1, 2], [9, 3]])}
    assert greedy(Network(), Words(), inputs, longest=1, skipped=2) == ["1", None]


def test_a_suppressed_token_is_no_failure():
    watch = _Watch(2, torch.device("cpu"))
    watch(torch.zeros(2, 1), torch.tensor([[-torch.inf, 1.0], [0.0, 1.0]]))
    assert watch.finite.all()
    watch(torch.zeros(2, 1), torch.tensor([[0.0, 1.0], [torch.inf, 1.0]]))
    assert watch.finite.tolist() == [True, False]


@pytest.fixture(scope="module")
def captioner(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.generative_models import captioner

    return captioner(tmp_path_factory.mktemp("captioner"))


@pytest.fixture(scope="module")
def llava(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.generative_models import llava

    return llava(tmp_path_factory.mktemp("llava"))


def opened(folder: Path, tmp_path: Path, **request: object):
    asked = ModelRequest(str(folder), oracle=rules_file(tmp_path), max_new_tokens=5, **request)
    model = load_model(asked)
    model.prepare(torch.device("cpu"), "fp32")
    return model


def images(count: int) -> torch.Tensor:
    levels = torch.randint(0, 256, (count, 3, 16, 16), generator=torch.Generator().manual_seed(0))
    return levels.float() / 255


def as_bytes(batch: torch.Tensor) -> list[np.ndarray]:
    return [(255 * p).round().byte().permute(1, 2, 0).numpy() for p in batch]


def test_a_captioner_says_what_its_own_pipeline_says(captioner, tmp_path):
    from transformers import AutoTokenizer, VisionEncoderDecoderModel, ViTImageProcessor

    batch = images(5)
    network = VisionEncoderDecoderModel.from_pretrained(captioner).eval()
    pixels = ViTImageProcessor.from_pretrained(captioner)(as_bytes(batch), return_tensors="pt")
    tokens = network.generate(**pixels, max_new_tokens=5, do_sample=False)
    expected = AutoTokenizer.from_pretrained(captioner).batch_decode(
        tokens, skip_special_tokens=True
    )
    model = opened(captioner, tmp_path)
    assert model.generator.answers(batch) == [text.strip() for text in expected]
    assert len(set(expected)) > 1
    assert model.identity.architecture == "vision-encoder-decoder"
    assert model.identity.normalization_origin == "stored in the file"


def test_llava_says_what_its_own_pipeline_says(llava, tmp_path):
    from transformers import AutoProcessor, LlavaForConditionalGeneration

    batch = images(4)
    network = LlavaForConditionalGeneration.from_pretrained(llava).eval()
    processor = AutoProcessor.from_pretrained(llava)
    expected = []
    for image in as_bytes(batch):
        made = processor(images=image, text="<image>\nwhat now", return_tensors="pt")
        tokens = network.generate(**made, max_new_tokens=5, do_sample=False)
        fresh = tokens[0, made["input_ids"].shape[1] :]
        expected.append(processor.tokenizer.decode(fresh, skip_special_tokens=True).strip())
    model = opened(llava, tmp_path, prompt="what now")
    assert model.generator.answers(batch) == expected
    assert model.identity.sha256 != opened(llava, tmp_path, prompt="what then").identity.sha256


def test_pixels_reach_the_network_without_eight_bits(captioner, tmp_path):
    model = opened(captioner, tmp_path)
    batch = images(1).add_(1e-5).requires_grad_()
    values = model.generator.pixel_values(batch)
    assert torch.allclose(values, (batch - 0.5) / 0.5, atol=1e-6)
    values.sum().backward()
    assert torch.allclose(batch.grad, torch.full_like(batch, 2.0))


def test_a_run_from_end_to_end(captioner, tmp_path):
    from engine.inputs import fit, load_input

    model = opened(captioner, tmp_path)
    fitted = fit(load_input("digits:52"), model.identity)
    evidence = finish(certify(model, fitted, CertifySettings(n0=20, n=100)))
    assert sum(group.count for group in evidence.answers) == 100
    weights = evidence.model.part("weights").sha256
    assert model_digest(str(captioner), tmp_path, WRITING) == weights
    assert evidence.model.sha256 == evidence.model.composed_sha256()


def test_scores_that_are_no_numbers_are_no_answer(captioner, tmp_path):
    model = opened(captioner, tmp_path)
    batch = images(2)
    batch[1, 0, 0, 0] = torch.nan
    first, second = model.generator.answers(batch)
    assert first is not None
    assert second is None


@pytest.mark.walk
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"auto_map": {"AutoModel": "x.Y"}}, "asks for its own Python code"),
        ({"model_type": "vit"}, "cannot be opened as a generative model about images"),
    ],
)
def test_folders_that_cannot_be(captioner, tmp_path, change, sentence):
    folder = shutil.copytree(captioner, tmp_path / "copy")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, **change}))
    with pytest.raises(UserError) as refusal:
        opened(folder, tmp_path)
    assert sentence in str(refusal.value)


def test_missing_parts_are_named(captioner, llava, tmp_path):
    with pytest.raises(UserError, match="needs a question; give --prompt"):
        opened(llava, tmp_path)
    with pytest.raises(UserError, match="takes no prompt"):
        opened(captioner, tmp_path, prompt="what?")
    with pytest.raises(UserError, match="with --oracle"):
        load_model(ModelRequest(str(captioner), max_new_tokens=3))
    folder = shutil.copytree(captioner, tmp_path / "bare")
    (folder / "tokenizer.json").unlink()
    (folder / "tokenizer_config.json").unlink()
    with pytest.raises(UserError, match="has no tokenizer that opens"):
        opened(folder, tmp_path)


def test_a_processor_that_cuts_images_is_refused(llava, tmp_path):
    folder = shutil.copytree(llava, tmp_path / "cut")
    file = folder / "processor_config.json"
    settings = json.loads(file.read_text())
    settings["image_processor"]["crop_size"] = {"height": 24, "width": 24}
    settings["image_processor"]["size"] = {"shortest_edge": 24}
    file.write_text(json.dumps(settings))
    with pytest.raises(UserError, match="cuts images into pieces|takes no image"):
        opened(folder, tmp_path, prompt="what now")


def test_a_folder_that_writes_waits_for_its_oracle(captioner, tmp_path):
    with pytest.raises(OracleRequired, match="writes answers; name the file"):
        load_model(ModelRequest(str(captioner)))
    beside = tmp_path / "captioner"
    shutil.copytree(captioner, beside)
    (beside / "oracle.txt").write_text("left: left\nright: right\n")
    assert load_model(ModelRequest(str(beside))).identity.class_names[:2] == ("left", "right")


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
        ModelRequest(str(folder), oracle=rules_file(tmp_path), prompt=prompt, max_new_tokens=6)
    )
    model.prepare(torch.device("cpu"), "fp32")
    tokens = torch.from_numpy(fitted(model, load_input(f"text:{TEXT}")).arrays[0])[None]
    expected = words.decode(fresh, skip_special_tokens=True).strip()
    assert model.generator.answers(tokens) == [expected]
    assert model.identity.kind == "text"


def test_a_certified_text_keeps_its_answers(folders, tmp_path):
    model = load_model(
        ModelRequest(str(folders["gpt2"]), oracle=rules_file(tmp_path), max_new_tokens=4)
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
        oracle=rules_file(tmp_path),
        prompt="go " * 40,
        max_new_tokens=4,
    )
    with pytest.raises(UserError, match="does not answer a text"):
        load_model(asked)
