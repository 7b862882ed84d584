"""Where the shipped files are: beside the packages in a checkout, inside ``engine`` in a wheel."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).resolve().parent


def assets() -> Path:
    """The folder of shipped models, examples, fonts and templates."""
    packaged = _HERE / "_assets"
    return packaged if packaged.is_dir() else _HERE.parent / "assets"
