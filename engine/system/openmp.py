"""How torch's CPU threads wait for each other. Call before torch is imported."""

from __future__ import annotations

import os


def wait_passively() -> None:
    """Let waiting threads spin briefly, then sleep, unless the environment says otherwise.

    torch's OpenMP runtime spins at every barrier for a millisecond or so. Where another program
    takes one of the cores, the threads then wait for each other most of the time: on two cores
    with one of them taken, a CIFAR ResNet-20 gave tens to hundreds of votes per second with 300,000
    spins and 1,700 with 1,000. No spin at all would cost up to 40 % where the cores are free.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")
