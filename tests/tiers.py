"""Which tests are fast: what `make test-fast` runs. And what decides for them by lot."""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


def share_out(items: list[pytest.Item]) -> None:
    """Of a walk the first case is fast, and the others are thorough."""
    seen: set[str] = set()
    for item in items:
        if item.get_closest_marker("walk") is None:
            continue
        name = item.nodeid.partition("[")[0]
        if name in seen:
            item.add_marker("thorough")
        seen.add(name)


@contextmanager
def own_lots(item: pytest.Item) -> Iterator[None]:
    """Seeds and lots that the program draws follow from the name of the test that runs.

    A test that chance decides one time in a hundred stops somebody who changed nothing; here it
    passes or fails for good. What holds of chance itself is measured under ``statistics``, which
    draws as the program does.
    """
    if item.get_closest_marker("statistics") is not None:
        yield
        return
    lots = random.Random(item.nodeid)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(secrets, "randbits", lots.getrandbits)
        patched.setattr(random, "SystemRandom", lambda: random.Random(lots.getrandbits(64)))
        yield
