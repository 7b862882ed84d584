"""Weights as a safetensors file whose bytes depend on nothing but the weights."""

from __future__ import annotations

import json
from collections.abc import Mapping

import torch
from safetensors.torch import save

_ALIGNMENT = 8


def safetensors_bytes(tensors: Mapping[str, torch.Tensor], metadata: Mapping[str, str]) -> bytes:
    """A safetensors file with its header in sorted order.

    The library writes the metadata in an order that changes from call to call, so the same
    weights would get another SHA-256 every time.
    """
    plain = save(dict(tensors), dict(metadata))
    end = 8 + int.from_bytes(plain[:8], "little")
    header = json.dumps(json.loads(plain[8:end]), sort_keys=True, separators=(",", ":")).encode()
    header += b" " * (-len(header) % _ALIGNMENT)
    return len(header).to_bytes(8, "little") + header + plain[end:]
