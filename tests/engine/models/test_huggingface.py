from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from transformers import AutoTokenizer

from engine.core.errors import UserError
from engine.inputs import load_input
from engine.models import ModelRequest, architectures, fitted, load_model
from engine.models.huggingface import read_prompts
from tests.pretrained import save_clip

LABELS = {0: "cat", 1: "dog", 2: "bird"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    from transformers import ViTConfig, ViTForImageClassification
    from transformers.utils import logging

    logging.disable_progress_bar()
    torch.manual_seed(0)
    config = ViTConfig(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        image_size=16,
        patch_size=8,
        id2label=LABELS,
    )
    ViTForImageClassification(config).save_pretrained(tmp_path)
    edit(tmp_path / "preprocessor_config.json", image_mean=[0.5, 0.4, 0.3], image_std=[0.2] * 3)
    return tmp_path


def edit(path: Path, **changes: object) -> None:
    content = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps(content | changes))


def load(folder: Path, **changes: object):
    return load_model(ModelRequest(str(folder), **changes))


def test_a_folder_becomes_a_classifier(folder):
    from transformers import AutoModelForImageClassification

    classifier = load(folder)
    identity = classifier.identity
    assert identity.format == "huggingface"
    assert identity.architecture == "vit"
    assert identity.class_names == ("cat", "dog", "bird")
    assert identity.input_shape == (3, 16, 16)
    assert identity.normalization_origin == "stored in the file"
    x = torch.rand(2, 3, 16, 16)
    mean = torch.tensor([0.5, 0.4, 0.3]).view(3, 1, 1)
    reference = AutoModelForImageClassification.from_pretrained(folder).eval()
    classifier.prepare(torch.device("cpu"), "fp32")
    with torch.inference_mode():
        expected = reference(pixel_values=(x - mean) / 0.2).logits
        torch.testing.assert_close(classifier.scores(x), expected, rtol=1e-4, atol=1e-5)
    classifier.prepare(torch.device("cpu"), "bf16")
    assert classifier.scores(x).dtype == torch.float32


def test_the_digest_covers_weights_and_configuration(folder):
    before = load(folder).identity.sha256
    (folder / "notes.txt").write_text("not part of the model")
    assert load(folder).identity.sha256 == before
    edit(folder / "preprocessor_config.json", image_std=[0.3] * 3)
    assert load(folder).identity.sha256 != before


def test_without_preprocessing_the_normalisation_is_assumed(folder):
    (folder / "preprocessor_config.json").unlink()
    identity = load(folder).identity
    assert identity.normalization_origin == "default"
    assert "none was assumed" in identity.notes[0]
    edit(folder / "preprocessor_config.json", do_normalize=False)
    assert load(folder).identity.normalization == "none"
    assert load(folder).identity.normalization_origin == "stored in the file"


def test_custom_code_is_refused(folder):
    edit(folder / "config.json", auto_map={"AutoModelForImageClassification": "evil.Model"})
    (folder / "evil.py").write_text("open('ran', 'w')")
    with pytest.raises(UserError, match="asks for its own Python code .auto_map., which is never"):
        load(folder)


def test_a_remote_kernel_is_refused(folder):
    edit(folder / "config.json", _attn_implementation_internal="somebody/kernel")
    with pytest.raises(UserError, match="asks for its own Python code"):
        load(folder)


def test_weights_that_can_hold_code_are_refused(folder):
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(UserError, match="has no safetensors file; weights in other formats"):
        load(folder)


def test_weights_that_do_not_fit_are_refused(folder):
    edit(folder / "config.json", num_hidden_layers=2)
    with pytest.raises(UserError, match=r"weights do not fit its config\.json \(.*is missing\)"):
        load(folder)


def test_truncated_weights_are_refused(folder):
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:500])
    with pytest.raises(UserError, match="cannot be opened as an image classifier"):
        load(folder)


@pytest.mark.parametrize("text", ["", "[1]", "{"])
def test_a_broken_configuration_is_refused(folder, text):
    (folder / "config.json").write_text(text)
    with pytest.raises(UserError, match=r"config\.json is not readable JSON"):
        load(folder)


def test_an_unreasonable_configuration_is_refused(folder):
    edit(folder / "config.json", image_size=10**6)
    with pytest.raises(UserError, match=r"is not understood \(images of 3x1000000x1000000\)"):
        load(folder)


def test_another_kind_of_model_is_refused(tmp_path):
    edit(tmp_path / "config.json", model_type="gpt2")
    (tmp_path / "model.safetensors").write_bytes(b"")
    with pytest.raises(UserError, match="cannot be opened as an image classifier"):
        load(tmp_path)


def test_an_id_without_network_is_refused(monkeypatch):
    import huggingface_hub

    def offline(*_: object, **__: object) -> None:
        raise OSError("no network")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", offline)
    with pytest.raises(UserError, match="Cannot get owner/model from the Hugging Face hub"):
        load_model(ModelRequest("owner/model"))


def test_an_id_is_loaded_from_where_the_hub_put_it(folder, monkeypatch):
    import huggingface_hub

    monkeypatch.setattr(huggingface_hub, "snapshot_download", lambda *_, **__: str(folder))
    identity = load_model(ModelRequest("owner/model")).identity
    assert identity.name == identity.source == "owner/model"


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 50_000, '{"a": ' + "1" * 5000 + "}"])
def test_a_configuration_beyond_reason_is_refused(folder, text):
    (folder / "config.json").write_text(text)
    with pytest.raises(UserError, match=r"config\.json is not readable JSON"):
        load(folder)


def test_huge_numbers_are_refused(folder):
    edit(folder / "config.json", somewhere={"deep": [1, 2**40]})
    with pytest.raises(
        UserError, match=r"config\.json is not understood: it holds the number 1099"
    ):
        load(folder)


@pytest.mark.walk
@pytest.mark.parametrize("changes", [{"hidden_size": 10**6}, {"num_hidden_layers": 10**6}])
def test_a_model_much_larger_than_its_weights_is_not_built(folder, changes):
    edit(folder / "config.json", **changes)
    with pytest.raises(UserError, match=r"describes a model much larger than its weights"):
        load(folder)


PROMPTS = ("a cat", "a very good dog", "the film")


def test_scores_are_clip_s_own(tmp_path: Path):
    network = save_clip(tmp_path)
    prompts = tmp_path / "prompts.txt"
    prompts.write_text("\n".join(PROMPTS))
    classifier = load_model(ModelRequest(str(tmp_path), class_names=prompts))
    identity = classifier.identity
    assert identity.class_names == PROMPTS and identity.kind == "image"
    assert identity.input_shape == (3, 32, 32) and identity.architecture == "clip, zero-shot"
    pixels = torch.rand(2, 3, 32, 32)
    mean = torch.tensor([0.48145466, 0.4578275, 0.40821073])[:, None, None]
    std = torch.tensor([0.26862954, 0.26130258, 0.27577711])[:, None, None]
    tokens = AutoTokenizer.from_pretrained(tmp_path)(
        list(PROMPTS), padding=True, return_tensors="pt"
    )
    classifier.prepare(torch.device("cpu"), "fp32")
    with torch.inference_mode():
        expected = network(
            input_ids=tokens["input_ids"],
            attention_mask=tokens["attention_mask"],
            pixel_values=(pixels - mean) / std,
        ).logits_per_image
        found = classifier.scores(pixels)
    torch.testing.assert_close(found, expected, rtol=1e-3, atol=1e-3)
    assert classifier.differentiable


def test_prompts_are_needed(tmp_path: Path):
    save_clip(tmp_path)
    with pytest.raises(UserError, match="is a CLIP model, which has no classes of its own; name"):
        load_model(ModelRequest(str(tmp_path)))


@pytest.mark.parametrize("text", ["", "one\n", "one\none\n"])
def test_prompts_are_two_or_more_and_differ(tmp_path: Path, text: str):
    path = tmp_path / "prompts.txt"
    path.write_text(text)
    with pytest.raises(UserError, match="needs 2 to 1,000 prompts, one per line, no two alike"):
        read_prompts(tmp_path, path)


def test_prompts_that_cannot_be_read(tmp_path: Path):
    path = tmp_path / "prompts.txt"
    path.write_bytes(b"\xff\xfe")
    for given in (path, tmp_path / "none.txt"):
        with pytest.raises(UserError, match="^Cannot read prompts from"):
            read_prompts(tmp_path, given)


CASES = Path(__file__).parents[2] / "cases" / "field"
"""Made for this project."""


def test_several_labels_or_one_score_need_a_threshold():
    with pytest.raises(UserError, match=r"several labels at once \(cat, dog, indoor, night\)"):
        load(CASES / "multi_label")
    chosen = load(CASES / "multi_label", output="indoor", threshold=0.0)
    assert chosen.identity.class_names == ("not indoor", "indoor")
    with pytest.raises(UserError, match="gives a single score"):
        load(CASES / "single_logit")
    binary = load(CASES / "single_logit", threshold=0.0)
    low, high = binary.scores(torch.rand(3, 3, 32, 32)).unbind(dim=1)
    assert torch.equal(low, -high)


def test_blue_comes_first_where_the_processor_says_so(tmp_path):
    """The published MobileViT folders say it with do_flip_channel_order."""
    import transformers as hf

    torch.manual_seed(0)
    sizes = {"hidden_sizes": [8, 8, 8], "neck_hidden_sizes": [4, 4, 4, 8, 8, 8, 16]}
    config = hf.MobileViTConfig(**sizes, image_size=64, num_labels=4, num_attention_heads=2)
    network = hf.MobileViTForImageClassification(config)
    for weights in network.parameters():  # lively: the usual first ones hardly differ
        weights.data += 0.3 * torch.randn_like(weights)
    for part in network.modules():
        if isinstance(part, torch.nn.BatchNorm2d):
            part.momentum = 1.0
    with torch.no_grad():
        network(pixel_values=torch.rand(8, 3, 64, 64))
    network.eval().save_pretrained(tmp_path)
    square = {"height": 64, "width": 64}
    processor = hf.MobileViTImageProcessor(
        size={"shortest_edge": 64}, crop_size=square, do_flip_channel_order=True
    )
    processor.save_pretrained(tmp_path)
    levels = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    levels[..., 0] //= 4
    Image.fromarray(levels).save(tmp_path / "a.png")
    classifier = load(tmp_path)
    assert "then blue first" in classifier.identity.normalization
    classifier.prepare(torch.device("cpu"), "fp32")
    pixels = torch.from_numpy(fitted(classifier, load_input(str(tmp_path / "a.png"))).pixels)[None]
    inputs = processor(images=Image.fromarray(levels), return_tensors="pt")
    with torch.inference_mode():
        expected = network(**inputs).logits
        other = network(pixel_values=pixels).logits
    torch.testing.assert_close(classifier.scores(pixels), expected, rtol=1e-3, atol=1e-3)
    assert not torch.allclose(other, expected, rtol=1e-2, atol=1e-2)


def test_a_folder_of_timm_with_a_network_that_is_known(tmp_path):
    torch.manual_seed(0)
    weights = architectures.by_name("resnet18", {}).build(4).state_dict()
    save_file(weights, tmp_path / "model.safetensors")
    facts = {
        "mean": [0.5, 0.4, 0.3],
        "std": [0.2, 0.2, 0.2],
        "input_size": [3, 64, 64],
        "crop_pct": 0.8,
        "interpolation": "bicubic",
    }
    edit(tmp_path / "config.json", architecture="resnet18", pretrained_cfg=facts)
    identity = load(tmp_path).identity
    assert identity.input_shape == (3, 64, 64)
    assert identity.normalization == "stored: (x - 0.5 0.4 0.3) / 0.2 0.2 0.2"
    assert identity.resize == "crop from 80x80 bicubic"
    edit(tmp_path / "config.json", pretrained_cfg={"mean": [0.5]})
    with pytest.raises(UserError, match="its pretrained_cfg is not understood"):
        load(tmp_path)
    save_file({"blocks.0.weight": torch.zeros(2, 2)}, tmp_path / "model.safetensors")
    with pytest.raises(UserError, match=r"is a timm model \(resnet18\) whose layers no arch"):
        load(tmp_path)
