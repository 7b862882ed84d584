from __future__ import annotations

import os

import torch

from engine.system.threads import leave_a_core_free


def test_one_core_is_left_to_the_window() -> None:
    before = torch.get_num_threads()
    try:
        threads = leave_a_core_free()
        assert threads == torch.get_num_threads() == max(1, (os.cpu_count() or 1) - 1)
    finally:
        torch.set_num_threads(before)
