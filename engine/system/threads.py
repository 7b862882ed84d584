"""How many cores the engine may use while somebody is looking at a window."""

from __future__ import annotations

import os

import torch


def leave_a_core_free() -> int:
    """Give torch all cores but one, so that the window stays smooth.

    Returns:
        The number of threads torch uses from now on, in every thread that starts later too.
    """
    threads = max(1, (os.cpu_count() or 1) - 1)
    torch.set_num_threads(threads)
    return threads
