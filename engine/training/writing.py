"""The files of a model: weights whose bytes depend on nothing but the weights, and two cards."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save

from engine.core.files import write_atomically
from engine.training.card import card_markdown

_ALIGNMENT = 8


def safetensors_bytes(tensors: Mapping[str, torch.Tensor], metadata: Mapping[str, str]) -> bytes:
    """A safetensors file with its header in sorted order.

    The library writes the metadata in an order that changes from call to call, so the same
    weights would get another SHA-256 every time.
    """
    laid_out = {name: tensor.contiguous() for name, tensor in tensors.items()}
    plain = save(laid_out, dict(metadata))
    end = 8 + int.from_bytes(plain[:8], "little")
    header = json.dumps(json.loads(plain[8:end]), sort_keys=True, separators=(",", ":")).encode()
    header += b" " * (-len(header) % _ALIGNMENT)
    return len(header).to_bytes(8, "little") + header + plain[end:]


def write_cards(path: Path, facts: Mapping[str, Any]) -> None:
    """The card beside a file of weights: as JSON for programs, as Markdown for people."""
    write_atomically(path.with_suffix(".json"), card_json(facts), folders=True)
    write_atomically(path.with_suffix(".md"), card_markdown(path.stem, facts).encode())


def card_json(facts: Mapping[str, Any]) -> bytes:
    """Indented, with every list of numbers on one line."""
    text = json.dumps(facts, indent=2) + "\n"
    return re.sub(r"\[\n[\d,\s]+\]", lambda found: re.sub(r"\s+", "", found[0]), text).encode()


@contextmanager
def threads(number: int) -> Iterator[None]:
    """So many threads of torch: the order of a parallel sum would be part of the weights."""
    before = torch.get_num_threads()
    torch.set_num_threads(number)
    try:
        yield
    finally:
        torch.set_num_threads(before)
