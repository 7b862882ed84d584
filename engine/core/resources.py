"""Where the shipped files are: beside the packages in a checkout, inside ``engine`` in a wheel."""

from __future__ import annotations

from pathlib import Path

_ENGINE = Path(__file__).resolve().parents[1]


def assets() -> Path:
    """The folder of shipped models, examples, fonts and templates."""
    packaged = _ENGINE / "_assets"
    return packaged if packaged.is_dir() else _ENGINE.parent / "assets"
