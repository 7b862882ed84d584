"""Reading tensors, and nothing but tensors, out of a file of weights.

PyTorch's restricted unpickler calls a fixed list of functions. Some of them take memory for as many
bytes as a number in the file says, and a few bytes can nest tuples so that hashing one never ends.
A file of weights needs neither, so its opcodes are followed first: what they would make their
reader do is worked out without doing it.
"""

from __future__ import annotations

import pickle
import pickletools
import re
import warnings
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import torch

from engine.core.errors import UserError, quoted
from engine.core.files import read_description

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


CALLABLE = frozenset(
    {
        "builtins.complex",
        "builtins.set",
        "collections.Counter",
        "collections.OrderedDict",
        "torch.Size",
        "torch.device",
        "torch._utils._rebuild_parameter",
        "torch._utils._rebuild_tensor",
        "torch._utils._rebuild_tensor_v2",
        "torch._utils._rebuild_tensor_v3",
        "torch.serialization._get_layout",
    }
)
"""What the pickle of a state_dict or a training checkpoint calls."""

_MOST_PARTS, _DEEPEST = 1_000_000, 100
_LARGEST_PICKLE = 256 << 20
_LEGACY_PICKLES = 5
"""Magic number, protocol, machine, content and keys of the storages, one after the other."""


class CallRefused(Exception):
    """The file would have something called that no file of weights needs; names it."""


class _Value(NamedTuple):
    """What is known of a value on the stack: its parts, counted as often as they are met."""

    parts: int = 1
    depth: int = 0
    name: str = ""


_PLAIN = _Value()
_PUSHED = {
    *("NONE", "NEWFALSE", "NEWTRUE", "EMPTY_TUPLE", "EMPTY_LIST", "EMPTY_DICT", "EMPTY_SET"),
    *("BININT", "BININT1", "BININT2", "BINFLOAT", "SHORT_BINSTRING", "LONG1"),
}
_DROPPED = {"APPEND": 1, "SETITEM": 2, "BUILD": 1, "PROTO": 0}
_TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}


def check_torch_file(path: Path) -> None:
    """Follow the pickles of a file written by ``torch.save``.

    Raises:
        CallRefused: it calls what no file of weights needs.
        ValueError: it is damaged, or its parts claim to be larger than the file.
    """
    with path.open("rb") as file:
        zipped = file.read(4) == b"PK\x03\x04"
        file.seek(0)
        if zipped:
            _check_archive(file, path.stat().st_size)
        else:
            for _ in range(_LEGACY_PICKLES):
                follow(file)


def follow(file: BinaryIO) -> None:
    """Follow one pickle as PyTorch's unpickler would read it, up to an opcode it refuses itself.

    Raises:
        CallRefused: it calls what is not in :data:`CALLABLE`.
        ValueError: damaged, or tuples nested beyond reason.
    """
    reader = _Reader()
    try:
        for opcode, argument, _ in pickletools.genops(file):
            if not reader.take(opcode.name, argument):
                return
    except (IndexError, KeyError, OverflowError, MemoryError) as error:
        raise ValueError("damaged pickle") from error


def _check_archive(file: BinaryIO, size: int) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            stored = all(e.compress_type == 0 and e.compress_size == e.file_size for e in entries)
            if not stored or sum(entry.file_size for entry in entries) > size:
                raise ValueError("the archive claims more bytes than the file has")
            pickles = [e for e in entries if e.filename.endswith(".pkl")]
            if any(entry.file_size > _LARGEST_PICKLE for entry in pickles):
                raise ValueError("the pickle is too large")
            for entry in pickles:
                follow(BytesIO(archive.read(entry)))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise ValueError("damaged archive") from error


class _Reader:
    """The unpickler's stack and memo, of values that are never made."""

    def __init__(self) -> None:
        self._stack: list[_Value] = []
        self._below: list[list[_Value]] = []
        self._memo: dict[int, _Value] = {}

    def take(self, name: str, argument: Any) -> bool:
        """One opcode; False where the unpickler stops, or refuses it itself."""
        if name in _PUSHED:
            self._stack.append(_PLAIN)
        elif name in _DROPPED:
            del self._stack[len(self._stack) - _DROPPED[name] :]
        elif name in _TUPLES:
            items = self._stack[-_TUPLES[name] :]
            self._stack[-_TUPLES[name] :] = [_nested(items)]
        else:
            step = getattr(self, f"_{name.lower()}", None)
            if step is None:
                return False
            step(argument)
        return True

    def _binunicode(self, text: str) -> None:
        self._stack.append(_Value(parts=1 + len(text) // 64))

    def _global(self, dotted: str) -> None:
        # PyTorch writes protocol 2, in which Python 3 gives builtins their former name.
        name = dotted.replace(" ", ".").replace("__builtin__.", "builtins.")
        self._stack.append(_Value(name=name))

    def _binpersid(self, _: None) -> None:
        self._stack[-1] = _PLAIN

    def _binput(self, place: int) -> None:
        self._memo[place] = self._stack[-1]

    def _binget(self, place: int) -> None:
        self._stack.append(self._memo[place])

    _long_binput, _long_binget = _binput, _binget

    def _mark(self, _: None) -> None:
        self._below.append(self._stack)
        self._stack = []

    def _unmark(self, _: None) -> list[_Value]:
        items, self._stack = self._stack, self._below.pop()
        return items

    _appends = _setitems = _unmark

    def _tuple(self, _: None) -> None:
        items = self._unmark(None)  # which brings the stack below back
        self._stack.append(_nested(items))

    def _reduce(self, _: None) -> None:
        self._stack.pop()
        called = self._stack.pop().name
        if called not in CALLABLE:
            raise CallRefused(called)
        self._stack.append(_PLAIN)

    _newobj = _reduce


def _nested(items: Sequence[_Value]) -> _Value:
    """A tuple; one inside it is hashed and compared as often as it is met."""
    parts = 1 + sum(item.parts for item in items)
    depth = 1 + max((item.depth for item in items), default=0)
    if parts > _MOST_PARTS or depth > _DEEPEST:
        raise ValueError("tuples nested beyond reason")
    return _Value(parts, depth)
