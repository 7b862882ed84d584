"""A network that a configuration describes, stopped while it is built where it grows too large."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn
from torch.nn.modules.module import (
    register_module_buffer_registration_hook,
    register_module_module_registration_hook,
    register_module_parameter_registration_hook,
)

_SPARE = 1 << 20
"""Numbers that a network may have beyond those in its file."""
_MOST_PARTS = 20_000
"""Modules, parameters and buffers; the largest published image models have a few thousand."""


class GrowthError(Exception):
    """What is being built has more weights, or more parts, than its file can fill."""


@contextmanager
def bounded(file_bytes: int) -> Iterator[None]:
    """Stop building modules in this thread once they outgrow a file of that many bytes.

    Raises:
        GrowthError: out of whatever builds them.
    """
    thread, parts, numbers = threading.get_ident(), 0, 0

    def count(module: nn.Module, name: str, part: torch.Tensor | nn.Module | None) -> None:
        nonlocal parts, numbers
        if threading.get_ident() != thread:
            return
        parts += 1
        # Weights in 8 bits have as many numbers as bytes; a part may be registered twice.
        numbers += part.numel() if isinstance(part, torch.Tensor) else 0
        if parts > _MOST_PARTS or numbers > 2 * file_bytes + _SPARE:
            raise GrowthError(f"more than {numbers:,} numbers" if numbers else f"{parts:,} parts")

    hooks = [
        register_module_parameter_registration_hook(count),
        register_module_buffer_registration_hook(count),
        register_module_module_registration_hook(count),
    ]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()
