from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import save_file

from engine.models.header import listed, read_header, stored, training_sigma


def test_text_entries_of_a_header(tmp_path: Path):
    path = tmp_path / "m.safetensors"
    save_file({"w": torch.zeros(1)}, path, {"words": '["a", "b"]', "n": "3"})
    header = read_header(path)
    assert listed(header, "words") == ("a", "b") and stored(header, "n") == 3
    assert listed(header, "n") == () and listed(header, "none") == ()


def test_damage_is_no_header(tmp_path: Path):
    path = tmp_path / "m.safetensors"
    for data in (b"", b"\xff" * 40, (2).to_bytes(8, "little") + b"[]", b"\x02" + b"\0" * 7 + b"{}"):
        path.write_bytes(data)
        assert read_header(path) == {}
    assert stored({"x": "[" * 100_000}, "x") is None and stored({"x": "{"}, "x") is None


def test_the_level_of_a_scheme():
    assert training_sigma({"sigma": 0.25}) == 0.25
    assert training_sigma({"beta": 0.5}) is None and training_sigma(None) is None
