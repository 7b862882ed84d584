from __future__ import annotations

import pytest

from engine.models.description import read_description


def test_an_object_is_read(tmp_path):
    path = tmp_path / "card.json"
    path.write_text('{"name": "x", "classes": [1]}', encoding="utf-8")
    assert read_description(path) == {"name": "x", "classes": [1]}


@pytest.mark.parametrize(
    "data",
    [b"", b"[1]", b"{", b"\xff\xfe\xfd", b"[" * 100_000, b'{"a":' * 50_000, b"1" * 5000],
)
def test_anything_else_is_a_value_error(tmp_path, data):
    path = tmp_path / "card.json"
    path.write_bytes(data)
    with pytest.raises(ValueError):
        read_description(path)


def test_a_large_file_is_not_read_whole(tmp_path):
    path = tmp_path / "card.json"
    with path.open("wb") as file:
        file.truncate(1 << 30)
    with pytest.raises(ValueError, match="too large"):
        read_description(path)
