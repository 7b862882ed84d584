"""Reading tensors, and nothing but tensors, out of a file of weights.

Its layout is that of the training script that wrote it: bare or under a key, behind the prefixes of
wrappers, with counters, averaged weights and other networks beside it.
"""

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
from engine.models.pickles import CallRefused, Inert, check_torch_file, stand_in

_AVERAGED = ("state_dict_ema", "ema_state_dict", "model_ema", "ema_model", "ema", "swa_state_dict")
_CONTAINERS = (
    *("state_dict", "net", "model_state_dict", "model", "model_state", "network", "weights"),
    *("params", *_AVERAGED),
)
_PREFIXES = ("module.", "1.", "model.", "net.", "_orig_mod.")
_COUNTERS = ("n_averaged", "total_ops", "total_params")
"""What averaging (SWA) and counting of operations (thop) leave among the weights."""
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
        aside: what else it holds that could have been meant, by name.
        keys: of the checkpoint, beside the weights.
    """

    tensors: dict[str, torch.Tensor]
    format: str
    arch: str = ""
    container: str = ""
    metadata: dict[str, str] = field(default_factory=dict)
    aside: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()


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


def read_torch(path: Path, wanted: str = "") -> WeightFile:
    """Tensors of a file written by ``torch.save``, bare or inside a training checkpoint.

    Nothing in the file is executed: objects beside the tensors are left out, and a file that would
    call functions is refused.

    Args:
        path: of the file.
        wanted: the key of the weights, where a checkpoint holds several.

    Raises:
        UserError: it holds Python objects, is damaged, or holds no weights.
    """
    try:
        inert: list[Any] = [(stand_in(name), name) for name in check_torch_file(path)]
        with warnings.catch_warnings(), torch.serialization.safe_globals(inert):
            warnings.simplefilter("ignore")
            content = torch.load(path, map_location="cpu", weights_only=True)
    except CallRefused as error:
        raise _foreign(path) or _holds_code(path, f"GLOBAL {error}") from error
    except pickle.UnpicklingError as error:
        raise _foreign(path) or _holds_code(path, str(error)) from error
    except Exception as error:
        # Damaged archives fail in many ways: EOFError, RuntimeError, KeyError, UnicodeError.
        raise _foreign(path) or _damaged(path, "PyTorch file") from error
    if not isinstance(content, Mapping):
        what = "an object of its own class" if isinstance(content, Inert) else ""
        raise UserError(
            f"{path} holds {what or f'a {type(content).__name__}'}, not weights by name."
        )
    return _unpack(path, _plain(content), wanted)


def main_part(
    tensors: Mapping[str, torch.Tensor], wanted: str = ""
) -> tuple[dict[str, torch.Tensor], tuple[str, ...]]:
    """The network among the tensors of a training script, and what was left aside, by name.

    Counters are dropped, the prefixes of wrappers removed. Where some names alone begin with
    ``model.`` and the like, those are the network: a loss, a copy with averaged weights or an
    attacker's copy lies beside it.

    Args:
        tensors: by name.
        wanted: the first part of the names of the network.
    """
    names = {key: one for key, one in tensors.items() if key.split(".")[-1] not in _COUNTERS}
    aside: dict[str, int] = {}
    while True:
        names = strip_prefixes(names)
        groups = {key.partition(".")[0] for key in names}
        first = [wanted, *(prefix.removesuffix(".") for prefix in _PREFIXES if prefix != "1.")]
        main = next((one for one in first if one in groups and _is_network(names, one)), "")
        if not main or len(groups) < 2:
            break
        for key in names:
            group = key.partition(".")[0]
            if group != main:
                aside[group] = aside.get(group, 0) + 1
        names = {
            key.partition(".")[2]: one
            for key, one in names.items()
            if key.partition(".")[0] == main
        }
    return names, tuple(
        f"{quoted(group, 40)} (tensors: {count:,})" for group, count in aside.items()
    )


def _is_network(names: Mapping[str, torch.Tensor], group: str) -> bool:
    return any(key.startswith(f"{group}.") and one.ndim > 1 for key, one in names.items())


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


def _unpack(path: Path, content: dict[str, Any], wanted: str) -> WeightFile:
    if _is_state_dict(content):
        return WeightFile(_present(path, _tensors(content)), "state_dict")
    held = {
        key: _tensors(inner)
        for key in (wanted, *_CONTAINERS)
        if _is_state_dict(inner := _mapping(content.get(key)))
    }
    if held:
        container, tensors = next(iter(held.items()))
        arch = content.get("arch", "")
        return WeightFile(
            _present(path, tensors),
            "checkpoint",
            arch if isinstance(arch, str) else "",
            container,
            aside=tuple(quoted(key, 40) for key in held if key != container),
            keys=tuple(key for key in content if isinstance(key, str)),
        )
    names = [quoted(key, 40) for key in content if isinstance(key, str)]
    keys = ", ".join(names[:5]) or "nothing with a name"
    raise UserError(
        f"{path} holds no weights Certiscope knows (found: {keys}); expected a state_dict, or a "
        "checkpoint with the entry state_dict or net."
    )


def _mapping(value: object) -> dict[str, Any]:
    return _plain(value) if isinstance(value, Mapping) else {}


def _is_state_dict(content: Mapping[str, Any]) -> bool:
    """Tensors by name; a few plain values may lie among them, but no further mapping."""
    if not all(isinstance(key, str) for key in content):
        return False
    if any(isinstance(value, Mapping) for value in content.values()):
        return False
    return len(content) < 2 * len(_tensors(content))


def _tensors(content: Mapping[str, Any]) -> dict[str, torch.Tensor]:
    return {key: value for key, value in content.items() if isinstance(value, torch.Tensor)}


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


def _foreign(path: Path) -> UserError | None:
    """A pickle of another library, which is told by its name."""
    with path.open("rb") as file:
        head = file.read(_LOOKED)
    for name, title in (
        (b"sklearn", "scikit-learn"),
        (b"xgboost", "XGBoost"),
        (b"lightgbm", "LightGBM"),
    ):
        if name in head:
            return UserError(
                f"{path} is a pickled {title} model, which would run code when opened, so it is "
                "never opened; export it to ONNX (skl2onnx, for XGBoost and LightGBM onnxmltools)."
            )
    return None


_LOOKED = 1 << 16


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
