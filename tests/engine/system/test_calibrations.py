"""What was measured is found again by another process; whatever else lies there is as nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.system import calibrations
from engine.system.calibrations import Pace, remember, remembered


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "certiscope" / "calibrations.json"


def test_a_pace_is_found_again_and_the_oldest_make_room(file: Path) -> None:
    assert remembered("model", "cpu") is None
    remember(Pace(512, 1e-5), "model", "cpu")
    assert remembered("model", "cpu") == Pace(512, 1e-5) and remembered("model", "cuda") is None
    for place in range(calibrations._MOST - 1):
        remember(Pace(place + 1, 1e-3), place)
    assert remembered("model", "cpu") == Pace(512, 1e-5)
    remember(Pace(256, 1e-5), "model", "cpu")  # anew, so the next to go is another
    remember(Pace(1, 1.0), "more")
    assert remembered("model", "cpu") == Pace(256, 1e-5) and remembered(0) is None
    assert len(json.loads(file.read_text())["paces"]) == calibrations._MOST


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "[" * 100_000,
        '{"version": 2, "paces": {}}',
        '{"version": 1, "paces": [1]}',
        '{"version": 1, "paces": {"KEY": [1]}}',
        '{"version": 1, "paces": {"KEY": 7}}',
        '{"version": 1, "paces": {"KEY": [0, 0.1]}}',
        '{"version": 1, "paces": {"KEY": [true, NaN]}}',
        '{"version": 1, "paces": {"KEY": [99999999999, 0.1]}}',
        '{"version": 1, "paces": {"KEY": [8, -0.1]}}',
        '{"version": 1, "paces": {"KEY": ["8", 0.1]}}',
        '{"version": 1, "paces": {}}' + " " * (1 << 20),
    ],
)
def test_a_broken_file_is_none_and_is_replaced(file: Path, text: str) -> None:
    file.parent.mkdir()
    file.write_text(text.replace("KEY", calibrations._key(("model",))))
    assert remembered("model") is None
    remember(Pace(8, 0.5), "model")
    assert remembered("model") == Pace(8, 0.5)


def test_nothing_is_written_where_nothing_can_be(file: Path, tmp_path: Path) -> None:
    file.mkdir(parents=True)  # a folder has its place
    remember(Pace(8, 0.5), "model")
    assert remembered("model") is None and list(file.parent.iterdir()) == [file]


def test_a_cache_folder_that_does_not_exist_is_not_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "none"))
    remember(Pace(8, 0.5), "model")
    assert remembered("model") is None and not (tmp_path / "none").exists()
