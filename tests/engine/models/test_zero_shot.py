from __future__ import annotations

from pathlib import Path

import pytest
import torch
from transformers import AutoTokenizer

from engine.core.errors import UserError
from engine.models import ModelRequest, load_model
from engine.models.zero_shot import read_prompts
from tests.pretrained import save_clip

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
