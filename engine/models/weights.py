"""Reading tensors, and nothing but tensors, out of a file of weights."""

from __future__ import annotations

import pickle
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from engine.core.errors import UserError, quoted
from engine.core.files import read_description
from engine.models.pickles import CallRefused, check_torch_file

_CONTAINERS = ("state_dict", "net", "model_state_dict", "model", "model_state")
_PREFIXES = ("module.", "1.", "model.", "net.", "_orig_mod.")
_SAFETENSORS_HEADER_LIMIT = 16 << 20


@dataclass
class WeightFile:
    """What a file of weights holds.

    Attributes:
        tensors: the weights by name.
        format: ``safetensors``, ``checkpoint`` or ``state_dict``, as evidence names it.
        arch: the architecture, where the file names it.
        container: the key under which the weights lay; empty where they lay bare.
        metadata: text entries of a safetensors header.
    """

    tensors: dict[str, torch.Tensor]
    format: str
    arch: str = ""
    container: str = ""
    metadata: dict[str, str] = field(default_factory=dict)


def read_safetensors(path: Path) -> WeightFile:
    """Tensors and metadata of a safetensors file.

    Raises:
        UserError: it is damaged, truncated, or its header is unreasonably large.
    """
    from safetensors import SafetensorError, safe_open

    with path.open("rb") as file:
        header = int.from_bytes(file.read(8), "little")
    if header > _SAFETENSORS_HEADER_LIMIT:
        raise UserError(
            f"{path}: its safetensors header claims {header:,} bytes, more than any real model "
            "needs; the file is damaged or hostile."
        )
    try:
        with safe_open(path, framework="pt") as opened:
            metadata = dict(opened.metadata() or {})
            tensors = {key: opened.get_tensor(key) for key in opened.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, ValueError, RuntimeError) as error:
        raise _damaged(path, "safetensors file") from error
    return WeightFile(tensors, "safetensors", metadata.get("architecture", ""), "", metadata)


def read_torch(path: Path) -> WeightFile:
    """Tensors of a file written by ``torch.save``, bare or inside a training checkpoint.

    Nothing in the file is executed: whatever is not a tensor or a plain value is refused.

    Raises:
        UserError: it holds Python objects, is damaged, or holds no weights.
    """
    try:
        check_torch_file(path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            content = torch.load(path, map_location="cpu", weights_only=True)
    except CallRefused as error:
        raise _holds_code(path, f"GLOBAL {error}") from error
    except pickle.UnpicklingError as error:
        raise _holds_code(path, str(error)) from error
    except Exception as error:
        # Damaged archives fail in many ways: EOFError, RuntimeError, KeyError, UnicodeError.
        raise _damaged(path, "PyTorch file") from error
    if not isinstance(content, Mapping):
        raise UserError(f"{path} holds a {type(content).__name__}, not weights by name.")
    return _unpack(path, _plain(content))


def strip_prefixes(tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Names without what wrappers put in front of all of them (``1.module.conv1.weight``)."""
    names = dict(tensors)
    while prefix := next((p for p in _PREFIXES if names and _all_start(names, p)), ""):
        names = {key.removeprefix(prefix): tensor for key, tensor in names.items()}
    return names


def _all_start(names: Mapping[str, torch.Tensor], prefix: str) -> bool:
    return all(key.startswith(prefix) for key in names)


def _plain(content: Mapping[str, Any]) -> dict[str, Any]:
    """The entries alone: an object from a file can hide its methods behind its attributes."""
    return {key: content[key] for key in content}


def _unpack(path: Path, content: dict[str, Any]) -> WeightFile:
    if _is_state_dict(content):
        return WeightFile(_present(path, content), "state_dict")
    for container in _CONTAINERS:
        inner = content.get(container)
        inner = _plain(inner) if isinstance(inner, Mapping) else {}
        if _is_state_dict(inner):
            arch = content.get("arch", "")
            arch = arch if isinstance(arch, str) else ""
            return WeightFile(_present(path, inner), "checkpoint", arch, container)
    names = [quoted(key, 40) for key in content if isinstance(key, str)]
    keys = ", ".join(names[:5]) or "nothing with a name"
    raise UserError(
        f"{path} holds no weights Certiscope knows (found: {keys}); expected a state_dict, or a "
        "checkpoint with the entry state_dict or net."
    )


def _is_state_dict(content: Mapping[str, Any]) -> bool:
    return bool(content) and all(
        isinstance(key, str) and isinstance(value, torch.Tensor) for key, value in content.items()
    )


def _present(path: Path, tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The tensors, if every number they claim to have is in the file."""
    for key, tensor in tensors.items():
        held = 0 if tensor.is_meta else _held(tensor)
        if tensor.numel() > held:
            raise UserError(
                f"{path}: its tensor {quoted(key)} claims {tensor.numel():,} numbers but holds "
                f"{held:,}; the file is damaged or hostile."
            )
    return dict(tensors)


def _held(tensor: torch.Tensor) -> int:
    if tensor.layout is not torch.strided:
        return tensor.numel()
    return tensor.untyped_storage().nbytes() // tensor.element_size()


def _holds_code(path: Path, message: str) -> UserError:
    match = re.search(r"GLOBAL ([\w.]+)", message)
    what = f"the Python object {quoted(match[1], 100)}" if match else "Python objects"
    return UserError(
        f"{path} is a pickle with {what} in it, which would run code when opened, so it is never "
        "opened; save the model's state_dict() (safetensors or torch.save) instead."
    )


def _damaged(path: Path, kind: str) -> UserError:
    return UserError(f"{path} is a damaged or truncated {kind}; copy or download it again.")


def read_card(path: Path) -> dict[str, Any]:
    """The JSON card beside a weight file (same name, ``.json``), or nothing."""
    try:
        return read_description(path.with_suffix(".json"))
    except (OSError, ValueError):
        return {}
