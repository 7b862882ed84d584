"""Where a model runs: cpu, cuda or mps, chosen automatically or by name."""

from __future__ import annotations

import platform
from functools import cache
from pathlib import Path

import torch

from engine.core.errors import UserError


def available() -> list[str]:
    """Device names that work here, best first."""
    names = [f"cuda:{i}" for i in range(torch.cuda.device_count())] if _cuda() else []
    if torch.backends.mps.is_available():
        names.append("mps")
    return [*names, "cpu"]


def resolve(name: str) -> torch.device:
    """The device called ``name``; ``auto`` takes the best there is. Its fp32 is float32.

    Raises:
        UserError: that device is not here.
    """
    true_float32()
    here = available()
    if name == "auto":
        return torch.device(here[0])
    wanted = "cuda:0" if name == "cuda" else name
    if wanted not in here:
        raise UserError(f"Device '{name}' is not available here; there is: {', '.join(here)}.")
    return torch.device(wanted)


def true_float32() -> None:
    """Have fp32 be float32 on every device, in this process, from here on.

    Where nobody says otherwise torch computes the convolutions of float32 numbers on a GPU in TF32,
    which keeps 10 of 23 bits, and a program may allow it for products of matrices, on processors
    bfloat16 as well. But the arithmetic is part of what a certificate is about.
    """
    torch.set_float32_matmul_precision("highest")
    torch.backends.cudnn.allow_tf32 = False


def device_name(device: torch.device) -> str:
    """The device's product name, as a report wants it."""
    if device.type == "cuda":
        return str(torch.cuda.get_device_name(device))
    return processor_name()


@cache
def processor_name() -> str:
    """The processor's product name where the system tells it, else its architecture."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _cuda() -> bool:
    return bool(torch.cuda.is_available())
