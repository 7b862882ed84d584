"""Following the pickles of a file of weights without making what they describe.

PyTorch's restricted unpickler calls a fixed list of functions. Some of them take memory for as many
bytes as a number in the file says, and a few bytes can nest tuples so that hashing one never ends.
A file of weights needs neither, so its opcodes are followed first: what they would make their
reader do is worked out without doing it.

Training scripts write more than tensors: options in a Namespace, losses as NumPy scalars, paths.
Where the unpickler meets the name of such a class, it is given :class:`Inert` instead, so that the
tensors beside it are read and nothing of the class is ever imported or run.
"""

from __future__ import annotations

import pickletools
import zipfile
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple


class Inert:
    """Stands for an object of a class that is not imported; it keeps nothing of it."""

    def __new__(cls, *_: Any, **__: Any) -> Inert:
        """Whatever it is made from."""
        return super().__new__(cls)

    def __setstate__(self, _: Any) -> None:
        """Its contents are dropped."""


def stand_in(name: str) -> Any:
    """What the unpickler is given for a class: a mapping for a mapping, else :class:`Inert`."""
    if name.endswith(".defaultdict"):
        return _emptied
    return OrderedDict if name.lower().endswith("dict") and name not in _TYPES else Inert


def _emptied(*_: Any) -> OrderedDict[Any, Any]:
    """A defaultdict without its factory."""
    return OrderedDict()


_ACTING = frozenset(
    {
        *("builtins", "os", "posix", "nt", "sys", "subprocess", "runpy", "importlib", "shutil"),
        *("socket", "ctypes", "pickle", "_pickle", "marshal", "operator", "_operator", "functools"),
        *("code", "codeop", "pty", "webbrowser", "tempfile", "io", "_io", "types", "inspect"),
        *("multiprocessing", "threading", "asyncio", "http", "urllib", "torch", "torchvision"),
    }
)
"""Modules whose objects act, or are networks: a file that calls them is refused, not skimmed."""
_PLAIN_TYPES = (bool, bytes, dict, float, int, list, object, str)
_TYPES = frozenset(f"builtins.{one.__name__}" for one in _PLAIN_TYPES)

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


def check_torch_file(path: Path) -> frozenset[str]:
    """Follow the pickles of a file written by ``torch.save``.

    Returns:
        Names of the classes that :class:`Inert` stands for.

    Raises:
        CallRefused: it calls what no file of weights needs.
        ValueError: it is damaged, or its parts claim to be larger than the file.
    """
    with path.open("rb") as file:
        zipped = file.read(4) == b"PK\x03\x04"
        file.seek(0)
        if zipped:
            return _check_archive(file, path.stat().st_size)
        return _joined(follow(file) for _ in range(_LEGACY_PICKLES))


def _joined(found: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*found)


def follow(file: BinaryIO) -> frozenset[str]:
    """Follow one pickle as PyTorch's unpickler would read it, up to an opcode it refuses itself.

    Returns:
        As :func:`check_torch_file`.

    Raises:
        CallRefused: it calls what is not in :data:`CALLABLE`.
        ValueError: damaged, or tuples nested beyond reason.
    """
    reader = _Reader()
    try:
        for opcode, argument, _ in pickletools.genops(file):
            if not reader.take(opcode.name, argument):
                break
    except (IndexError, KeyError, OverflowError, MemoryError) as error:
        raise ValueError("damaged pickle") from error
    return frozenset(reader.inert)


def _check_archive(file: BinaryIO, size: int) -> frozenset[str]:
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            stored = all(e.compress_type == 0 and e.compress_size == e.file_size for e in entries)
            if not stored or sum(entry.file_size for entry in entries) > size:
                raise ValueError("the archive claims more bytes than the file has")
            pickles = [e for e in entries if e.filename.endswith(".pkl")]
            if any(entry.file_size > _LARGEST_PICKLE for entry in pickles):
                raise ValueError("the pickle is too large")
            return _joined(follow(BytesIO(archive.read(entry))) for entry in pickles)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise ValueError("damaged archive") from error


class _Reader:
    """The unpickler's stack and memo, of values that are never made."""

    def __init__(self) -> None:
        self._stack: list[_Value] = []
        self._below: list[list[_Value]] = []
        self._memo: dict[int, _Value] = {}
        self.inert: set[str] = set()

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
        name = dotted.replace(" ", ".")
        for former, now in (("__builtin__.", "builtins."), ("copy_reg.", "copyreg.")):
            name = name.replace(former, now)
        if name in _TYPES or (name not in CALLABLE and not _acts(name)):
            self.inert.add(name)
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
        if called not in CALLABLE and _acts(called):
            raise CallRefused(called)
        self._stack.append(_PLAIN)

    _newobj = _reduce


def _acts(name: str) -> bool:
    return name.partition(".")[0] in _ACTING or not name


def _nested(items: Sequence[_Value]) -> _Value:
    """A tuple; one inside it is hashed and compared as often as it is met."""
    parts = 1 + sum(item.parts for item in items)
    depth = 1 + max((item.depth for item in items), default=0)
    if parts > _MOST_PARTS or depth > _DEEPEST:
        raise ValueError("tuples nested beyond reason")
    return _Value(parts, depth)
