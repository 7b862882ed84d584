"""Which tests are fast: what `make test-fast` runs."""

from __future__ import annotations

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
