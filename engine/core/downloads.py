"""What may be fetched from the network: what a person named, and nothing that a file names alone.

A stranger's evidence names its model by whatever name it likes. Who verifies it has asked for no
download, and the server of a name learns who opens a file, and when.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_NAMED: ContextVar[frozenset[str] | None] = ContextVar("named", default=None)


@contextmanager
def only(*named: str) -> Iterator[None]:
    """Within it nothing but these names is downloaded.

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
    """Whether what ``name`` stands for may be downloaded here."""
    named = _NAMED.get()
    return named is None or name in named
