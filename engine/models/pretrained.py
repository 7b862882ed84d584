"""Opening what ``save_pretrained`` wrote: a folder or a hub id, weights and tokenizer.

Only architectures of transformers are built and only safetensors are read: nothing of a folder is
ever run.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.nn.modules.module import (
    register_module_buffer_registration_hook,
    register_module_module_registration_hook,
    register_module_parameter_registration_hook,
)

from engine.core.downloads import allowed
from engine.core.errors import UserError, quoted
from engine.models.pretrained_files import VOCABULARY, read_json


def local_folder(spec: str, patterns: tuple[str, ...]) -> Path:
    """The folder that ``spec`` names, downloaded once where it is a hub id.

    Raises:
        UserError: there is neither a folder nor a model of that name.
    """
    if Path(spec).is_dir():
        return Path(spec)
    if Path(spec).exists() or spec.count("/") != 1 or spec.startswith((".", "/")):
        raise UserError(f"There is no folder {quoted(spec)}; give one, or a Hugging Face id.")
    return downloaded(spec, patterns)


def downloaded(spec: str, patterns: Sequence[str]) -> Path:
    """The files of a hub id, downloaded once and then kept by the hub's own cache.

    Raises:
        UserError: no network, no such model, or one that may not be fetched
            (``engine.core.downloads``) and is not in the cache.
    """
    from huggingface_hub import snapshot_download

    if not allowed(spec):
        try:
            return Path(
                snapshot_download(spec, allow_patterns=list(patterns), local_files_only=True)
            )
        except Exception as error:  # it is not there, or not whole
            raise UserError(
                f"{quoted(spec)} would be downloaded from the Hugging Face hub, and a file's word "
                "is enough for no download; name it with --model, or open it by its name "
                "beforehand."
            ) from error
    try:
        return Path(snapshot_download(spec, allow_patterns=list(patterns)))
    except Exception as error:  # every layer of the network stack has its own errors
        raise UserError(
            f"Cannot get {spec} from the Hugging Face hub ({reason(error)}); check the name and "
            "the network, or give a downloaded folder."
        ) from error


def read_config(folder: Path) -> dict[str, Any]:
    """The configuration of a folder with safetensors.

    Raises:
        UserError: none, unreadable, asks for code, or has no safetensors.
    """
    if not (folder / "config.json").is_file():
        raise UserError(f"{folder} is a folder without a model; its config.json is missing.")
    config = read_json(folder / "config.json")
    refuse_code(folder, config)
    graph = next(iter(sorted((*folder.glob("*.onnx"), *folder.glob("onnx/*.onnx")))), None)
    if not list(folder.glob("*.safetensors")) and graph is not None:
        raise UserError(f"{folder} has no safetensors file; open its {graph} instead.")
    if not list(folder.glob("*.safetensors")):
        raise UserError(
            f"{folder} has no safetensors file; weights in other formats can hold code and are "
            "not opened (convert them with save_pretrained)."
        )
    return config


def refuse_code(path: Path, config: dict[str, Any]) -> None:
    """Refuse a configuration that names Python code of its own.

    Raises:
        UserError: it does.
    """
    attention = [value for key, value in config.items() if "attn_implementation" in key]
    if "auto_map" in config or any("/" in str(value) for value in attention):
        raise UserError(
            f"{path} asks for its own Python code (auto_map), which is never run; export the model "
            "to ONNX instead."
        )


def open_network(auto: Any, folder: Path, what: str) -> Any:
    """The network of a folder, in float32 and eval mode.

    Args:
        auto: one of transformers' model classes.
        folder: checked by :func:`read_config`.
        what: it is opened as, for the refusal.

    Raises:
        UserError: it is no such model, or its weights do not fit.
    """
    _quiet()
    try:
        with bounded(sum(file.stat().st_size for file in folder.glob("*.safetensors"))):
            network, report = auto.from_pretrained(
                str(folder.absolute()),
                trust_remote_code=False,
                use_safetensors=True,
                local_files_only=True,
                dtype=torch.float32,
                output_loading_info=True,
            )
    except GrowthError as error:
        raise UserError(
            f"{folder}: its config.json describes a model much larger than its weights ({error})."
        ) from error
    except Exception as error:  # transformers raises OSError, ValueError, RuntimeError, ...
        raise UserError(f"{folder} cannot be opened as {what}: {reason(error)}.") from error
    lacking = sorted(str(key) for key in report["missing_keys"])
    misshapen = sorted(str(entry[0]) for entry in report.get("mismatched_keys", ()))
    if lacking or misshapen:
        fault = f"{lacking[0]} is missing" if lacking else f"{misshapen[0]} has another shape"
        raise UserError(f"{folder}: its weights do not fit its config.json ({fault}).")
    return network.eval().requires_grad_(False)


def open_text_part(auto: Any, folder: Path, what: str) -> Any:
    """A tokenizer or a processor of a folder.

    Raises:
        UserError: there is none.
    """
    # Without a vocabulary transformers makes an empty tokenizer, and says nothing.
    if not any(next(folder.glob(pattern), None) for pattern in VOCABULARY):
        raise UserError(f"{folder} has no {what} that opens: its vocabulary is missing.")
    pieces = next(iter(sorted(folder.glob("*.model"))), None)
    whole = (folder / "tokenizer.json").is_file()
    if pieces is not None and not whole and find_spec("sentencepiece") is None:
        raise UserError(
            f"{folder}: its {what} is a SentencePiece model ({pieces.name}), which needs a package "
            "that is not installed; pip install sentencepiece, or save the tokenizer as "
            "tokenizer.json where it is."
        )
    _quiet()
    try:
        return auto.from_pretrained(
            str(folder.absolute()), trust_remote_code=False, local_files_only=True
        )
    except Exception as error:  # as above
        raise UserError(f"{folder} has no {what} that opens: {reason(error)}.") from error


def _quiet() -> None:
    from transformers.utils import logging

    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]


def reason(error: Exception) -> str:
    """The first line of a message from transformers."""
    text = str(error).strip().partition("\n")[0]
    return quoted(text, 120).rstrip(". ") or type(error).__name__


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
