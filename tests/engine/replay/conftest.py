"""Files of votes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

TWO_BLOCKS = "idx,label,n0_0,n0_1,n0_2,n_0,n_1,n_2\n"


@pytest.fixture
def votes_file(tmp_path: Path) -> Callable[[str | bytes], Path]:
    """Write a file of votes."""

    def write(content: str | bytes) -> Path:
        path = tmp_path / "votes.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write
