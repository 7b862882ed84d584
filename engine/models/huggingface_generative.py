"""Generative models, from a Hugging Face folder or id: images in, ``generate``, text out.

Models of texts alone are opened by ``engine.models.huggingface_answers``.

Encoder-decoders (``VisionEncoderDecoderModel``) and vision-language models (LLaVA and its like,
``AutoModelForImageTextToText``). The prompt becomes tokens once; the noised images take the place
of the pixels that the processor would have made, so that they never pass through 8 bits.
"""

from __future__ import annotations

import copy
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
from engine.models.greedy import greedy
from engine.models.huggingface_answers import answers_texts, load_answers
from engine.models.image_settings import understood
from engine.models.normalize import Normalization, choose
from engine.models.pretrained_files import WRITING, folder_digest
from engine.models.request import ModelRequest
from engine.models.shapes import Shape, words
from engine.models.torch_classifier import checked_dtype

_TRIAL_TOKENS = 1
_VISION = ("vision_config", "encoder")


class ImageTextGenerator(TextGenerator):
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
        self._network, self._tokenizer = network, tokenizer
        self._prompt, self._longest = prompt, longest
        self._layer = normalization.layer(shape[0], "plain")
        self._prepared: Any = network
        self._front: Any = self._layer
        self._dtype = torch.float32
        self._place: tuple[torch.device, str] | None = None

    def prepare(self, device: torch.device, precision: str) -> None:
        """Move and cast; a plain CPU run uses the weights where they are."""
        if self._place == (device, precision):
            return
        dtype = checked_dtype(device, precision)
        self.unload()
        plain = device.type == "cpu" and dtype == torch.float32
        self._prepared = self._network if plain else copy.deepcopy(self._network).to(device, dtype)
        self._front = copy.deepcopy(self._layer).to(device)
        self._dtype, self._place = dtype, (device, precision)

    def answers(self, batch: torch.Tensor) -> list[str | None]:
        """The new text of every image, special tokens left out."""
        return greedy(
            self._prepared,
            self._tokenizer,
            self._inputs(batch),
            longest=self._longest,
            skipped=self._skipped(),
        )

    def pixel_values(self, batch: torch.Tensor) -> torch.Tensor:
        """Images in [0, 1] plus noise as the network takes them; differentiable."""
        found: torch.Tensor = self._front(batch).to(self._dtype)
        return found

    def unload(self) -> None:
        """Drop the prepared copy."""
        self._prepared, self._front = self._network, self._layer
        self._dtype, self._place = torch.float32, None

    def _inputs(self, batch: torch.Tensor) -> dict[str, torch.Tensor]:
        rows = {
            name: part.to(batch.device).expand(len(batch), *part.shape[1:])
            for name, part in self._prompt.items()
        }
        return {"pixel_values": self.pixel_values(batch), **rows}

    def _skipped(self) -> int:
        """Tokens of the prompt, where ``generate`` repeats it before its own."""
        ids = self._prompt.get("input_ids")
        encoder = bool(getattr(self._network.config, "is_encoder_decoder", False))
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
        name=folder.name if path.is_dir() else request.spec,
        source=request.spec,
        format="huggingface",
        sha256=folder_digest(folder, WRITING),
        architecture=quoted(config.get("model_type", "")),
        parameters=sum(p.numel() for p in network.parameters()),
        class_names=("answer",),
        input_shape=shape,
        normalization=normalization.words,
        normalization_origin=normalization.origin,
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
            generator._network.generate(
                **inputs, max_new_tokens=_TRIAL_TOKENS, do_sample=False, num_beams=1
            )
    except Exception as error:  # as above
        raise UserError(
            f"{folder} does not answer to {words(shape)} images ({pretrained.reason(error)})."
        ) from error
