from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from engine.core.errors import UserError
from engine.models import ModelRequest, load_model

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
    with pytest.raises(UserError, match=r"config\.json is no readable JSON"):
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
    with pytest.raises(UserError, match=r"config\.json is no readable JSON"):
        load(folder)


def test_huge_numbers_are_refused(folder):
    edit(folder / "config.json", somewhere={"deep": [1, 2**40]})
    with pytest.raises(
        UserError, match=r"config\.json is not understood: it holds the number 1099"
    ):
        load(folder)


@pytest.mark.parametrize("changes", [{"hidden_size": 10**6}, {"num_hidden_layers": 10**6}])
def test_a_model_much_larger_than_its_weights_is_not_built(folder, changes):
    edit(folder / "config.json", **changes)
    with pytest.raises(UserError, match=r"describes a model much larger than its weights"):
        load(folder)
