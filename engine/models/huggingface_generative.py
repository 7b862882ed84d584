"""Generative models, from a Hugging Face folder or id: images or texts in, ``generate``, text out.

About images: encoder-decoders (``VisionEncoderDecoderModel``) and vision-language models (LLaVA and
its like, ``AutoModelForImageTextToText``). The prompt becomes tokens once; the noised images take
the place of the pixels that the processor would have made, so that they never pass through 8 bits.
Of texts alone (T5 and BART, GPT and Llama): the noise replaces or masks tokens of the text at fixed
length; the marks around it and the prompt before it are added afterwards and stay as they are.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
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
from engine.models.image_settings import understood
from engine.models.input_layout import ANY
from engine.models.normalize import Normalization, choose
from engine.models.pretrained_files import WRITING, folder_digest
from engine.models.request import ModelRequest
from engine.models.shapes import Shape, words
from engine.models.tokenizers import HuggingFaceTokenizer, tokenizer_of
from engine.models.torch_classifier import OnDevice


def greedy(
    network: Any, tokenizer: Any, inputs: dict[str, torch.Tensor], *, longest: int, skipped: int
) -> list[str | None]:
    """The new text of every row, special tokens left out.

    Args:
        network: of transformers.
        tokenizer: turns tokens into words.
        inputs: of ``generate``, one row per answer.
        longest: new tokens at most.
        skipped: tokens of the prompt that ``generate`` repeats before its own.

    Returns:
        None where a score was not finite: that is a failure and no answer.
    """
    first = next(iter(inputs.values()))
    watch = _Watch(len(first), first.device)
    tokens = network.generate(
        **inputs,
        max_new_tokens=longest,
        min_new_tokens=0,
        do_sample=False,
        num_beams=1,
        logits_processor=[watch],
    )
    texts = tokenizer.batch_decode(tokens[:, skipped:], skip_special_tokens=True)
    return [
        text.strip() if whole else None
        for text, whole in zip(texts, watch.finite.tolist(), strict=True)
    ]


class _Watch:
    """Sees every step's scores and remembers where they were not finite."""

    def __init__(self, rows: int, device: torch.device) -> None:
        self.finite = torch.ones(rows, dtype=torch.bool, device=device)

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """The scores as they are; a suppressed token's may be minus infinity."""
        del input_ids
        self.finite &= torch.isfinite(scores.max(dim=1).values)
        return scores


_TRIAL_TOKENS = 1
_VISION = ("vision_config", "encoder")


class ImageTextGenerator(OnDevice, TextGenerator):
    """``generate`` with greedy decoding, one call per batch.

    Args:
        network: a transformers model.
        tokenizer: turns tokens into words.
        prompt: what goes in beside the pixels: tensors of one row each.
        normalization: the layer between noise and network.
        shape: of an image.
        longest: new tokens at most.
    """

    def __init__(
        self,
        network: Any,
        tokenizer: Any,
        *,
        prompt: dict[str, torch.Tensor],
        normalization: Normalization,
        shape: Shape,
        longest: int,
    ) -> None:
        super().__init__(network, normalization.layer(shape[0]))
        self._tokenizer = tokenizer
        self._prompt, self._longest = prompt, longest

    def answers(self, batch: torch.Tensor) -> list[str | None]:
        """The new text of every image, special tokens left out."""
        return greedy(
            self._ready,
            self._tokenizer,
            self._inputs(batch),
            longest=self._longest,
            skipped=self._skipped(),
        )

    def pixel_values(self, batch: torch.Tensor) -> torch.Tensor:
        """Images in [0, 1] plus noise as the network takes them; differentiable."""
        found: torch.Tensor = self._front(batch).to(self._dtype)
        return found

    def _inputs(self, batch: torch.Tensor) -> dict[str, torch.Tensor]:
        rows = {
            name: part.to(batch.device).expand(len(batch), *part.shape[1:])
            for name, part in self._prompt.items()
        }
        return {"pixel_values": self.pixel_values(batch), **rows}

    def _skipped(self) -> int:
        """Tokens of the prompt, where ``generate`` repeats it before its own."""
        ids = self._prompt.get("input_ids")
        encoder = bool(getattr(self.network.config, "is_encoder_decoder", False))
        return 0 if ids is None or encoder else int(ids.shape[1])


def load_generative(path: Path, request: ModelRequest) -> GenerativeClassifier:
    """A generative model about images, or answers texts, with the oracle of ``request``.

    Raises:
        UserError: no such model, code of its own, no safetensors, a processor that cuts images
            into pieces, a prompt for a model without one, or no oracle.
    """
    from transformers import AutoModelForImageTextToText

    folder = path if path.is_dir() else pretrained.local_folder(request.spec, WRITING)
    config = pretrained.read_config(folder)
    if answers_texts(config):
        return load_answers(folder, request, config)
    oracle = oracle_for(folder, request)
    preprocessing = understood(folder, _of_images(config))
    network = pretrained.open_network(
        AutoModelForImageTextToText, folder, "a generative model about images"
    )
    shape = preprocessing.shape
    tokenizer, prompt = _text_side(folder, request.prompt, shape)
    normalization = choose(request.normalize, stored=preprocessing.normalization)
    generator = ImageTextGenerator(
        network,
        tokenizer,
        prompt=prompt,
        normalization=normalization,
        shape=shape,
        longest=longest_answer(request),
    )
    _try(folder, generator, shape)
    identity = ModelIdentity(
        name=folder.name if Path(request.spec).is_dir() else request.spec,
        source=request.spec,
        format="huggingface",
        sha256=folder_digest(folder, WRITING),
        architecture=quoted(config.get("model_type", "")),
        parameters=sum(p.numel() for p in network.parameters()),
        class_names=("answer",),
        input_shape=shape,
        normalization=normalization.words,
        normalization_origin=normalization.origin,
        resize=normalization.resize,
        notes=(normalization.note,) if normalization.note else (),
    )
    return composite(generator, oracle, identity, request)


def _of_images(config: dict[str, Any]) -> dict[str, Any]:
    """The part of a configuration that describes the images."""
    inner = next((config[name] for name in _VISION if isinstance(config.get(name), dict)), config)
    # Labels of a language model are no classes, and its counts no limits of an image.
    return {name: inner[name] for name in ("image_size", "num_channels") if name in inner}


def _text_side(folder: Path, prompt: str, shape: Shape) -> tuple[Any, dict[str, torch.Tensor]]:
    """The tokenizer, and the prompt as tensors with room for the image."""
    from transformers import AutoProcessor, AutoTokenizer, ProcessorMixin

    tokenizer = pretrained.open_text_part(AutoTokenizer, folder, "tokenizer")
    if not (folder / "processor_config.json").is_file():
        if prompt:
            raise UserError(f"{folder} takes no prompt (it has no processor); omit --prompt.")
        return tokenizer, {}
    processor = pretrained.open_text_part(AutoProcessor, folder, "processor")
    if not isinstance(processor, ProcessorMixin):
        raise UserError(f"{folder} has no processor that joins images and text.")
    text = _asked(folder, processor, prompt)
    channels, height, width = shape
    blank = np.zeros((height, width, channels), dtype=np.uint8)
    try:
        made = processor(images=blank, text=text, return_tensors="pt")
    except Exception as error:  # the processor is foreign: it fails anywhere inside
        raise UserError(
            f"{folder}: its processor takes no image with this prompt ({pretrained.reason(error)})."
        ) from error
    pixels = made.pop("pixel_values", None)
    if pixels is None or tuple(pixels.shape) != (1, *shape):
        raise UserError(
            f"{folder}: its processor cuts images into pieces; only models that take one image "
            f"of {words(shape)} whole can be certified here."
        )
    names = ("input_ids", "attention_mask", "token_type_ids")
    return tokenizer, {name: made[name] for name in names if name in made}


def _asked(folder: Path, processor: Any, prompt: str) -> str:
    """The prompt with the image's mark, through the chat template where there is one."""
    if not prompt:
        raise UserError(f"{folder} needs a question; give --prompt.")
    if getattr(processor, "chat_template", None):
        content = [{"type": "image"}, {"type": "text", "text": prompt}]
        try:
            return str(
                processor.apply_chat_template(
                    [{"role": "user", "content": content}], add_generation_prompt=True
                )
            )
        except Exception as error:  # a template is a small program of the folder's
            raise UserError(
                f"{folder}: its chat template fails ({pretrained.reason(error)})."
            ) from error
    mark = str(getattr(processor, "image_token", "") or "")
    return prompt if not mark or mark in prompt else f"{mark}\n{prompt}"


def _try(folder: Path, generator: ImageTextGenerator, shape: Shape) -> None:
    """One short answer to a grey image, so that what cannot work is said at once."""
    try:
        with torch.inference_mode():
            inputs = generator._inputs(torch.full((1, *shape), 0.5))
            generator.network.generate(
                **inputs, max_new_tokens=_TRIAL_TOKENS, do_sample=False, num_beams=1
            )
    except Exception as error:  # as above
        raise UserError(
            f"{folder} does not answer to {words(shape)} images ({pretrained.reason(error)})."
        ) from error


class AnswerGenerator(OnDevice, TextGenerator):
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
        super().__init__(network)
        self.coding = tokenizer
        self._words, self._longest = words, longest
        self._table = torch.tensor([*tokenizer.ids.tolist(), tokenizer.mask])
        self._before = torch.tensor((*tokenizer.before, *prompt), dtype=torch.int64)
        # A closing mark would end a text that a decoder is to go on with.
        encoder = bool(network.config.is_encoder_decoder)
        self._after = torch.tensor(tokenizer.after if encoder else (), dtype=torch.int64)
        self._skips = not encoder

    def answers(self, batch: torch.Tensor) -> list[str | None]:
        """The new text of every noised text."""
        device, rows = batch.device, len(batch)
        before, after = (marks.to(device).expand(rows, -1) for marks in (self._before, self._after))
        ids = torch.cat([before, self._table.to(device)[batch], after], dim=1)
        inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
        skipped = ids.shape[1] if self._skips else 0
        return greedy(self._ready, self._words, inputs, longest=self._longest, skipped=skipped)


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
