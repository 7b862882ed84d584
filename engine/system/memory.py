"""Memory: given back by a program that stays open, left alone by one that is soon over."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_ARENAS = 2
_M_ARENA_MAX = -8
"""Of glibc's ``mallopt``, from its ``malloc.h``."""
_HELD = {
    "MALLOC_TRIM_THRESHOLD_": (-1, 512 << 20),
    "MALLOC_TOP_PAD_": (-2, 64 << 20),
    "MALLOC_MMAP_MAX_": (-4, 0),
}
"""By the environment's name for it, what of ``mallopt`` and its value: a heap that ends free is
kept up to so many bytes, grows by as much as a thread's heap is large at most, and no block that
fits into one is mapped by itself."""
_PRIMITIVES = "256"
_OBJECTS = 200_000


def keep_small() -> None:
    """Bound what the process holds beside what it uses, unless the environment says otherwise.

    Call before threads start.

    glibc gives every thread a heap of its own, up to eight for each core, and keeps in each what
    was freed there: two are enough for a window and its worker. oneDNN, by which torch computes on
    a CPU, keeps up to 1,024 compiled primitives, one for every layer and batch size it has met; a
    quarter of that holds every network here several times over. Measured on two cores: 25 runs of
    one digit took a window from 831 to 2,048 MB. What a run frees goes back at its end, by
    :func:`give_back`.
    """
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", _PRIMITIVES)
    libc = _glibc()
    if libc is not None and not _chosen("MALLOC_ARENA_MAX"):
        libc.mallopt(_M_ARENA_MAX, _ARENAS)


def hold_pages() -> None:
    """Keep what a batch frees for the next one, unless the environment says otherwise.

    glibc returns the end of a heap to the system as soon as it is free, and every block of more
    than 32 MiB; the system clears each page when it is asked for again. Which heaps end in what
    batches free is chance: between a few hundred and 128,000 pages a second were counted in runs
    of one network, a quarter of a core.
    """
    libc = _glibc()
    if libc is not None:
        for name, (what, value) in _HELD.items():
            if not _chosen(name):
                libc.mallopt(what, value)


def give_back() -> None:
    """Return what is free to the system: glibc keeps it where something above it is in use."""
    libc = _glibc()
    if libc is not None:
        libc.malloc_trim(0)


def collect_seldom() -> None:
    """Look for garbage every 200,000 objects and not every 700, for a command that is soon over.

    Loading torch makes some hundred thousand objects, of which Python looks through all again and
    again and finds nothing: 0.3 of the 3 seconds that a short run computes.
    """
    gc.set_threshold(_OBJECTS)


@contextmanager
def without_collection() -> Iterator[None]:
    """No garbage is looked for within, where nothing but loading happens or somebody else does."""
    automatic = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if automatic:
            gc.enable()


def leave_to_the_system() -> None:
    """Keep Python from looking for garbage at its end: another 0.5 s, where torch was loaded.

    Files, threads and what waits for the exit are ended as ever; memory goes with the process.
    Nothing is kept from it where triton is loaded, as torch's compiler does: its bindings count
    what is left at the end, and print a page about it on standard error.
    """
    if "triton" not in sys.modules:
        gc.freeze()


def available() -> int | None:
    """Bytes that programs can still take, as the system tells; None where it does not."""
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) << 10
    except (OSError, ValueError, IndexError):
        pass
    return None


def _chosen(name: str) -> bool:
    """Whether the environment has a value, by the name or by glibc's newer one of the same."""
    newer = f"glibc.malloc.{name.removeprefix('MALLOC_').rstrip('_').lower()}="
    given = os.environ.get("GLIBC_TUNABLES", "").split(":")
    return name in os.environ or any(one.startswith(newer) for one in given)


def _glibc() -> ctypes.CDLL | None:
    """The C library, where it is one that can be asked."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)
    return libc if hasattr(libc, "malloc_trim") else None
