"""The files of a Hugging Face folder that decide what a model with a tokenizer computes. No torch.

A model and a verifier digest the same files.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from engine.core.files import sha256_file

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


def folder_digest(folder: Path, patterns: tuple[str, ...]) -> str:
    """One digest over the names and digests of the files that match."""
    files = sorted({file for pattern in patterns for file in folder.glob(pattern)})
    lines = "".join(f"{sha256_file(file)}  {file.name}\n" for file in files)
    return hashlib.sha256(lines.encode()).hexdigest()
