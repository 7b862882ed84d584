"""What a model file is, told by its content and not by its name alone. Nothing is loaded here."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path
from typing import Literal

from engine.core.errors import UserError
from engine.encrypted.address import PREFIX

Kind = Literal[
    "demo",
    "safetensors",
    "graph",
    "text",
    "pair",
    "table",
    "generator",
    "generative",
    "torch",
    "onnx",
    "card",
    "huggingface",
    "hub",
    "pt2",
    "torchscript",
    "stumps",
    "xgboost",
    "lightgbm",
    "encrypted",
]

DEMO = "demo:"
GRAPH_ARCHITECTURES = ("gcn", "gat")
TEXT_ARCHITECTURE, PAIR_ARCHITECTURE, TABLE_ARCHITECTURE = "text_bag", "pair_cnn", "table_mlp"
STUMPS_ARCHITECTURE = "stumps"
GENERATOR_ARCHITECTURE = "command_writer"
_OWN: dict[object, Kind] = {
    **dict.fromkeys(GRAPH_ARCHITECTURES, "graph"),
    TEXT_ARCHITECTURE: "text",
    PAIR_ARCHITECTURE: "pair",
    TABLE_ARCHITECTURE: "table",
    GENERATOR_ARCHITECTURE: "generator",
    STUMPS_ARCHITECTURE: "stumps",
}
_LONGEST_HEADER = 16 << 20
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")
_SUFFIXES = (
    ".pt",
    ".pth",
    ".tar",
    ".ckpt",
    ".safetensors",
    ".onnx",
    ".pt2",
    ".bin",
    ".zip",
    ".json",
    ".txt",
)
_FOREIGN = {
    b"\x89HDF": "a Keras or HDF5 file",
    b"GGUF": "a GGUF language model",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a gzip archive",
    b"{L\x00": "an XGBoost model in its binary form (save it as .json)",
}
_USE = (
    "give safetensors, a PyTorch state_dict or checkpoint, ONNX, a Hugging Face folder, or stumps "
    "as XGBoost's JSON or LightGBM's text"
)


def kind_of(spec: str) -> Kind:
    """The format of the model that ``spec`` names.

    Raises:
        UserError: there is no such file, or it is not a model.
    """
    if spec.startswith(DEMO):
        return "demo"
    if spec.startswith(PREFIX):
        return "encrypted"
    path = Path(spec)
    try:
        if spec and path.is_dir():
            return _kind_of_folder(path)
        if path.is_file():
            return _kind_of_file(path)
    except OSError as error:
        raise UserError(f"Cannot read {spec}: {error.strerror or error}.") from error
    if _HUB_ID.fullmatch(spec) and not spec.endswith(_SUFFIXES):
        return "hub"
    raise UserError(
        f"There is no model {spec or '(empty name)'}; give a file, a Hugging Face folder or id "
        "(owner/name), or demo:digits-0.25."
    )


def _kind_of_folder(path: Path) -> Kind:
    if (path / "config.json").is_file():
        return "huggingface"
    raise UserError(
        f"{path} is a folder without a model; a Hugging Face model folder has a config.json and "
        "model.safetensors in it."
    )


def _kind_of_file(path: Path) -> Kind:
    with path.open("rb") as file:
        head = file.read(64)
    if not head:
        raise UserError(f"{path} is empty; {_USE}.")
    foreign = next((what for magic, what in _FOREIGN.items() if head.startswith(magic)), "")
    if foreign:
        raise UserError(f"{path} is {foreign}, not a model that opens here; {_USE}.")
    if head[8:9] == b"{":
        return _kind_of_safetensors(path)
    if head.startswith(b"PK"):
        return _kind_of_zip(path)
    return _kind_of_trees(head) or _kind_of_stream(path, head)


def _kind_of_trees(head: bytes) -> Kind | None:
    """Ensembles of trees that their libraries write as text."""
    if re.match(rb'\s*\{\s*"learner"', head):
        return "xgboost"
    return "lightgbm" if re.match(rb"tree\r?\n", head) else None


def _kind_of_safetensors(path: Path) -> Kind:
    """Told by the architecture in the header; a damaged header is left to the reader."""
    return _OWN.get(read_header(path).get("architecture"), "safetensors")


def read_header(path: Path) -> dict[str, str]:
    """The text entries of a safetensors header; none where it is damaged."""
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        header = file.read(min(size, _LONGEST_HEADER))
    try:
        content = json.loads(header)
    except (ValueError, RecursionError):
        return {}
    facts = content.get("__metadata__") if isinstance(content, dict) else None
    if not isinstance(facts, dict):
        return {}
    return {str(key): str(value) for key, value in facts.items()}


def _kind_of_stream(path: Path, head: bytes) -> Kind:
    # A pickle starts with protocol 2 or later; an old torch file may be a tar archive.
    if head[:1] == b"\x80" or path.suffix in (".pt", ".pth", ".tar", ".ckpt", ".bin"):
        return "torch"
    # A protobuf model starts with field 1, the version, as a small integer.
    if path.suffix == ".onnx" or head[:1] == b"\x08":
        return "onnx"
    if path.suffix == ".safetensors":
        raise UserError(f"{path} is a damaged or truncated safetensors file; copy it again.")
    raise UserError(f"{path} is not a model that opens here; {_USE}.")


def _kind_of_zip(path: Path) -> Kind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise UserError(
            f"{path} is a damaged or truncated PyTorch file; copy or download it again."
        ) from error
    inside = {name.partition("/")[2] for name in names}
    if "archive_format" in inside or "models/model.json" in inside:
        return "pt2"
    if "constants.pkl" in inside or any(name.startswith("code/") for name in inside):
        return "torchscript"
    if "data.pkl" in inside:
        return "torch"
    raise UserError(f"{path} is an archive without a model in it; {_USE}.")
