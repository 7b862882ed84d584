"""How many threads NumPy's matrix products take."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cache
from typing import Any

from threadpoolctl import ThreadpoolController


def one_thread() -> AbstractContextManager[Any]:
    """Matrix products on one thread, in all threads of the process, as long as this lasts.

    A second thread waits for the first one by spinning. For products of small matrices that takes
    longer than it saves: exact maps of a small detector took 2.8 times the processor time on two
    cores, and more by the clock where the other core was busy.
    """
    limited: AbstractContextManager[Any] = _controller().limit(limits=1, user_api="blas")
    return limited


@cache
def _controller() -> Any:
    """Knows the libraries that are loaded; finding them takes longer than a product."""
    return ThreadpoolController()
