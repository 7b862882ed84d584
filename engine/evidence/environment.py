"""Versions and machine, for the record."""

from __future__ import annotations

import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version

import torch

from engine import __version__
from engine.core.records import Software
from engine.system.device import device_name, processor_name


def software(device: torch.device) -> Software:
    """What this process runs on."""
    return Software(
        certiscope=__version__,
        python=platform.python_version(),
        torch=str(torch.__version__),
        numpy=_version("numpy"),
        scipy=_version("scipy"),
        platform=platform.platform(),
        processor=processor_name(),
        device_name=device_name(device),
    )


@cache
def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"
