"""What may be fetched from the network: what a person named, and nothing that a file names alone.

A stranger's evidence or case names its model by whatever name it likes. Who verifies or resumes it
has asked for no download, and the server of a name learns who opens a file, and when.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from typing import TypeVar

T = TypeVar("T")
_NAMED: ContextVar[frozenset[str] | None] = ContextVar("named", default=None)


@contextmanager
def only(*named: str) -> Iterator[None]:
    """Within it nothing but these names is downloaded, and no other server is asked.

    >>> with only("owner/model"):
    ...     allowed("owner/model"), allowed("owner/other")
    (True, False)
    >>> allowed("owner/other")
    True
    """
    token = _NAMED.set(frozenset(named))
    try:
        yield
    finally:
        _NAMED.reset(token)


def allowed(name: str) -> bool:
    """Whether what ``name`` stands for may be downloaded, or asked where it is a server, here."""
    named = _NAMED.get()
    return named is None or name in named


def fetching(work: Callable[[], T], *, named: bool) -> T:
    """What ``work`` gives; it fetches nothing unless a person, and not a file alone, ``named`` it.

    >>> fetching(lambda: allowed("owner/model"), named=False)
    False
    """
    with nullcontext() if named else only():
        return work()
