"""Models that answer a text with a text, from a Hugging Face folder: T5 and BART, GPT and Llama.

The noise replaces or masks tokens of the text at fixed length; the marks around it and the prompt
before it are added afterwards and stay as they are.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import torch

from engine.core.errors import UserError, quoted
from engine.core.records import ModelIdentity
from engine.models import pretrained
from engine.models.generative import (
    GenerativeClassifier,
    TextGenerator,
    composite,
    longest_answer,
    oracle_for,
)
from engine.models.greedy import greedy
from engine.models.huggingface_tokens import HuggingFaceTokenizer, tokenizer_of
from engine.models.input_layout import ANY
from engine.models.pretrained_files import WRITING, folder_digest
from engine.models.request import ModelRequest
from engine.models.torch_classifier import checked_dtype


class AnswerGenerator(TextGenerator):
    """``generate`` with greedy decoding on tokens (B, L) of an alphabet.

    Args:
        network: of transformers.
        tokenizer: its alphabet and marks.
        words: turns tokens into words.
        prompt: ids before the text.
        longest: new tokens at most.
    """

    def __init__(
        self,
        network: Any,
        tokenizer: HuggingFaceTokenizer,
        words: Any,
        *,
        prompt: tuple[int, ...],
        longest: int,
    ) -> None:
        self._network = self._prepared = network
        self.coding = tokenizer
        self._words, self._longest = words, longest
        self._table = torch.tensor([*tokenizer.ids.tolist(), tokenizer.mask])
        self._before = torch.tensor((*tokenizer.before, *prompt), dtype=torch.int64)
        # A closing mark would end a text that a decoder is to go on with.
        encoder = bool(network.config.is_encoder_decoder)
        self._after = torch.tensor(tokenizer.after if encoder else (), dtype=torch.int64)
        self._skips = not encoder

    def prepare(self, device: torch.device, precision: str) -> None:
        """Move and cast; a plain CPU run uses the weights where they are."""
        dtype = checked_dtype(device, precision)
        plain = device.type == "cpu" and dtype == torch.float32
        self._prepared = self._network if plain else copy.deepcopy(self._network).to(device, dtype)

    def answers(self, batch: torch.Tensor) -> list[str | None]:
        """The new text of every noised text."""
        device, rows = batch.device, len(batch)
        before, after = (marks.to(device).expand(rows, -1) for marks in (self._before, self._after))
        ids = torch.cat([before, self._table.to(device)[batch], after], dim=1)
        inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
        skipped = ids.shape[1] if self._skips else 0
        return greedy(self._prepared, self._words, inputs, longest=self._longest, skipped=skipped)

    def unload(self) -> None:
        """Drop the prepared copy."""
        self._prepared = self._network


def answers_texts(config: dict[str, Any]) -> bool:
    """Whether a configuration is that of a model which takes texts alone."""
    from transformers.models.auto import modeling_auto as known

    kind = config.get("model_type")
    if kind in known.MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES:
        return False
    return (
        kind in known.MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES
        or kind in known.MODEL_FOR_CAUSAL_LM_MAPPING_NAMES
    )


def load_answers(
    folder: Path, request: ModelRequest, config: dict[str, Any]
) -> GenerativeClassifier:
    """A model that answers texts, with the oracle of ``request``.

    Raises:
        UserError: no such model, no tokenizer, no oracle, or a trial that fails.
    """
    from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM, AutoTokenizer

    oracle = oracle_for(folder, request)
    auto = AutoModelForSeq2SeqLM if config.get("is_encoder_decoder") else AutoModelForCausalLM
    network = pretrained.open_network(auto, folder, "a model that answers texts")
    tokenizer = tokenizer_of(folder)
    words = pretrained.open_text_part(AutoTokenizer, folder, "tokenizer")
    prompt = words(request.prompt, add_special_tokens=False)["input_ids"] if request.prompt else []
    generator = AnswerGenerator(
        network, tokenizer, words, prompt=tuple(prompt), longest=longest_answer(request)
    )
    try:
        with torch.inference_mode():
            generator.answers(torch.zeros((1, 1), dtype=torch.int64))
    except Exception as error:  # the network is foreign: what does not fit fails anywhere in it
        raise UserError(f"{folder} does not answer a text ({pretrained.reason(error)}).") from error
    identity = ModelIdentity(
        name=folder.name if Path(request.spec).is_dir() else request.spec,
        source=request.spec,
        format="huggingface",
        sha256=folder_digest(folder, WRITING),
        architecture=quoted(config.get("model_type", "")),
        parameters=sum(p.numel() for p in network.parameters()),
        class_names=("answer",),
        input_shape=(ANY,),
        kind="text",
        notes=(tokenizer.note,) if tokenizer.note else (),
    )
    return composite(generator, oracle, identity, request)
