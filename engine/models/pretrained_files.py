"""The files of a Hugging Face folder that decide what a model computes. No torch.

A model and a verifier digest the same files, and read the same configurations.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from engine.core.errors import UserError, quoted
from engine.core.files import read_description, sha256_file

CONFIG = ("config.json", "*.safetensors", "*.safetensors.index.json")
VOCABULARY = ("tokenizer.json", "vocab.json", "vocab.txt", "*.model")
"""One of these a tokenizer must have."""
TOKENIZER = (
    *VOCABULARY,
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "merges.txt",
)
WRITING = (
    *CONFIG,
    *TOKENIZER,
    "generation_config.json",
    "preprocessor_config.json",
    "processor_config.json",
    "chat_template.json",
    "chat_template.jinja",
)
"""Of a generative model."""
ZERO_SHOT = "clip, zero-shot"
"""The architecture of a CLIP model whose classes are prompts."""
DENOISING = (
    "config.json",
    "scheduler_config.json",
    "*.safetensors",
    *(f"unet/{name}" for name in ("config.json", "*.safetensors")),
    "scheduler/scheduler_config.json",
)
"""Of a diffusion model before a classifier."""
SEEING = (*CONFIG, "preprocessor_config.json", "processor_config.json")
"""Of a classifier of images."""
READING = (*CONFIG, *TOKENIZER)
"""Of a model that reads text."""
_LARGEST_NUMBER = 1 << 20


def folder_digest(folder: Path, patterns: tuple[str, ...]) -> str:
    """One digest over the names and digests of the files that match."""
    files = sorted({file for pattern in patterns for file in folder.glob(pattern)})
    lines = "".join(f"{sha256_file(file)}  {file.name}\n" for file in files)
    return hashlib.sha256(lines.encode()).hexdigest()


def read_json(path: Path) -> dict[str, Any]:
    """A configuration whose numbers are of a size that models have.

    Raises:
        UserError: it is not readable JSON, or holds a huge number.
    """
    try:
        content = read_description(path)
    except (OSError, ValueError) as error:
        raise UserError(
            f"{path} is not readable JSON; copy or download the folder again."
        ) from error
    large = _large(content)
    if large:
        raise UserError(
            f"{path} is not understood: it holds the number {quoted(large)}, larger than any that "
            "describes a model."
        )
    return content


def _large(content: object) -> int:
    """A whole number somewhere in the configuration that would have something huge built; or 0."""
    if isinstance(content, (dict, list)):
        inside = content.values() if isinstance(content, dict) else content
        return next((found for value in inside if (found := _large(value))), 0)
    return content if isinstance(content, int) and abs(content) > _LARGEST_NUMBER else 0
