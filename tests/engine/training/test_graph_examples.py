from pathlib import Path

import pytest

from engine.core.resources import assets
from engine.training import graph_examples


def test_the_shipped_file_is_what_the_command_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("sys.argv", ["graph_examples", "--out", str(tmp_path)])
    graph_examples.main()
    shipped = (assets() / "examples" / "karate.json").read_bytes()
    assert (tmp_path / "karate.json").read_bytes() == shipped
