"""How torch's CPU threads wait for each other. Call before torch is imported."""

from __future__ import annotations

import os


def wait_passively() -> None:
    """Let waiting threads sleep instead of spin, unless the user's environment says otherwise.

    torch's OpenMP runtime spins at every barrier. Where another program takes one of the cores
    the threads then wait for each other most of the time: two threads on two busy cores sampled
    a CIFAR ResNet-20 at 50 votes per second spinning and at 650 to 1,900 sleeping.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("GOMP_SPINCOUNT", "0")
