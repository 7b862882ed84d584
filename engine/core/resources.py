"""Where the shipped files are: beside ``engine``, in a checkout and in an installation alike."""

from __future__ import annotations

from pathlib import Path

_ENGINE = Path(__file__).resolve().parents[1]


def assets() -> Path:
    """The folder of shipped models, examples, fonts and templates."""
    return _ENGINE.parent / "assets"
