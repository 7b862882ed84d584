"""How the engine shares the processor with a window that somebody is looking at."""

from __future__ import annotations

import ctypes
import os
import sys
import threading

import torch

NICENESS = 5
"""Of the engine's threads above the window's, which keep the program's own, on a scale to 19."""
_PR_SET_TIMERSLACK = 29
"""Of Linux's ``prctl``, from its ``prctl.h``."""
_SLACK_NS = 1_000


def step_aside() -> int:
    """Let the calling thread, and those that torch starts for it, run behind all others.

    A window's thread that wakes up then takes its turn at once, so torch may use every core. Call
    it in the engine's thread before torch computes anything: threads inherit a priority when they
    start. Linux alone has priorities of single threads for ordinary users by this call; elsewhere
    one core is left to the window.

    Returns:
        The number of threads that torch uses from now on, in threads that start later too.
    """
    threads = torch.get_num_threads()  # as the machine, or OMP_NUM_THREADS, has it
    if not _behind():
        threads = min(threads, max(1, (os.cpu_count() or 1) - 1))
    torch.set_num_threads(threads)
    return threads


def _behind() -> bool:
    if sys.platform != "linux":
        return False
    # Who waits for Python's lock while a window draws asks for it every 50 us, and Linux lets a
    # thread that sleeps sleep on for another 50: measured, 5 % fewer votes.
    ctypes.CDLL(None).prctl(_PR_SET_TIMERSLACK, ctypes.c_ulong(_SLACK_NS))
    try:
        own = os.getpriority(os.PRIO_PROCESS, os.getpid())  # of the first thread, the window's
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), min(own + NICENESS, 19))
    except OSError:  # a system that forbids it
        return False
    return True
