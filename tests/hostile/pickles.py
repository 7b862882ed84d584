"""PyTorch files whose archive or whose pickle lies."""

from __future__ import annotations

import io
import struct
import zipfile
from random import Random

from tests.hostile.bytes import NUMBERS, mutated

_GLOBALS = (
    "builtins bytearray",
    "builtins set",
    "builtins complex",
    "builtins eval",
    "os system",
    "_codecs encode",
    "collections Counter",
    "collections OrderedDict",
    "torch FloatTensor",
    "torch Tensor",
    "torch Size",
    "torch FloatStorage",
    "torch.storage UntypedStorage",
    "torch.storage TypedStorage",
    "torch.sparse FloatTensor",
    "torch.cuda FloatTensor",
    "torch.nn.parameter Parameter",
    "torch._utils _rebuild_tensor_v2",
    "torch._utils _rebuild_meta_tensor_no_storage",
    "torch._utils _rebuild_wrapper_subclass",
    "torch._utils _rebuild_sparse_tensor",
    "torch._utils _rebuild_qtensor",
    "torch._tensor _rebuild_from_type_v2",
)

_OPCODES = b"(.012FIJKLMNPQRSTUVX]abcdeghijloqrstup}" + bytes(range(0x80, 0x97))


def pickled(opcodes: bytes) -> bytes:
    """A pickle of protocol 2 made of these opcodes."""
    return b"\x80\x02" + opcodes + b"."


def number(value: int) -> bytes:
    """The opcode that pushes a number."""
    return b"\x8a\x09" + value.to_bytes(9, "little", signed=True)


def name(dotted: str) -> bytes:
    """The opcode that pushes ``module name``."""
    return b"c" + dotted.replace(" ", "\n").encode() + b"\n"


def called(dotted: str, *arguments: int) -> bytes:
    """The opcodes of a call with numbers."""
    return name(dotted) + b"(" + b"".join(map(number, arguments)) + b"tR"


def doubled(times: int) -> bytes:
    """A tuple that holds 2^times empty ones, in a few bytes a time."""
    steps = (b"q" + bytes([i]) + b"h" + bytes([i]) + b"\x86" for i in range(times))
    return b")" + b"".join(steps)


def archive(entries: dict[str, bytes], *, compressed: bool = False) -> bytes:
    """A zip as torch writes it, unless compressed."""
    out = io.BytesIO()
    how = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
    with zipfile.ZipFile(out, "w", how) as file:
        for path, data in entries.items():
            file.writestr(path, data)
    return out.getvalue()


def entries(data: bytes) -> dict[str, bytes]:
    """What a zip holds."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return {path: file.read(path) for path in file.namelist()}


def lying(data: bytes, random: Random) -> bytes:
    """A zip with entries changed, or with sizes in its directory changed."""
    if random.random() < 0.3:
        return _misstated(data, random)
    held = entries(data)
    path = next(key for key in held if key.endswith("data.pkl"))
    if random.random() < 0.8:
        held[path] = repickled(held[path], random)
    else:
        victim = random.choice(list(held))
        held[victim] = mutated(held[victim], random)
        if random.random() < 0.3:
            del held[victim]
    whole = archive(held, compressed=random.random() < 0.1)
    return mutated(whole, random) if random.random() < 0.1 else whole


def repickled(data: bytes, random: Random) -> bytes:
    """A pickle with opcodes inserted, removed or changed in what they carry."""
    kind = random.randrange(5)
    place = random.randrange(2, len(data))
    if kind == 0:
        return mutated(data, random)
    if kind == 1:
        call = called(random.choice(_GLOBALS), *random.choices(NUMBERS, k=random.randrange(3)))
        return data[:2] + b"}" + call + random.choice((b"K\x01", b"")) + b"s." + data[2:]
    if kind == 2:
        return data[:place] + bytes([random.choice(_OPCODES)]) + data[place:]
    if kind == 3:
        found = [i for i in range(len(data) - 3) if data[i : i + 1] in b"KMJ"]
        place = random.choice(found)
        size = {b"K": 1, b"M": 2, b"J": 4}[data[place : place + 1]]
        return data[:place] + number(random.choice(NUMBERS)) + data[place + 1 + size :]
    old, new = (random.choice(_GLOBALS).replace(" ", "\n").encode() for _ in range(2))
    return data.replace(old, new) if old in data else data.replace(b"FloatStorage", new)


def _misstated(data: bytes, random: Random) -> bytes:
    """Sizes in a header of the zip's directory or of an entry, written over."""
    changed = bytearray(data)
    signature, places = random.choice(
        ((b"PK\x01\x02", (10, 20, 24, 42)), (b"PK\x03\x04", (8, 18, 22)), (b"PK\x05\x06", (10, 16)))
    )
    found = [i for i in range(len(data) - 46) if data[i : i + 4] == signature] or [0]
    at = random.choice(found) + random.choice(places)
    changed[at : at + 4] = struct.pack("<I", random.choice(NUMBERS) % 2**32)
    return bytes(changed)
